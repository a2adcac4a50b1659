"""Pages of visits."""

from mappa.visits.cards import views as cards
from mappa.visits.correcting import views as correcting
from mappa.visits.following import views as following
from mappa.visits.joint import views as joint
from mappa.visits.views import lists, log, pattern, plan
from mappa.visits.views.blueprint import bp

__all__ = ["bp", "cards", "correcting", "following", "joint", "lists", "log", "pattern", "plan"]
