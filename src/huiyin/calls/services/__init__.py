"""The doors that write calls."""
