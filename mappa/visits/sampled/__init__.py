"""Unannounced plans for those whom a dip sample drew for visits, made in one step."""
