"""Pages of a plan: its versions, and the parts of the one being written."""

from mappa.plans.views import pages, parts
from mappa.plans.views.blueprint import bp

__all__ = ["bp", "pages", "parts"]
