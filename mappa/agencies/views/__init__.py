"""Pages of signing in, of one's own account, and of the agency's administration.

``second_factor`` adds the second step's routes to the blueprint of the first, ``sign_in``.
"""

from mappa.agencies.views import account, administration, set_password, sign_in

blueprints = (sign_in.bp, account.bp, set_password.bp, administration.bp)
"""In the order of registration."""
