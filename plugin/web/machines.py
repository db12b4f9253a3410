"""What do other programs ask of this process: is it alive, is it ready, how is it doing?"""

from __future__ import annotations

from flask import Response, request

from plugin.errors import PluginError
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
    """Figures in the text format of Prometheus: visitors waiting to be looked at, per shop."""
    lines = [
        "# HELP regulars_segments_waiting Visitors whose segments may have changed.",
        "# TYPE regulars_segments_waiting gauge",
    ]
    for name in here().house.shops():
        with here().house.store(name).read() as tx:
            dirty, due = segments.backlog(tx, here().now())
        lines.append(f'regulars_segments_waiting{{shop="{name}",why="event"}} {dirty}')
        lines.append(f'regulars_segments_waiting{{shop="{name}",why="time"}} {due}')
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def described() -> Response:
    """The API, described for programs."""
    return answer(openapi.document(here().routes))
