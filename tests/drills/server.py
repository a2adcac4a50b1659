"""What the drill's server opens: the application, warmed so that a fresh worker is quick."""

import gc
import os

from bench.client import csrf, warnings_read
from config.settings import from_environment
from mappa.app import create_app
from mappa.kernel.db import db

app = create_app(from_environment())
if os.environ.get("DRILL_COOKIE"):
    client = app.test_client()
    host = f"127.0.0.1:{app.config['SETTINGS'].base_url.rpartition(':')[2]}"
    client.set_cookie("mappa", os.environ["DRILL_COOKIE"], domain="127.0.0.1")
    path = f"/people/{os.environ['DRILL_PERSON']}/visits/log"
    base = {"base_url": f"http://{host}"}
    page = client.get(path, **base)
    form = {"outcome": "no_reply", "kind": "unannounced", "csrf_token": csrf(page.text),
            "idempotency_key": "warm", **dict(warnings_read(page.text))}  # fmt: skip
    client.post(path, data=form, headers={"Referer": f"http://{host}{path}"}, **base)
    client.get(f"{path}/essentials", **base)
with app.app_context():
    for engine in db.engines.values():  # no worker may inherit a connection
        engine.dispose()
gc.collect()
gc.freeze()
