"""What do other programs ask of this process: is it alive, is it ready, how is it doing?"""

from __future__ import annotations

from flask import Response, request

from plugin.errors import PluginError
from plugin.journey import listen
from plugin.shop import SECOND
from plugin.storage import segments
from plugin.web import openapi
from plugin.web.edge import answer
from plugin.web.here import here


def home() -> Response:
    """Whoever opens the bare address wants the owner's pages."""
    return Response(status=302, headers={"Location": f"{request.script_root}/admin/"})


def health() -> Response:
    """The process answers."""
    return answer({"ok": True})


def ready() -> Response:
    """200 once a visit would be stored: the stores open and the writer answers; else 503."""
    try:
        for name in here().house.shops():
            here().house.store(name)
        here().writer.ping()
    except PluginError as trouble:
        return answer({"ready": False, "why": trouble.message}, 503)
    return answer({"ready": True})


def metrics() -> Response:
    """Figures in the text format of Prometheus, per shop: who waits, and whether events come."""
    waiting, age, silent = [], [], []
    for name, shop in here().house.shops().items():
        now = here().now()
        with here().house.store(name).read() as tx:
            dirty, due = segments.backlog(tx, now)
            heard = listen(tx, shop, now)
        waiting += [f'{{shop="{name}",why="event"}} {dirty}', f'{{shop="{name}",why="time"}} {due}']
        if heard.last_at is not None:  # else the tag is in no page yet
            age.append(f'{{shop="{name}"}} {max(0, now - heard.last_at) / SECOND:.0f}')
        silent.append(f'{{shop="{name}"}} {int(heard.silence is not None)}')
    text = "".join(
        _gauge(f"regulars_{name}", says, values)
        for name, says, values in (
            ("segments_waiting", "Visitors whose segments may have changed.", waiting),
            ("last_event_age_seconds", "Time since a page's last event.", age),
            ("silent", "1 while events are missing that come at this time on other days.", silent),
        )
    )
    return Response(text, mimetype="text/plain; version=0.0.4")


def _gauge(name: str, says: str, values: list[str]) -> str:
    lines = [f"# HELP {name} {says}", f"# TYPE {name} gauge", *(name + one for one in values)]
    return "\n".join(lines) + "\n"


def described() -> Response:
    """The API, described for programs."""
    return answer(openapi.document(here().routes))
