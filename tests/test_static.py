"""Are the browser files built of these sources, and small enough?"""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parent.parent / "static"
SOURCES = {
    "s.js": ("read.js", "s.js"),
    "find.js": ("find.js", "layer.js", "page.js"),
    "ui.js": ("ui.js", "moments.js", "theme.js"),
    "dialog.js": ("popup.js",),
    "debug.js": ("debug.js",),
}
# Bytes, gzip -9. The owner alone loads debug.js.
BUDGETS = {"s.js": 5_000, "find.js": 6_000, "ui.js": 6_000, "dialog.js": 8_000, "debug.js": 9_000}


def built(name: str) -> str:
    """A browser file as it is served."""
    return (STATIC / name).read_text("utf-8")


@pytest.mark.parametrize("name", SOURCES)
def test_a_browser_file_is_built_of_its_sources(name: str) -> None:
    source = b"".join((STATIC / "src" / part).read_bytes() for part in SOURCES[name])
    wanted = hashlib.sha256(source).hexdigest()[:16]
    assert built(name).startswith(f"//sha256:{wanted}\n"), "run: sh static/build.sh"


@pytest.mark.parametrize("name", BUDGETS)
def test_a_browser_file_keeps_its_budget(name: str) -> None:
    assert len(gzip.compress(built(name).encode(), 9, mtime=0)) <= BUDGETS[name]


@pytest.mark.parametrize("name", SOURCES)
def test_a_browser_file_makes_no_markup_or_code_of_texts(name: str) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    assert re.findall(forbidden, built(name)) == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_browser_file_speaks_to_no_other_host(name: str) -> None:
    hosts = set(re.findall(r"https?://([^/\"'`)\s]+)", built(name)))
    assert hosts <= {"www.w3.org"}  # the name of SVG, which nobody fetches


def test_the_place_of_the_owners_mapping_stands_in_the_file_once() -> None:
    assert built("find.js").count('JSON.parse("{}")') == 1


def test_the_snippet_calls_only_the_three_documented_paths() -> None:
    paths = set(re.findall(r"\"(/v1/\w+)\"", built("s.js") + built("find.js") + built("dialog.js")))
    assert paths == {"/v1/visit", "/v1/popup", "/v1/submit"}
