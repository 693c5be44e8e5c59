"""Benches: what the main acts cost beside the bare statements of the same run. `make bench`."""
