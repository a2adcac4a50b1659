"""Routes of the pages that look across features."""

import mappa.insight.presenters.choosing
import mappa.insight.views.audit
import mappa.insight.views.briefing
import mappa.insight.views.home
import mappa.insight.views.looking
import mappa.insight.views.neighbourhood
import mappa.insight.views.people
import mappa.insight.views.preview
import mappa.insight.views.sharing
import mappa.insight.views.work  # noqa: F401 (importing them adds their routes)
from mappa.insight.views.blueprint import bp
from mappa.insight.views.help import bp as help_bp

__all__ = ["bp", "help_bp"]
