"""Routes of the pages that look across features."""

from mappa.insight.views import audit, help, home, people, sharing
from mappa.insight.views.blueprint import bp

__all__ = ["audit", "bp", "help", "home", "people", "sharing"]
