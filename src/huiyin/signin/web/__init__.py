"""Pages of the sign-in's second step and of one's own account."""
