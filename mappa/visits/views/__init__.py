"""Pages of visits."""

from mappa.visits.correcting import views as correcting
from mappa.visits.views import lists, log, pattern, plan
from mappa.visits.views.blueprint import bp

__all__ = ["bp", "correcting", "lists", "log", "pattern", "plan"]
