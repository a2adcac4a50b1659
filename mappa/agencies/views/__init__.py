"""Pages of signing in, of one's own account, of the agency's administration, and of areas.

``second_factor`` and ``set_password`` add their routes to the blueprint of ``sign_in``, ``teams``
and ``signed_in`` to that of ``administration``.
"""

from mappa.agencies.views import account, administration, areas, set_password
from mappa.agencies.views import signed_in as signed_in
from mappa.agencies.views import teams as teams

blueprints = (set_password.bp, account.bp, administration.bp, areas.bp)
"""In the order of registration."""
