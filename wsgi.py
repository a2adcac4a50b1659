"""What a WSGI server opens in production: ``gunicorn wsgi:app``.

Starts no scheduler (``mappa scheduler`` is a process of its own) and runs no migration
(``mappa upgrade``). Leaves at once, naming everything that is missing, if it must not be served.
"""

import gc
import sys

from config.settings import SettingsError, from_environment
from mappa.app import create_app
from mappa.cli import CannotStart, check_start
from mappa.kernel.db import db

try:
    app = create_app(from_environment())
    check_start(app)
except (SettingsError, CannotStart) as refused:
    sys.exit(str(refused))

# A server that loads the application before it forks must not hand one connection to many workers.
with app.app_context():
    for engine in db.engines.values():
        engine.dispose()

# What is loaded by now stays: the collector need not walk it again, nor copy its pages in a worker.
gc.collect()
gc.freeze()
