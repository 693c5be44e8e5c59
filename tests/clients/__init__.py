"""Our own client: what it says of the API is so, and it goes the whole way with it."""
