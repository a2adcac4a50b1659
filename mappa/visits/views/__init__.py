"""Pages of visits."""

from mappa.visits.views import lists, log, plan
from mappa.visits.views.blueprint import bp

__all__ = ["bp", "lists", "log", "plan"]
