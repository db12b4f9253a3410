"""How browsers get find.js, with the owner's mapping in it, and debug.js."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.config import static_dir
from plugin.storage import control
from plugin.web import snippet

SOURCE = 'const e=JSON.parse("{}");export function find(t){return e}\n'
MAPPING = {"product": {"name": "h1", "price": "b > .won"}, "order_number": "#order"}


@pytest.fixture(params=["sqlite"])
def engine(request: Any) -> str:
    """Files are no matter of the engine."""
    return str(request.param)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of browser files, of which this test writes its own."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "find.js").write_text(SOURCE)
    (folder / "debug.js").write_text("export function start(api){}\n")
    monkeypatch.setattr(snippet, "static_dir", lambda: folder)
    _forget()
    yield folder
    _forget()


def _forget() -> None:
    snippet.load.cache_clear()
    snippet.finder_with.cache_clear()


def sets(house: Any, moon: Any, mapping: object) -> None:
    with house.control.write() as tx:
        control.keep_settings(tx, moon.shop.name, {"map": mapping})


def finder(moon: Any, key: str | None = None) -> str:
    query = {} if key is None else {"key": key}
    answer = moon.client.get("/find.js", query_string=query)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_a_shops_mapping_stands_in_its_find_js(moon: Any, house: Any) -> None:
    sets(house, moon, MAPPING)
    text = finder(moon, moon.shop.public_key)
    before, after = SOURCE.split('JSON.parse("{}")')
    assert (text.startswith(before), text.endswith(after)) == (True, True)
    assert json.loads(text[len(before) : -len(after)]) == MAPPING


@pytest.mark.parametrize("key", [None, "", "pk_nobody", "' or 1=1"])
def test_for_an_unknown_key_nothing_is_mapped(moon: Any, house: Any, key: str | None) -> None:
    sets(house, moon, MAPPING)
    assert finder(moon, key) == SOURCE.replace('JSON.parse("{}")', "{}")


def test_a_selector_cannot_leave_its_place_in_the_script(moon: Any, house: Any) -> None:
    hostile = "a[title='\"};alert(1)//\\\u00e9']"
    sets(house, moon, {"cart_button": hostile})
    text = finder(moon, moon.shop.public_key)
    assert text.isascii()
    assert json.loads(text[len("const e=") : text.index(";export")]) == {"cart_button": hostile}


@pytest.mark.parametrize("odd", ["h1", [], {"product": "h1"}, {"cart_button": "</script>"}])
def test_a_mapping_that_cannot_be_read_is_left_out(moon: Any, house: Any, odd: object) -> None:
    sets(house, moon, odd)
    assert finder(moon, moon.shop.public_key) == SOURCE.replace('JSON.parse("{}")', "{}")


def test_a_changed_mapping_is_in_the_next_answer(moon: Any, house: Any) -> None:
    sets(house, moon, MAPPING)
    first = finder(moon, moon.shop.public_key)
    sets(house, moon, {})
    assert finder(moon, moon.shop.public_key) != first


@pytest.mark.parametrize("path", ["/find.js", "/debug.js"])
def test_a_file_is_packed_kept_for_an_hour_and_may_be_imported_anywhere(
    moon: Any, path: str
) -> None:
    answer = moon.client.get(path, headers={"Accept-Encoding": "gzip"})
    headers = answer.headers
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"].startswith("text/javascript")
    assert headers["Cache-Control"].startswith("public, max-age=3600")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/find.js", "/debug.js"])
def test_a_file_that_the_browser_has_is_not_sent_again(moon: Any, path: str) -> None:
    answer = moon.client.get(path)
    again = moon.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/find.js", "/debug.js"])
def test_the_head_of_a_file_is_that_of_the_file(moon: Any, path: str) -> None:
    answer, head = moon.client.get(path), moon.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == answer.headers["ETag"]


def test_a_file_that_was_not_built_is_not_found(moon: Any, files: Path) -> None:
    (files / "debug.js").unlink()
    assert moon.client.get("/debug.js").status_code == 404


def test_the_built_find_js_has_one_place_for_the_mapping() -> None:
    built = static_dir() / "find.js"
    assert built.read_bytes().count(snippet.MAP) == 1
