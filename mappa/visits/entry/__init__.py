"""Entry to a home that was sought and not obtained, and the warrant that may follow."""
