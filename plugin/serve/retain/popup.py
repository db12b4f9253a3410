"""What is one retention popup, as the owner defined it?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.segment.rule import Rule
from plugin.serve.document import Document
from plugin.serve.retain.blocks import MOST_BLOCKS, Block, read_blocks
from plugin.serve.retain.schedule import ALWAYS, Schedule, read_schedule
from plugin.serve.retain.schedule import KEYS as KEYS_OF_SCHEDULE
from plugin.serve.retain.target import ANYBODY, Target, read_target
from plugin.serve.retain.target import KEYS as KEYS_OF_TARGET
from plugin.serve.retain.theme import read_place, read_theme
from plugin.serve.retain.triggers import Trigger, read_triggers, triggers_doc
from plugin.shop import DAY, HOUR, MINUTE, SECOND

CONTROL_SHARE = 0.5  # of a popup that names none, in a shop that names none
KINDS = ("modal", "bar", "slide", "inline", "teaser")
OVERLAYS = frozenset({"modal", "slide"})  # what comes over the page
FIRST_PAGES = ("wait", "bar")  # what an overlay does on a phone's first page of a visit
STOPS = ("answer", "close2", "purchase")
KEYS = (
    "slug", "name", "kind", "trigger", "audience", "pages", "schedule", "caps", "stop_on",
    "priority", "variants", "control_share", "auto", "goal", "coupon_pool", "enabled", "discount",
    "shield", "phone_first_page", "theme", "placement", *KEYS_OF_TARGET,
)  # fmt: skip
_SPAN = re.compile(r"(\d{1,5})([smhdw])")
_SPANS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


@dataclass(frozen=True)
class Caps:
    """How often one visitor may see a popup; None: no bound. A day and a week are rolling ones."""

    per_visit: int | None = None
    per_day: int | None = None
    per_week: int | None = None
    ever: int | None = None


@dataclass(frozen=True)
class Variant:
    """One way a popup may look, and its share among the variants."""

    weight: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Goal:
    """What counts as success: ``event`` at most ``within_ms`` after the popup was first met."""

    event: str = "purchase"
    within_ms: int = 7 * DAY


@dataclass(frozen=True)
class Popup:
    """An on-site message. ``document`` is what the owner wrote."""

    slug: str
    triggers: tuple[Trigger, ...]  # the first that comes opens it
    variants: tuple[Variant, ...]
    name: str = ""
    kind: str = "modal"
    audience: Rule | None = None  # None: everyone
    target: Target = ANYBODY
    pages: tuple[str, ...] = ()  # as serve.page reads them; none: all pages
    schedule: Schedule = ALWAYS
    # Once a visit, until it is answered: what an owner who says nothing would expect.
    caps: Caps = Caps(per_visit=1)
    stop_on: tuple[str, ...] = ("answer",)
    priority: float = 0
    control_share: float | None = None  # None: the shop's own, else CONTROL_SHARE
    auto: bool = False  # whether its verdict may change it by itself
    goal: Goal = Goal()
    coupon_pool: str | None = None  # where the codes of its coupon blocks come from
    discount: bool = False  # whether it gives money away
    shield: bool = True  # whether those who need no discount are kept from one
    phone_first_page: str = "wait"
    theme: Mapping[str, Any] = field(default_factory=dict)  # colours, corners, letters, direction
    placement: Mapping[str, Any] = field(default_factory=dict)  # of an inline one; {}: a slot
    enabled: bool = True
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_overlay(self) -> bool:
        """Whether it comes over the page, by the kind that the owner gave it."""
        return self.kind in OVERLAYS


def read_popup(slug: str, doc: object) -> Popup:
    """The popup that ``doc`` describes.

    Raises DocumentRefused naming what is wrong.
    """
    one = Document(doc, f"popup {slug}", KEYS)
    variants, pool = _variants(one), one.optional("coupon_pool")
    return Popup(
        slug=one.slug(slug),
        triggers=read_triggers(one.required("trigger"), f"popup {slug}.trigger"),
        variants=variants,
        name=one.text("name", slug),
        kind=one.choice("kind", KINDS, "modal"),
        audience=one.audience(),
        target=read_target(one),
        pages=one.pages(),
        schedule=read_schedule(one.inner("schedule", KEYS_OF_SCHEDULE)),
        caps=_caps(one),
        stop_on=_stops(one),
        priority=one.number("priority", -1e6, 1e6, 0),
        control_share=one.fraction("control_share"),
        auto=one.flag("auto", False),
        goal=_goal(one),
        coupon_pool=pool,
        discount=one.flag("discount", pool is not None or _gives_code(variants)),
        shield=one.flag("shield", True),
        phone_first_page=one.choice("phone_first_page", FIRST_PAGES, "wait"),
        theme=read_theme(one),
        placement=read_place(one),
        enabled=one.flag("enabled", True),
        document=dict(doc) if isinstance(doc, Mapping) else {},
    )


def popup_doc(popup: Popup) -> dict[str, Any]:
    """The popup as a document with its defaults written out; ``read_popup`` reads it back."""
    share = {} if popup.control_share is None else {"control_share": popup.control_share}
    return {
        **popup.document,
        "slug": popup.slug,
        "name": popup.name,
        "kind": popup.kind,
        "trigger": triggers_doc(popup.triggers),
        "pages": list(popup.pages),
        "caps": {key: most for key, most in vars(popup.caps).items() if most is not None},
        "stop_on": list(popup.stop_on),
        "priority": popup.priority,
        "variants": [
            {"weight": one.weight, "blocks": [dict(block) for block in one.blocks]}
            for one in popup.variants
        ],
        **share,
        "goal": {"event": popup.goal.event, "within": span_text(popup.goal.within_ms)},
        "enabled": popup.enabled,
    }


def goal_of(doc: Mapping[str, Any]) -> Goal:
    """The goal that a stored document names; the usual one when it names none that can be read."""
    raw = doc.get("goal")
    return _goal(Document({"goal": raw}, "goal", ("goal",))) if raw else Goal()


def span_text(span_ms: int) -> str:
    """A goal's time as documents write it: "7d" is "1w"."""
    unit = next(unit for unit in "wdhms" if span_ms % _SPANS[unit] == 0)
    return f"{span_ms // _SPANS[unit]}{unit}"


def _variants(one: Document) -> tuple[Variant, ...]:
    variants = []
    for index, raw in enumerate(one.list("variants", least=1, most=10)):
        where = f"{one.where}.variants[{index}]"
        variant = Document(raw, where, ("weight", "blocks"))
        weight = variant.number("weight", 0, 1e6, 1)
        if weight == 0:
            raise variant.refused("weight", "must be more than 0; leave the variant out instead")
        blocks = variant.list("blocks", least=1, most=MOST_BLOCKS)
        variants.append(Variant(weight, read_blocks(blocks, f"{where}.blocks")))
    return tuple(variants)


def _gives_code(variants: tuple[Variant, ...]) -> bool:
    return any(block["type"] == "coupon" for one in variants for block in one.blocks)


def _caps(one: Document) -> Caps:
    if one.raw("caps") is None:
        return Caps(per_visit=1)
    caps = one.inner("caps", tuple(vars(Caps())))
    return Caps(
        **{key: caps.whole(key, 1, 10_000) for key in vars(Caps()) if caps.raw(key) is not None}
    )


def _stops(one: Document) -> tuple[str, ...]:
    if one.raw("stop_on") is None:
        return ("answer",)
    stops = one.names("stop_on")
    for stop in stops:
        if stop not in STOPS:
            raise one.refused("stop_on", f"has {stop[:40]!r}; known: {', '.join(STOPS)}")
    return stops


def _goal(one: Document) -> Goal:
    goal = one.inner("goal", ("event", "within"))
    within = _SPAN.fullmatch(goal.text("within", "7d"))
    if within is None or int(within[1]) == 0:
        raise goal.refused("within", "must be a span such as 30m, 6h or 7d")
    event = goal.text("event", "purchase")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", event) is None:
        raise goal.refused("event", "must be an event's name such as purchase")
    return Goal(event, int(within[1]) * _SPANS[within[2]])
