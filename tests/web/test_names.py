"""Whatever a segment, popup or window may be called, it has its pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Map

from plugin.segment.templates import TEMPLATES
from plugin.serve.retain.recipes import RECIPES
from plugin.web.admin.windows_first import FIRST
from plugin.web.definitions import reserved
from plugin.web.demo.documents import POPUPS, SEGMENTS, WINDOWS
from plugin.web.routes import ROUTES
from tests.web.conftest import Moon

KINDS = ("segments", "popups", "windows")
BODIES: dict[str, dict[str, Any]] = {
    "segments": {"rule": {"everyone": True}},
    "popups": {
        "trigger": {"on": "load"},
        "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
    },
    "windows": {"strategies": ["bestsellers"]},
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")


def words() -> set[str]:
    """Every word of every address of ours that could be somebody's slug."""
    return {part for r in ROUTES for part in re.split(r"[/.]", r.path) if SLUG.fullmatch(part)}


def own_addresses(kind: str) -> list[tuple[str, str, str]]:
    """Method, address and endpoint of all that one ``kind`` has under its slug."""
    api = "/v1/<any(popups, windows):kind>/<slug>"
    found = []
    for route in ROUTES:
        path = route.path.replace(api, f"/v1/{kind}/<slug>") if kind != "segments" else route.path
        if re.match(rf"/(v1|admin)/{kind}/<slug>", path):
            found += [(method, path, route.name) for method in route.methods]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_taken_has_every_page_and_one_that_would_not_is_reserved(
    app: Flask, kind: str
) -> None:
    addresses: Map = app.url_map
    own, hidden = own_addresses(kind), set()
    assert len(own) > 4
    for word in words():
        for method, path, endpoint in own:
            found, _ = addresses.bind("moon.example").match(path.replace("<slug>", word), method)
            if found != endpoint:
                hidden.add(word)

    assert hidden <= reserved(ROUTES, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_can_be_called_like_a_page_beside_its_own(moon: Moon, kind: str) -> None:
    assert "new" in reserved(ROUTES, kind)

    for word in reserved(ROUTES, kind):
        refused = moon.server("PUT", f"/v1/{kind}/{word}", BODIES[kind])
        assert refused.status_code in (400, 405)
    assert "address of ours" in moon.server("PUT", f"/v1/{kind}/new", BODIES[kind]).text
    assert moon.server("PUT", f"/v1/{kind}/newer", BODIES[kind]).status_code == 200


def test_what_comes_ready_made_has_pages() -> None:
    ready = {
        "segments": set(TEMPLATES) | set(SEGMENTS),
        "popups": set(RECIPES) | set(POPUPS),
        "windows": {slug for one in RECIPES.values() for slug in one.windows}
        | set(FIRST)
        | set(WINDOWS),
    }

    assert all(names and not names & reserved(ROUTES, kind) for kind, names in ready.items())
