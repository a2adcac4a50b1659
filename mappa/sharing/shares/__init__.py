"""Shares: an agency gives another part of its own record of a person, until a day."""
