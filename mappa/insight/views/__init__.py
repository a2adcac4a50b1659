"""Routes of the pages that look across features."""

import mappa.insight.views.audit
import mappa.insight.views.help
import mappa.insight.views.home
import mappa.insight.views.people
import mappa.insight.views.sharing  # noqa: F401 (importing them adds their routes)
from mappa.insight.views.blueprint import bp

__all__ = ["bp"]
