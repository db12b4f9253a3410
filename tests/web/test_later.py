"""The owner's pages are read when an owner opens one, and every one of them is there."""

from __future__ import annotations

import subprocess
import sys

from plugin.web.admin_routes import ADMIN_ROUTES
from plugin.web.later import View

LOADED = """
import sys, plugin.web.wsgi
print(sorted(one for one in sys.modules if one.startswith("plugin.web.admin.windows")))
"""


def test_every_page_in_the_table_has_its_view() -> None:
    views = [route.view for route in ADMIN_ROUTES]
    assert views
    for view in views:
        assert isinstance(view, View)
        assert view.load().__name__ == view.__name__


def test_a_worker_that_starts_reads_none_of_them() -> None:
    found = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
