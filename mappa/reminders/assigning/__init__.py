"""Who does a duty and when they look at it again: putting off, handing over, assigning many."""
