"""What does the owner's walk through the shop say about the tag, and what is still to be done?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import format_currency
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.web.language import ago

Page = Mapping[str, Any]
Check = dict[str, str]

GOOD, BAD, PART, OPEN = "good", "bad", "part", "open"
TITLES = {
    "tag": _l("The tag"),
    "product": _l("A product's page"),
    "catalogue": _l("The catalogue"),
    "cart": _l("Into the cart"),
    "checkout": _l("The checkout"),
    "order": _l("The order"),
}
# How a product was found, in find.js's words.
METHODS = {
    "dataLayer": _l("the dataLayer"),
    "platform": _l("what the shop's software says"),
    "jsonld": "JSON-LD",
    "opengraph": "OpenGraph",
    "microdata": _l("microdata"),
    "form": _l("the form of the cart"),
    "mapping": _l("your own places"),
}
# What a sign's colour says.
STATES = {
    GOOD: _l("Works:"),
    BAD: _l("Does not work:"),
    PART: _l("Look at it:"),
    OPEN: _l("Still to do:"),
}
KINDS = {
    "product": _l("Product"),
    "checkout": _l("Checkout"),
    "thank_you": _l("Order placed"),
    "other": _l("Other page"),
}


def check_list(pages: Sequence[Page], *, came: bool) -> list[Check]:
    """Every check: name, title, state (good, bad, part or open), that in words, what to know or do.

    pages: as ``inspections.newest`` gives them. came: whether the shop has any event.
    """
    product = next((one for one in pages if one["kind"] == "product"), None)
    found = {
        "tag": _tag(pages, came),
        "product": _product(product),
        "catalogue": _catalogue(product),
        "cart": _cart(pages),
        "checkout": _checkout(pages),
        "order": _order(pages),
    }
    return [
        {
            "name": name,
            "title": str(TITLES[name]),
            "state": state,
            "word": str(STATES[state]),
            "text": text,
        }
        for name, (state, text) in found.items()
    ]


def method_words(page: Page) -> str:
    """How the page's product was found; empty: it was not."""
    how = page["found"].get("how", "")
    if "item_id" not in page["found"]:
        return str(_("its address in the catalogue")) if page["match"] else ""
    return str(METHODS.get(how, how))


def amount_words(price: float | None, currency: str | None) -> str:
    """A price in major units as an amount; empty: not known."""
    if price is None:
        return ""
    return str(format_currency(Decimal(str(price)), currency)) if currency else str(price)


def _tag(pages: Sequence[Page], came: bool) -> tuple[str, str]:
    if not pages:
        if came:
            return GOOD, _("Events are coming. Open the shop by the link above to look closer.")
        return OPEN, _("Not seen yet: open the shop by the link above.")
    newest = pages[0]
    if newest["consent"] in ("pending", "denied"):
        return PART, _(
            "Seen, but nothing is kept before consent: agree in the shop's banner and go on."
        )
    return GOOD, _("Seen on %(path)s, %(ago)s.", path=newest["path"], ago=ago(newest["at"]))


def _product(page: Page | None) -> tuple[str, str]:
    if page is None:
        return OPEN, _("Not visited yet: open a product's page.")
    found, match = page["found"], page["match"]
    known = found if "item_id" in found else match
    if known is None:
        return BAD, _(
            "Nothing was found on %(path)s. Import the catalogue with the addresses of its pages, "
            "or show the name and the price by pointing, in the panel on that page.",
            path=page["path"],
        )
    words = {
        "name": known.get("name") or known["item_id"],
        "id": known["item_id"],
        "how": method_words(page),
        "path": page["path"],
    }
    if known.get("price") is None:
        return PART, _(
            "%(name)s (number %(id)s) on %(path)s, without a price: show it by pointing.", **words
        )
    words["price"] = amount_words(known["price"], known.get("currency"))
    return GOOD, _(
        "%(name)s, %(price)s, number %(id)s, found by %(how)s on %(path)s. "
        "Compare it with the page.",
        **words,
    )


def _catalogue(page: Page | None) -> tuple[str, str]:
    found = page["found"] if page is not None else {}
    match = page["match"] if page is not None else None
    if match is None:
        if "item_id" not in found:
            return OPEN, _("Looked up as soon as a product's page was seen.")
        return BAD, _(
            "No product has the number %(id)s: import the catalogue with the numbers that the "
            "pages use.",
            id=found["item_id"],
        )
    there, here = found.get("price"), match["price"]
    if there is not None and here is not None and abs(there - here) >= 0.005:
        currency = match["currency"]
        return PART, _(
            "%(name)s is in it for %(here)s, the page says %(there)s. Is the catalogue up to date?",
            name=match["name"],
            here=amount_words(here, currency),
            there=amount_words(there, found.get("currency") or currency),
        )
    return GOOD, _("%(name)s is in it.", name=match["name"])


def _cart(pages: Sequence[Page]) -> tuple[str, str]:
    event = next(_told(pages, "add_to_cart"), None)
    if event is None:
        return OPEN, _("Not tried yet: put a product into the cart.")
    return _delivery(event) or (GOOD, _("Noticed, and stored."))


def _checkout(pages: Sequence[Page]) -> tuple[str, str]:
    page = next((one for one in pages if one["kind"] == "checkout"), None)
    if page is not None:
        return GOOD, _("Noticed on %(path)s.", path=page["path"])
    event = next(_told(pages, "begin_checkout"), None)
    if event is not None:
        return _delivery(event) or (GOOD, _("Noticed, and stored."))
    return OPEN, _(
        "Not visited yet: go on to the checkout. If it is not noticed there, say so in the panel: "
        "“This is a checkout page”."
    )


def _order(pages: Sequence[Page]) -> tuple[str, str]:
    page = next((one for one in pages if one["kind"] == "thank_you"), None)
    event = next(_told(pages, "purchase"), None)
    number = next((p["found"]["order_number"] for p in pages if "order_number" in p["found"]), None)
    if event is not None and (trouble := _delivery(event)):
        return trouble
    if number is not None:
        return GOOD, _("Noticed, with the order number %(number)s.", number=number)
    if event is not None:
        return GOOD, _("Noticed, and stored.")
    if page is not None:
        return PART, _(
            "Noticed on %(path)s without its number: show the number by pointing, so that it is "
            "the same order that your server confirms.",
            path=page["path"],
        )
    return OPEN, _(
        "Not visited yet: place a test order. If it is not noticed, say so in the panel: “This is "
        "a thank-you page”."
    )


def _delivery(event: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong with an event's delivery; None: it arrived."""
    status = event["status"]
    if status in ("stored", "known"):
        return None
    if status == "refused":
        return BAD, _("Noticed, but refused: %(reason)s", reason=event.get("reason", ""))
    if status == "held":
        return PART, _("Noticed, but held until the visitor agrees.")
    if status == "blocked":
        return BAD, _("Noticed, but not delivered: an ad blocker, or no connection?")
    return PART, _("Noticed, and on its way.")


def _told(pages: Sequence[Page], name: str) -> Iterator[Mapping[str, str]]:
    """The events called ``name``, the newest first."""
    for page in pages:
        yield from (event for event in reversed(page["events"]) if event["name"] == name)
