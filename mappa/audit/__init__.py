"""The append-only, hash-chained record of acts, reads and refusals. Its pages are in insight."""
