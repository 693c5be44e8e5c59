"""The door for programs of other cities, tried as the standard says and by clients that nobody here wrote."""
