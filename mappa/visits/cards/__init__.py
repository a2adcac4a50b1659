"""Cards of a visit: what was seen, checked or said, only where there is something to say."""
