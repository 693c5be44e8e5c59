"""A platform that repeats itself, mixes its messages up, goes away and says what no rule lets in."""
