"""The smallest valid things, written through plain rows; no randomness, no surprise."""
