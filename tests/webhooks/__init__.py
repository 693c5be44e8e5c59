"""Receivers that work, sleep, lie and fail."""
