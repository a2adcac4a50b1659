"""How the sweep tells: a lease that fences, an outbox of what is to be told, and its delivery."""
