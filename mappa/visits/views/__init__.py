"""Pages of visits."""

from mappa.visits.dip_sample import views as dip_sample
from mappa.visits.entry import views as entry
from mappa.visits.views import lists, log, pattern, plan
from mappa.visits.views.blueprint import bp

__all__ = ["bp", "dip_sample", "entry", "lists", "log", "pattern", "plan"]
