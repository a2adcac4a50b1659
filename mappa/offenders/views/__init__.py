"""Pages of the shared record: lists and search, and what belongs to one person."""

from mappa.offenders.views import lists, records
from mappa.offenders.views.blueprint import bp

__all__ = ["bp", "lists", "records"]
