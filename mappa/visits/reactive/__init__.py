"""Reactive management: nobody visits as a matter of routine, until something changes."""
