"""Pages of signing in, of one's own account, and of the agency's administration.

``second_factor`` and ``set_password`` add their routes to the blueprint of ``sign_in``.
"""

from mappa.agencies.views import account, administration, set_password

blueprints = (set_password.bp, account.bp, administration.bp)
"""In the order of registration."""
