"""The review of a person at level 1: whether that level is still right, and when it is due."""
