"""What the tests stand on: databases, a browser, a live server."""
