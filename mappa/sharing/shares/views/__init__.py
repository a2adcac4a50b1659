"""Pages of shares: making one, and what becomes of it."""

from mappa.sharing.shares.views import keeping, making
from mappa.sharing.shares.views.blueprint import bp

__all__ = ["bp", "keeping", "making"]
