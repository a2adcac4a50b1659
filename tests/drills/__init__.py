"""Drills: what must hold while servers are killed and many write at once; ``make drills``."""
