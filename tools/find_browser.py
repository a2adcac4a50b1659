"""Print the path of an installed Chromium or Chrome; install one if that is allowed.

``python3 tools/find_browser.py`` installs with apt when run as root on a machine that has it.
``MAPPA_BROWSER`` names another executable. Leaves with 1, and says how to get a browser, if
there is none.
"""

import os
import shutil
import subprocess
import sys

# The same engine without a window of its own comes first: the others draw their own tabs and menus
# for every page, which is half of their work in a test.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = (
    "no Chromium or Chrome: install it with your package manager (Debian, Ubuntu: "
    "apt-get install chromium), or set MAPPA_BROWSER to its path"
)


def installed() -> str | None:
    """The path of a browser that is there already."""
    if given := os.environ.get("MAPPA_BROWSER"):
        return shutil.which(given)
    on_path = filter(None, map(shutil.which, NAMES))
    return next(on_path, None) or next(filter(os.path.exists, PLACES), None)


def install() -> bool:
    """Install Chromium with apt, if we are root and it is there; whether that worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get") or "MAPPA_BROWSER" in os.environ:
        return False
    quiet = subprocess.DEVNULL
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def apt(*words: str) -> bool:
        command = ["apt-get", *words]
        ended = subprocess.run(command, check=False, env=environment, stdout=quiet, stderr=quiet)
        return ended.returncode == 0

    fetch = ("install", "-y", "-q", "--no-install-recommends", "fonts-liberation")
    # Debian before 12 and Ubuntu have no package of the engine alone.
    return apt("update", "-q") and any(
        apt(*fetch, package) for package in ("chromium-headless-shell", "chromium")
    )


def find() -> str | None:
    """The path of a browser, installed now if need be and if allowed."""
    return installed() or (installed() if install() else None)


def main() -> int:
    """Print the path, or the advice."""
    if path := find():
        print(path)
        return 0
    print(ADVICE, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
