"""Duties of sharing whose owner left, or may not see the person any more: somebody else's."""
