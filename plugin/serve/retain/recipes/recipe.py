"""What is a popup recipe: for whom, what it does, and which documents does adopting it make?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.segment.templates.pattern import Words

Doc = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """What recipes are for."""

    slug: str
    name: Words
    about: Words  # one sentence


@dataclass(frozen=True)
class Recipe:
    """A popup ready to adopt. ``key`` becomes its slug.

    ``does``: one sentence for the owner. ``segment``: the template of those it is for; ``never``:
    templates of those it is never for. ``popup``: what the document says beside its name and
    audience. ``windows``, ``pools``: the other documents it asks for, by slug.
    """

    key: str
    group: str
    segment: str
    name: Words
    does: Words
    popup: Mapping[str, Any]
    never: tuple[str, ...] = ()
    windows: Mapping[str, Doc] = field(default_factory=dict)
    pools: Mapping[str, Doc] = field(default_factory=dict)

    @property
    def segments(self) -> tuple[str, ...]:
        """The templates that the audience names."""
        return (self.segment, *self.never)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The first strategy of each of its windows: what its products need."""
        return tuple(dict.fromkeys(one["strategies"][0] for one in self.windows.values()))

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses its buttons lead to, which the owner should look over."""
        blocks = [block for one in self.popup["variants"] for block in one["blocks"]]
        return tuple(dict.fromkeys(block["url"] for block in blocks if block["type"] == "button"))

    def document(self, language: str) -> Doc:
        """The popup as a document: turned off, its name in ``language``, its texts in all three."""
        return {
            "name": self.name.of(language),
            **self.popup,
            "audience": self.audience(),
            "enabled": False,
        }

    def audience(self) -> Doc:
        """For whom, as a document names it."""
        if not self.never:
            return {"segment": self.segment}
        others: list[Doc] = [{"segment": one} for one in self.never]
        out = others[0] if len(others) == 1 else {"any": others}
        return {"rule": {"all": [{"segment": self.segment}, {"not": out}]}}


def popup(
    kind: str, trigger: Doc, blocks: Sequence[Doc], caps: Doc | None = None, **more: Any
) -> Doc:
    """A recipe's popup: at most once a visit and twice a week, left alone after an answer or two
    closes, unless ``caps`` or ``more`` say otherwise.
    """
    return {
        "kind": kind,
        "trigger": trigger,
        "caps": caps or {"per_visit": 1, "per_week": 2},
        "stop_on": ["answer", "close2", "purchase"],
        "goal": {"event": "purchase", "within": "7d"},
        "variants": [{"weight": 1, "blocks": list(blocks)}],
        **more,
    }


def say(en: str, ko: str, ja: str) -> Doc:
    """A text in the three languages."""
    return {"en": en, "ko": ko, "ja": ja}


def text(en: str, ko: str, ja: str, style: str = "body") -> Doc:
    """A block of text."""
    return {"type": "text", "style": style, "text": say(en, ko, ja)}


def heading(en: str, ko: str, ja: str) -> Doc:
    """The block that a popup begins with."""
    return text(en, ko, ja, "heading")


def button(url: str, en: str, ko: str, ja: str) -> Doc:
    """A button that leads to ``url``."""
    return {"type": "button", "url": url, "text": say(en, ko, ja)}


def coupon(en: str, ko: str, ja: str) -> Doc:
    """The block where the code of the pool stands."""
    return {"type": "coupon", "text": say(en, ko, ja)}


def success(en: str, ko: str, ja: str) -> Doc:
    """What stands there after an answer, with what follows it."""
    return {"type": "success", "text": say(en, ko, ja)}


def products(window: str) -> Doc:
    """The products of a window."""
    return {"type": "window", "window": window}


def asks(name: str, asked: Doc, *options: Doc) -> Doc:
    """A question with one answer of several; without options: an answer in own words."""
    choice: Doc = {"choice": "single", "options": list(options)} if options else {"choice": "text"}
    return {"type": "question", "name": name, "text": asked, **choice}


def email(consent: Doc, send: Doc, *, required: bool = True) -> Doc:
    """A form for an address, with a tick that the visitor sets."""
    label = say("E-mail", "이메일", "メールアドレス")
    one = {"name": "email", "input": "email", "label": label, "required": required}
    return {"type": "form", "fields": [{**one, "consent_text": consent}], "button": send}


def window(title: Doc, strategies: Sequence[str], most: int) -> Doc:
    """A window for the inside of a popup: everybody who sees the popup sees it whole."""
    chain = list(strategies)
    return {"title": title, "strategies": chain, "min": 1, "max": most, "control_share": 0}


def codes(name: str, discount: Doc, after: str, prefix: str) -> Doc:
    """A pool of codes of our own making; ``after``: how long each is good. It holds none yet."""
    return {
        "name": name,
        "kind": "minted",
        "discount": discount,
        "prefix": prefix,
        "expires": {"after": after},
    }
