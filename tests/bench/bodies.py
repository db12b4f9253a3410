"""What do a shop's pages send? Bodies of ``POST /v1/visit``, made before anything is timed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Protocol
from zlib import crc32

import msgspec

KEY = "pk_bench_0123456789abcdef"
HOME = "https://moon.example"
EVENTS = 10  # in a body
APART_MS = 120  # between two events of a body
BODY_MS = 2  # between two bodies
VISITORS = 5_000
PRODUCTS, PAGES, TERMS = 500, 40, 200
BRANDS = ("Maru", "Northfold", "Haneul", "Piers & Sons", "Lumen")
CATEGORIES = (
    "Bags > Totes", "Bags > Backpacks", "Shoes > Boots", "Shoes > Sneakers", "Home > Lamps",
    "Home > Textiles", "Outdoor > Tents", "Outdoor > Bottles",
)  # fmt: skip
REFERRERS = (
    "", "https://www.google.com/", "https://search.naver.com/search?query=canvas+tote",
    "https://www.instagram.com/", "https://l.facebook.com/", "https://duckduckgo.com/",
)  # fmt: skip
VARIANTS = ("Sand", "Black / M", "Forest", "Indigo / L")
LANGUAGES = ("en-US", "ko-KR", "ja-JP", "en-GB")
TYPES = ("home", "category", "product", "article")
CAMPAIGNS = ("", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn")
SYLLABLES = ("ba", "do", "ken", "li", "mor", "na", "pel", "ri", "sa", "tu", "vel", "wo")
# What happens on the ten places of a body; a name that stands twice is as likely twice.
MIX = (
    ("page_view",), ("view_item_list",), ("view_item",), ("page_view",), ("search",),
    ("view_item",), ("add_to_cart", "add_to_cart", "select_item", "remove_from_cart"),
    (*["page_view"] * 19, "identify"), ("view_item", "size_guide_open"),
    (*["page_leave"] * 12, *["view_cart"] * 4, *["begin_checkout"] * 3, "purchase"),
)  # fmt: skip
COUNTERS = (
    ("page_view",), ("scroll_depth",), ("search",), ("page_view",), ("video_play",),
    ("popup_view",), ("page_view",), ("size_guide_open",), ("popup_dismiss",), ("page_leave",),
)  # fmt: skip

Params = dict[str, Any]


def uuid7(at: int, rng: Random) -> str:
    """A time-ordered id (RFC 9562, version 7) of the moment ``at`` (Unix ms), as the snippet's."""
    dice = f"{rng.getrandbits(74) | 1 << 74:019x}"
    when = f"{at:012x}"
    last = f"{'89ab'[int(dice[0], 16) & 3]}{dice[4:7]}-{dice[7:]}"
    return f"{when[:8]}-{when[8:]}-7{dice[1:4]}-{last}"


class Texts(Protocol):
    """Where the texts of a body come from."""

    def product(self) -> Params:
        """A product line."""

    def page(self) -> tuple[str, str]:
        """A page's address and title."""

    def listing(self) -> list[Params]:
        """The product lines of a list."""

    def term(self) -> str:
        """What somebody searches for."""


def words(rng: Random, count: int) -> str:
    """``count`` words nobody has used."""
    return " ".join(
        "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).capitalize() for _ in range(count)
    )


def line(number: int, name: str, rng: Random) -> Params:
    """A product as pages write it in ``items``."""
    return {
        "item_id": f"SKU-{number:06d}",
        "item_name": name,
        "item_brand": rng.choice(BRANDS),
        "item_category": rng.choice(CATEGORIES),
        "item_variant": rng.choice(VARIANTS),
        "price": rng.randint(500, 30_000) / 100,
        "quantity": 1,
        "url": f"/product/{number}",
        "image": f"{HOME}/cdn/{number:06d}/front.webp",
    }


def listed(products: list[Params]) -> list[Params]:
    """Products as a list sends them: each with its place."""
    return [product | {"index": place} for place, product in enumerate(products)]


class ShopTexts:
    """A shop's own: 500 products, 40 pages, 200 search terms; some are asked for more often."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._products = [line(n, words(rng, 3), rng) for n in range(PRODUCTS)]
        self._pages = [
            (f"{HOME}/{words(rng, 2).lower().replace(' ', '/')}", f"{words(rng, 2)} | Moon")
            for _ in range(PAGES)
        ]
        self._terms = [words(rng, 2).lower() for _ in range(TERMS)]
        self._lists = [listed([self.product() for _ in range(3)]) for _ in range(PAGES)]

    def product(self) -> Params:
        """One of the 500; the first are looked at most."""
        return self._products[int(PRODUCTS * self._rng.random() ** 2)]

    def page(self) -> tuple[str, str]:
        """One of the 40, at times with a campaign behind it."""
        url, title = self._rng.choice(self._pages)
        return url + self._rng.choice(CAMPAIGNS), title

    def listing(self) -> list[Params]:
        """What one of the 40 lists shows."""
        return self._rng.choice(self._lists)

    def term(self) -> str:
        """One of the 200."""
        return self._terms[int(TERMS * self._rng.random() ** 2)]


class NewTexts:
    """Every text is one that was never sent before."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._number = itertools.count()

    def product(self) -> Params:
        """A product nobody has seen."""
        number = next(self._number)
        made = line(number, f"{words(self._rng, 3)} {number}", self._rng)
        return made | {
            "item_brand": words(self._rng, 1) + str(number),
            "item_category": f"{words(self._rng, 1)}{number} > {words(self._rng, 1)}",
        }

    def page(self) -> tuple[str, str]:
        """A page of its own."""
        number = next(self._number)
        address = words(self._rng, 2).lower().replace(" ", "/")
        return f"{HOME}/{address}-{number}?page={number}", f"{words(self._rng, 2)} {number} | Moon"

    def listing(self) -> list[Params]:
        """Three products nobody has seen."""
        return listed([self.product() for _ in range(3)])

    def term(self) -> str:
        """Words with a number."""
        return f"{words(self._rng, 2).lower()} {next(self._number)}"


def params_of(name: str, texts: Texts, rng: Random) -> Params:
    """The params of an event called ``name``."""
    made = WRITERS[name](texts, rng) if name in WRITERS else {}
    if "items" in made or "page_location" in made:
        return made
    url, title = texts.page()
    return {"page_location": url, "page_title": title, **made}


def _page_view(texts: Texts, rng: Random) -> Params:
    url, title = texts.page()
    return {
        "page_location": url,
        "page_title": title,
        "page_referrer": texts.page()[0],
        "page_type": TYPES[crc32(url.encode()) % len(TYPES)],  # a page is always of one type
        "language": LANGUAGES[0],
    }


def _list(texts: Texts, rng: Random) -> Params:
    return {
        "item_list_id": "autumn",
        "items": texts.listing(),
    }


def _product(texts: Texts, rng: Random) -> Params:
    item = texts.product()
    return {"currency": "USD", "value": item["price"], "items": [item]}


def _purchase(texts: Texts, rng: Random) -> Params:
    made = _product(texts, rng)
    order = f"M-{rng.getrandbits(48):012x}"
    return {**made, "transaction_id": order, "tax": 1.5, "shipping": 4}


def _identify(texts: Texts, rng: Random) -> Params:
    return {
        "name": texts.term(),
        "plan": rng.choice(("silver", "gold")),
        "visits": rng.randint(1, 9),
    }


def _search(texts: Texts, rng: Random) -> Params:
    return {"search_term": texts.term(), "results": rng.randint(0, 80)}


def _number(name: str, most: int) -> Callable[[Texts, Random], Params]:
    return lambda texts, rng: {name: rng.randint(0, most), "engaged": rng.random() < 0.5}


WRITERS: dict[str, Callable[[Texts, Random], Params]] = {
    "page_view": _page_view,
    "view_item_list": _list,
    "search": _search,
    "view_item": _product,
    "select_item": _product,
    "add_to_cart": _product,
    "remove_from_cart": _product,
    "view_cart": _product,
    "begin_checkout": _product,
    "purchase": _purchase,
    "identify": _identify,
    "page_leave": _number("engagement_ms", 90_000),
    "scroll_depth": _number("percent", 100),
    "video_play": _number("seconds", 300),
    "popup_view": lambda texts, rng: {"popup_id": f"autumn-{rng.randint(1, 3)}"},
    "popup_dismiss": lambda texts, rng: {"popup_id": f"autumn-{rng.randint(1, 3)}"},
}


def body(
    visitor_id: str, sent_at: int, texts: Texts, rng: Random, mix: tuple[tuple[str, ...], ...] = MIX
) -> dict[str, Any]:
    """One body of ten events, the last at ``sent_at`` (Unix ms)."""
    events = []
    for place, names in enumerate(mix):
        at = sent_at - (len(mix) - 1 - place) * APART_MS
        name = rng.choice(names)
        events.append(
            {
                "name": name,
                "event_id": uuid7(at, rng),
                "timestamp": at,
                "params": params_of(name, texts, rng),
            }
        )
    url, title = texts.page()
    page = {"url": url, "title": title, "referrer": rng.choice(REFERRERS), "language": "en-US"}
    return {
        "key": KEY,
        "visitor_id": visitor_id,
        "sent_at": sent_at,
        "consent": "granted",
        "page": page | {"width": 412},
        "events": events,
    }


def bodies(
    count: int,
    now: int,
    texts: Texts,
    rng: Random,
    mix: tuple[tuple[str, ...], ...] = MIX,
    visitors: int = VISITORS,
) -> Iterator[bytes]:
    """``count`` bodies as they come over the wire, the last sent at ``now`` (Unix ms).

    The visitors take turns, so that two bodies of one are never on their way together.
    """
    began = now - count * BODY_MS
    ids = [uuid7(began, rng) for _ in range(visitors)]
    for number in range(count):
        sent_at = began + (number + 1) * BODY_MS
        yield msgspec.json.encode(body(ids[number % visitors], sent_at, texts, rng, mix))
