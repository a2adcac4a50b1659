"""Job 5: an auditor sees who read and changed what, and that nobody has altered it."""

import os
import subprocess
import sys

from tests.browser.steps import DANIEL, log_plain_visit


def test_an_auditor_sees_who_did_what(staff, database):
    priya = staff("priya.sandhurst")
    priya.find("wexcombe", DANIEL)
    log_plain_visit(priya)
    ada = staff("ada.kestrel")
    ada.open("/audit")
    ada.says("Priya Sandhurst", "without names or content")
    ada.keeps_quiet("Wexcombe", "Tallow Row", "wexcombe")
    ada.page.get_by_label("Who", exact=True).select_option(label="Priya Sandhurst")
    ada.press("Show")
    ada.first_row()
    ada.says("Priya Sandhurst", "Records", "Fields")
    ada.keeps_quiet("Wexcombe", "Tallow Row")
    verified = subprocess.run(
        [sys.executable, "-c", "from mappa.cli import main; main()", "audit", "verify"],
        env=os.environ | {"MAPPA_HOME": str(database.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
