"""Huiyin 回音: a city answers its people; every matter gets its echo."""
