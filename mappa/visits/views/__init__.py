"""Pages of visits."""

from mappa.visits.views import lists, log, pattern, plan
from mappa.visits.views.blueprint import bp

__all__ = ["bp", "lists", "log", "pattern", "plan"]
