"""Pages of meetings."""

from mappa.meetings.referring import views as referring
from mappa.meetings.views import attending, closing, deciding, lists, live
from mappa.meetings.views.blueprint import bp

__all__ = ["attending", "bp", "closing", "deciding", "lists", "live", "referring"]
