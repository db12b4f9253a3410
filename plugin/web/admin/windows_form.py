"""How does a window's document become a form of plain fields, and a sent form a document again?

What the form has no field for (an audience by a rule of its own, titles in further languages)
stays as it is in the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from plugin.errors import DocumentRefused
from plugin.serve.recommend.boost import KINDS, LEAST, MOST
from plugin.serve.recommend.window import MOST_DAYS, MOST_ITEMS, read_window
from plugin.web.admin.troubles import trouble_words

TITLES = ("en", "ko", "ja")
LISTS = ("category", "brand", "tags", "pins", "bans", "pages")  # one a line
FIELDS = (
    "name", "min", "max", *LISTS, "price_min", "price_max", "margin_min", "on_sale", "per_category",
    "per_brand", "leave_out_bought", "audience", "selector", "position", "control_share",
    "auto", *(f"title_{language}" for language in TITLES),
)  # fmt: skip
SALES = ("", "yes", "no")
OWN_RULE = "="  # an audience that the form shows and keeps, but does not change
SEGMENT = "segment:"
# The keys of a document whose refusals belong beside a field of another name.
BESIDE = {
    "diversity.category": "per_category",
    "diversity.brand": "per_brand",
    "placement.selector": "selector",
    "placement.position": "position",
    "placement.pages": "pages",
    "title": "title_en",
}
WHERE = re.compile(r"window [^.\s]+\.([a-z_]+(?:\.[a-z_]+)?)")


@dataclass(frozen=True)
class Form:
    """What stands in the editor, as text. ``saved``: the window is there already.

    boosts: kind, value and factor of each. ``rule``: whether the audience is a rule of its own.
    """

    slug: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    strategies: Sequence[str] = ()
    boosts: Sequence[tuple[str, str, str]] = ()
    enabled: bool = True
    saved: bool = False
    rule: bool = False

    def get(self, name: str) -> str:
        """What stands in a field."""
        return self.fields.get(name, "")

    def lines(self, name: str) -> list[str]:
        """The lines of a field that is a list, each once, without blank ones."""
        found = (line.strip() for line in self.get(name).splitlines())
        return list(dict.fromkeys(line for line in found if line))


BLANK = Form(
    fields={"min": "4", "max": "8", "position": "append"}, strategies=("for_you", "bestsellers")
)


class Refused(DocumentRefused):
    """A form that is no document: by field, what is wrong with it."""

    def __init__(self, troubles: Mapping[str, str]) -> None:
        super().__init__(next(iter(troubles.values())))
        self.troubles = troubles


def form_of(slug: str, document: Mapping[str, Any]) -> Form:
    """The form of a window that is there."""
    window = read_window(slug, document)
    title, only = window.title, window.filters
    said: dict[str, Any] = {
        "name": document.get("name") or "",
        "min": window.min,
        "max": window.max,
        "category": only.category,
        "brand": only.brand,
        "tags": only.tags,
        "price_min": only.price_min,
        "price_max": only.price_max,
        "margin_min": None if only.margin_min is None else round(only.margin_min * 100, 4),
        "on_sale": {None: "", True: "yes", False: "no"}[only.on_sale],
        "pins": window.pins,
        "bans": window.bans,
        "pages": window.pages,
        "per_category": window.diversity.category,
        "per_brand": window.diversity.brand,
        "leave_out_bought": window.leave_out_bought,
        "selector": window.selector,
        "position": window.position,
        "audience": _audience_said(document),
        "control_share": (
            None if window.control_share is None else round(window.control_share * 100, 4)
        ),
        "auto": "1" if window.auto else "",
    }
    texts = {"en": title} if isinstance(title, str) else title
    said |= {f"title_{language}": texts.get(language) for language in TITLES}
    boosts = [(one.kind, one.value, f"{one.by:g}") for one in window.boosts]
    return Form(
        slug,
        {name: _written(value) for name, value in said.items()},
        window.strategies,
        boosts,
        window.enabled,
        saved=True,
        rule=said["audience"] == OWN_RULE,
    )


def sent_form(form: Form, sent: Any) -> Form:
    """``form`` with what was sent (a multi dict) in it."""
    rows = zip(*(sent.getlist(f"boost_{part}") for part in ("kind", "value", "by")), strict=False)
    return replace(
        form,
        slug=form.slug or sent.get("slug", "").strip(),
        fields={name: sent.get(name, "").strip() for name in FIELDS},
        strategies=tuple(dict.fromkeys(filter(None, sent.getlist("strategy")))),
        boosts=[(kind, value.strip(), by.strip()) for kind, value, by in rows if value.strip()],
        enabled="enabled" in sent,
    )


def document_of(form: Form, saved: Mapping[str, Any]) -> dict[str, Any]:
    """The document that ``form`` says; ``saved``: the one that is there. Raises Refused."""
    reading = _Reading(form)
    document = reading.document(saved)
    if reading.troubles:
        raise Refused(reading.troubles)
    try:
        read_window(form.slug or "new", document)
    except DocumentRefused as trouble:
        found = WHERE.match(trouble.message)
        key = found[1] if found else ""
        name = BESIDE.get(key, key.removeprefix("filters.").partition(".")[0])
        raise Refused({name: trouble_words(trouble.message)[1]}) from trouble
    return document


class _Reading:
    """One form while it is read; ``troubles``: what is wrong, by field."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.troubles: dict[str, str] = {}

    def document(self, saved: Mapping[str, Any]) -> dict[str, Any]:
        """The document, as far as it can be read."""
        form = self.form
        least, most = self._whole("min", 1, MOST_ITEMS), self._whole("max", 1, MOST_ITEMS)
        if least is not None and most is not None and least > most:
            self.troubles["min"] = _("At least cannot be more than at most.")
        if not form.strategies:
            self.troubles["strategies"] = _("Choose at least one way to find products.")
        made = {
            "name": form.get("name") or form.slug,
            "title": self._titles(saved.get("title")),
            "strategies": list(form.strategies),
            "min": least,
            "max": most,
            "filters": self._filters(),
            "pins": form.lines("pins"),
            "bans": form.lines("bans"),
            "boosts": self._boosts(),
            "diversity": {
                key: self._whole(f"per_{key}", 1, MOST_ITEMS) for key in ("category", "brand")
            },
            "leave_out_bought": self._days(),
            "audience": self._audience(saved),
            "placement": self._placement(),
            "control_share": self._share("control_share", 50),
            "auto": True if form.get("auto") else None,
            "enabled": form.enabled,
        }
        return {key: value for key, value in _without_nothing(made).items() if value != {}}

    def _titles(self, before: Any) -> dict[str, str]:
        kept = before if isinstance(before, Mapping) else {}
        said = {language: self.form.get(f"title_{language}") for language in TITLES}
        return {key: text for key, text in {**kept, **said}.items() if text}

    def _filters(self) -> dict[str, Any]:
        form = self.form
        low, high = (self._number(name, 0, 1e12) for name in ("price_min", "price_max"))
        if low is not None and high is not None and low > high:
            self.troubles["price_min"] = _("The lowest price is more than the highest.")
        return {
            **{name: form.lines(name) for name in ("category", "brand", "tags")},
            "price_min": low,
            "price_max": high,
            "margin_min": self._share("margin_min", 100),
            "on_sale": {"yes": True, "no": False}.get(form.get("on_sale")),
        }

    def _boosts(self) -> list[dict[str, Any]]:
        made = []
        for kind, value, by in self.form.boosts:
            factor = self._read("boosts", by, LEAST, MOST)
            if kind in KINDS and factor is not None:
                made.append({kind: value, "by": factor})
        return made

    def _days(self) -> str | None:
        days = self._whole("leave_out_bought", 1, MOST_DAYS)
        return None if days is None else f"{days}d"

    def _audience(self, saved: Mapping[str, Any]) -> Any:
        said = self.form.get("audience")
        if said == OWN_RULE:
            return saved.get("audience")
        return {"segment": said.removeprefix(SEGMENT)} if said.startswith(SEGMENT) else None

    def _placement(self) -> dict[str, Any]:
        form, pages = self.form, self.form.lines("pages")
        for one in pages:
            if not one.removeprefix("!").startswith(("/", "*", "http://", "https://")):
                self.troubles["pages"] = _("“%(page)s” is no page: write it as /shoes/*.", page=one)
        made: dict[str, Any] = {"pages": pages}
        if form.get("selector"):
            made |= {"selector": form.get("selector"), "position": form.get("position") or "append"}
        return made

    def _share(self, name: str, most: int) -> float | None:
        """Per cent as a fraction."""
        found = self._number(name, 0, most)
        return None if found is None else round(found / 100, 6)

    def _whole(self, name: str, low: int, high: int) -> int | None:
        found = self._number(name, low, high)
        if found is not None and found != int(found):
            self.troubles[name] = _("Write a whole number.")
        return None if found is None else int(found)

    def _number(self, name: str, low: float, high: float) -> float | int | None:
        text = self.form.get(name)
        return None if not text else self._read(name, text, low, high)

    def _read(self, name: str, text: str, low: float, high: float) -> float | int | None:
        """The number in ``text``; trouble beside ``name`` where it is none, or out of range."""
        try:
            found = float(text.replace(",", ""))
        except ValueError:
            found = float("nan")
        if not low <= found <= high:  # nor is what is no number
            self.troubles[name] = _("“%(text)s” is no number from %(low)s to %(high)s.",
                                    text=text[:40], low=f"{low:g}", high=f"{high:g}")  # fmt: skip
            return None
        return int(found) if found.is_integer() else found


def _audience_said(document: Mapping[str, Any]) -> str:
    audience = document.get("audience")
    if not isinstance(audience, Mapping):
        return ""
    return f"{SEGMENT}{audience['segment']}" if "segment" in audience else OWN_RULE


def _without_nothing(made: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty, inside as well."""
    inner = {
        key: _without_nothing(value) if isinstance(value, Mapping) else value
        for key, value in made.items()
    }
    return {key: value for key, value in inner.items() if value not in (None, [], "")}


def _written(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "\n".join(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)
