"""Settings, URLs and servers' entry points: the outermost ring, which only assembles."""
