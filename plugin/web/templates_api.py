"""Which segments come ready, and how does a program make one its own? (secret key)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from plugin.errors import DocumentRefused
from plugin.journey.adopt import Standing, ladder_standing, standing
from plugin.segment.templates import MODELS, TEMPLATES, template_called
from plugin.segment.templates.ladder import ABOUT, KNOBS, NAME, RUNGS, ladder_state
from plugin.segment.templates.ladder import KEY as LADDER
from plugin.segment.templates.pattern import LANGUAGES, Knob
from plugin.segment.templates.template import Template
from plugin.shop import Shop
from plugin.storage import segments
from plugin.storage.segments import Segment
from plugin.web.definitions import bring_up_to_date, segment_named, segment_out
from plugin.web.edge import answer, body, server_shop
from plugin.web.here import here
from plugin.web.pages import paged

KEYS = ("name", "language", "thresholds")
LADDER_KEYS = ("language", "thresholds", "restore")


def list_templates() -> Response:
    """Every template with its rule, its thresholds and how it stands; the models; the ladder."""
    shop = server_shop()
    with here().house.store(shop.name).read() as tx:
        saved = segments.by_slug(tx)
    found = [_template_out(one, standing(one, saved)) for one in TEMPLATES.values()]
    models = [
        {"model": one.slug, "name": one.name.all(), "about": one.about.all()} for one in MODELS
    ]
    return answer({**paged("templates", found), "models": models, "ladder": _ladder_out(saved)})


def adopt_template(key: str) -> Response:
    """Make a segment of a template, or the ladder whole; what is there already stays as it is."""
    shop, data = server_shop(), body()
    _check(data, LADDER_KEYS if key == LADDER else KEYS)
    language = data.get("language", "en")
    if language not in LANGUAGES:
        raise DocumentRefused(f"language must be one of {', '.join(LANGUAGES)}")
    if key == LADDER:
        return answer(_adopt_ladder(shop, data, language))
    name = data.get("name", template_called(key).name.of(language))
    if not isinstance(name, str) or not name.strip():
        raise DocumentRefused("name must be a text")
    wanted = [{"key": key, "name": name, "thresholds": data.get("thresholds")}]
    made = here().writer.do(shop.name, "adopt", wanted=wanted, now=here().now())
    bring_up_to_date(shop)
    return answer({**segment_out(segment_named(shop, key)), "adopted": bool(made)})


def _adopt_ladder(shop: Shop, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    restore, thresholds = data.get("restore", False), data.get("thresholds")
    if not isinstance(restore, bool) or not isinstance(thresholds, (Mapping, type(None))):
        raise DocumentRefused("restore must be true or false, thresholds an object")
    moved = here().writer.do(
        shop.name,
        "adopt_ladder",
        names={rung.key: rung.name.of(language) for rung in RUNGS},
        thresholds=thresholds,
        restore=restore,
        now=here().now(),
    )
    bring_up_to_date(shop)
    with here().house.store(shop.name).read() as tx:
        saved = segments.by_slug(tx)
    return {"segments": [segment_out(saved[rung.key]) for rung in RUNGS], "adopted": moved}


def _check(data: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise DocumentRefused(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")


def _template_out(one: Template, stands: Standing) -> dict[str, Any]:
    """A template as the API shows it. ``segment``: what the shop has under its slug, if anything;
    its ``thresholds`` are null when its rule is not the template's (any more).
    """
    saved = stands.segment
    return {
        "key": one.key,
        "slug": one.key,
        "model": one.model,
        "name": one.name.all(),
        "who": {language: one.says(language) for language in LANGUAGES},
        "use": one.use.all(),
        "rule": one.rule(),
        "thresholds": [
            {**_knob_out(found.knob), "path": list(found.place)} for found in one.thresholds
        ],
        "state": one.state,
        "segment": None
        if saved is None
        else {"slug": saved.slug, "size": saved.size, "thresholds": stands.values},
    }


def _knob_out(knob: Knob) -> dict[str, Any]:
    return {
        "name": knob.name,
        "value": knob.value,
        "unit": knob.unit,
        "min": knob.low,
        "max": knob.high,
        "step": knob.step,
        "label": knob.label.all(),
    }


def _ladder_out(saved: Mapping[str, Segment]) -> dict[str, Any]:
    stands = ladder_standing(saved)
    return {
        "key": LADDER,
        "name": NAME.all(),
        "about": ABOUT.all(),
        "thresholds": [_knob_out(knob) for knob in KNOBS.values()],
        "state": ladder_state(),
        "adopted": stands.values,
        "changed": list(stands.changed),
        "rungs": [_template_out(one, stands.rungs[one.key]) for one in RUNGS],
    }
