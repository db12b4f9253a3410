"""What may an owner choose from when making a popup, and what is it called?"""

# ruff: noqa: E501 - one line a text

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from plugin.serve.language import MERGE_FIELDS
from plugin.serve.retain.blocks import BLOCKS, CHOICES, INPUTS, STYLES
from plugin.serve.retain.popup import KEYS, KINDS, STOPS
from plugin.serve.retain.schedule import DAYS
from plugin.serve.retain.triggers import TRIGGERS
from plugin.shop import Shop
from plugin.storage import campaigns, coupons, segments
from plugin.storage.engine import Tx
from plugin.web.language import LANGUAGES

KIND_WORDS = {
    "modal": (_l("Dialog"), _l("In the middle, over the page. The strongest, so use it seldom.")),
    "slide": (_l("Slide-in"), _l("A card in the corner. The page stays usable.")),
    "bar": (_l("Bar"), _l("A strip at the lower edge, for one sentence and a button.")),
    "inline": (_l("In the page"), _l("Where your theme has a place for it: data-rs-popup.")),
    "teaser": (_l("Teaser"), _l("A small tab that opens when it is clicked.")),
}
TRIGGER_WORDS = {
    "load": _l("When the page opens"),
    "time": _l("After so many seconds on the page"),
    "scroll": _l("When they have scrolled so far down"),
    "exit": _l("When about to leave"),
    "idle": _l("After so many seconds without a touch"),
    "tab_return": _l("When they come back from another tab"),
    "nth_page": _l("On the so-manieth page of the visit"),
    "add_to_cart": _l("When something was put in the cart"),
    "cart_value": _l("Once the cart is worth so much"),
    "click": _l("At a click on something"),
    "event": _l("When the page reports an event"),
    "zero_results": _l("After a search that found nothing"),
    "segment_entered": _l("When they have come into a segment in this visit"),
}
KEY_WORDS = {
    "seconds": _l("Seconds"),
    "percent": _l("Per cent of the page"),
    "pages": _l("Page of the visit"),
    "value": _l("Worth at least"),
    "selector": _l("What is clicked (CSS selector)"),
    "event": _l("Name of the event"),
    "segment": _l("Segment"),
}
BLOCK_WORDS = {
    "text": _l("Text"),
    "image": _l("Picture"),
    "button": _l("Button"),
    "coupon": _l("Coupon"),
    "countdown": _l("Countdown"),
    "form": _l("Form"),
    "question": _l("Question"),
    "window": _l("Products"),
    "success": _l("After the answer"),
}
STYLE_WORDS = {"heading": _l("Heading"), "body": _l("Text"), "small": _l("Small print")}
INPUT_WORDS = {
    "email": _l("E-mail"),
    "text": _l("Text"),
    "tel": _l("Telephone"),
    "date": _l("Date"),
    "select": _l("One of several"),
}
CHOICE_WORDS = {
    "single": _l("One of several"),
    "multi": _l("Several of several"),
    "scale": _l("1 to 5"),
    "text": _l("In their own words"),
}
STOP_WORDS = {
    "answer": _l("they answered or clicked"),
    "close2": _l("they closed it twice"),
    "purchase": _l("they bought"),
}
DAY_WORDS = {
    "mon": _l("Monday"), "tue": _l("Tuesday"), "wed": _l("Wednesday"), "thu": _l("Thursday"),
    "fri": _l("Friday"), "sat": _l("Saturday"), "sun": _l("Sunday"),
}  # fmt: skip
CAP_WORDS = {
    "per_visit": _l("in a visit"),
    "per_day": _l("in 24 hours"),
    "per_week": _l("in 7 days"),
    "ever": _l("ever"),
}
DEVICE_WORDS = {"desktop": _l("Computer"), "mobile": _l("Phone"), "tablet": _l("Tablet")}
VISITOR_WORDS = {
    "": _l("New and returning"),
    "new": _l("On their first visit"),
    "returning": _l("On a later visit"),
}
FIRST_PAGE_WORDS = {"wait": _l("waits for the second page"), "bar": _l("comes as a bar")}
FIELD_WORDS = {
    "name": _l("First name"),
    "product": _l("Product viewed last"),
    "category": _l("Category viewed last"),
    "gap": _l("Missing to free shipping"),
    "cart_total": _l("Value of the cart"),
}
FONT_WORDS = {
    "page": _l("As your shop"),
    "sans": _l("Plain"),
    "serif": _l("With serifs"),
    "mono": _l("Typewriter"),
}
DIRECTION_WORDS = {
    "auto": _l("As the page"),
    "ltr": _l("From left to right"),
    "rtl": _l("From right to left"),
}
POSITION_WORDS = {
    "append": _l("inside it, at its end"),
    "prepend": _l("inside it, at its beginning"),
    "before": _l("before it"),
    "after": _l("after it"),
    "replace": _l("instead of it"),
}
# What the editor says; {places} are filled by the page.
WORDS = {
    "about": _l("What it is"),
    "name": _l("Name, for you alone"),
    "kind": _l("Kind"),
    "says": _l("What it says"),
    "language": _l("Language"),
    "variants": _l("Variants"),
    "variant": _l("Variant {letter}"),
    "add_variant": _l("Try another variant"),
    "remove_variant": _l("Remove this variant"),
    "weight": _l("Share among the variants"),
    "add": _l("Add"),
    "add_block": _l("Add a part"),
    "up": _l("Move up"),
    "down": _l("Move down"),
    "remove": _l("Remove"),
    "part": _l("{kind}, part {number}"),
    "text": _l("Text"),
    "style": _l("Style"),
    "src": _l("Address of the picture"),
    "alt": _l("What is to be seen on it, for those who do not see it"),
    "url": _l("Where it leads"),
    "coupon_text": _l("What is said of the code; without a pool, the code itself"),
    "coupon_countdown": _l("Count down in the last hour before the code ends"),
    "minutes": _l("Minutes for each visitor"),
    "until": _l("Until"),
    "count_to": _l("Counts down"),
    "fixed": _l("to one moment for all"),
    "each": _l("a time of their own for each"),
    "until_hint": _l("With its time zone, such as 2026-11-27T09:00+09:00"),
    "send": _l("Words on the button"),
    "field": _l("Field {number}"),
    "add_field": _l("Add a field"),
    "label": _l("What is asked for"),
    "input": _l("Kind of field"),
    "trait": _l("Kept as (for segments)"),
    "required": _l("Must be filled in"),
    "consent": _l("Consent, to be ticked; empty: none"),
    "options": _l("Answers to choose from, one a line"),
    "asked": _l("The question"),
    "choice": _l("Answer"),
    "window": _l("Window whose products are shown"),
    "no_window": _l("Choose a window"),
    "insert": _l("Put in"),
    "fallback": _l("others"),
    "fields_hint": _l("Words that differ for each visitor. After the bar stands what those read of whom it is not known: {name|there}."),
    "when": _l("When it comes"),
    "trigger": _l("Moment"),
    "add_trigger": _l("Or at another moment"),
    "first_wins": _l("The first of them that comes opens it."),
    "from_server": _l("of the audience, or any"),
    "who": _l("For whom"),
    "audience": _l("For"),
    "everyone": _l("Everyone"),
    "own_rule": _l("A rule of its own, kept as it is (see As text)"),
    "look_at": _l("Look at this segment"),
    "never": _l("Never for"),
    "none": _l("Nobody is left out"),
    "devices": _l("Devices"),
    "visitors": _l("Visitors"),
    "sources": _l("Only from these channels, sources or campaigns, one a line"),
    "page_languages": _l("Only on pages in these languages, such as en, ko"),
    "cart_min": _l("Cart worth at least"),
    "cart_max": _l("Cart worth at most"),
    "where": _l("Where, and from when to when"),
    "pages": _l("Pages, one a line; empty: all"),
    "pages_hint": _l("A path such as /shoes/*; with ! before it, not there. It is never shown in a checkout."),
    "from": _l("From"),
    "to": _l("Up to and including"),
    "hours_from": _l("Daily from"),
    "hours_to": _l("Daily until"),
    "days": _l("Only on"),
    "zone": _l("By the shop's clock ({zone})."),
    "often": _l("How often"),
    "most": _l("At most, {span}"),
    "stop": _l("It never comes again once"),
    "priority": _l("Priority"),
    "priority_hint": _l("When two could come, the higher one does."),
    "phone": _l("On the first page of a visit on a phone it"),
    "worth": _l("What it gives and what it is worth"),
    "pool": _l("Codes come from"),
    "no_pool": _l("No coupon pool"),
    "pool_empty": _l("{name} (empty: nobody sees the popup)"),
    "shield": _l("Not for those who buy without a discount, send a lot back, or are about to buy"),
    "control": _l("Control group, per cent of visitors who do not see it"),
    "control_hint": _l("Empty: the shop's own share. Without it nobody can say what the popup is worth."),
    "auto": _l("Act on the verdict by itself"),
    "auto_hint": _l("Once it helps, nine of ten visitors are shown it; once it hurts, it is turned off. Each is done once, told on its page, and taken back in one click."),
    "goal": _l("It has worked when this comes"),
    "within": _l("within (30m, 6h, 7d)"),
    "theme": _l("How it looks"),
    "accent": _l("Buttons"),
    "surface": _l("Background"),
    "ink": _l("Text"),
    "radius": _l("Corners, pixels"),
    "font": _l("Letters"),
    "direction": _l("Reads"),
    "selector": _l("Only for the kind In the page: where it stands (CSS selector); empty: in your theme's data-rs-popup"),
    "position": _l("There"),
    "thanks": _l("What stands there once they have answered; parts below it come with it"),
    "own_colour": _l("Its own colour"),
    "contrast_bad": _l("Hard to read: contrast {ratio}, at least 4.5 is needed."),
    "contrast_good": _l("Good to read: contrast {ratio}."),
    "builder": _l("By choosing"),
    "as_text": _l("As text"),
    "unreadable": _l("This cannot be read yet: {why}"),
    "no_preview": _l("The preview comes back once this is put right."),
    "not_translated": _l("Not in this language yet"),
    "added": _l("Added: {what}"),
    "removed": _l("Removed: {what}"),
    "moved": _l("Moved: {what}"),
}  # fmt: skip


def choices(tx: Tx, shop: Shop) -> dict[str, Any]:
    """All that the editor of a popup offers, with words in the owner's language."""
    pools = coupons.all(tx)
    windows = campaigns.all(tx, "window")
    return {
        "words": {name: str(words) for name, words in WORDS.items()},
        "languages": list(LANGUAGES.items()),
        "kinds": [[kind, *map(str, KIND_WORDS[kind])] for kind in KINDS],
        "triggers": [_trigger(name) for name in TRIGGERS],
        "blocks": _pairs(BLOCKS, BLOCK_WORDS),
        "styles": _pairs(STYLES, STYLE_WORDS),
        "inputs": _pairs(INPUTS, INPUT_WORDS),
        "choices": _pairs(CHOICES, CHOICE_WORDS),
        "stops": _pairs(STOPS, STOP_WORDS),
        "days": _pairs(DAYS, DAY_WORDS),
        "caps": _pairs(CAP_WORDS, CAP_WORDS),
        "devices": _pairs(DEVICE_WORDS, DEVICE_WORDS),
        "visitors": _pairs(VISITOR_WORDS, VISITOR_WORDS),
        "firstPage": _pairs(FIRST_PAGE_WORDS, FIRST_PAGE_WORDS),
        "fields": _pairs(MERGE_FIELDS, FIELD_WORDS),
        "fonts": _pairs(FONT_WORDS, FONT_WORDS),
        "directions": _pairs(DIRECTION_WORDS, DIRECTION_WORDS),
        "positions": _pairs(POSITION_WORDS, POSITION_WORDS),
        "segments": [[one.slug, one.name] for one in segments.definitions(tx)],
        "pools": [[row["slug"], _pool_name(row)] for row in pools],
        "windows": [[row["slug"], row["body"].get("name") or row["slug"]] for row in windows],
        "known": list(KEYS),
        "zone": shop.timezone,
        "currency": shop.currency,
    }


def _pairs(names: Iterable[str], words: Mapping[str, Any]) -> list[list[str]]:
    return [[name, str(words.get(name, name))] for name in names]


def _trigger(name: str) -> dict[str, Any]:
    """A trigger with the keys that may be set, and what each is when nobody says it."""
    keys = [
        {
            "name": key,
            "label": str(KEY_WORDS.get(key, key)),
            "absent": getattr(what, "absent", None),
            "low": getattr(what, "low", None),
            "high": getattr(what, "high", None),
        }
        for key, what in TRIGGERS[name].keys.items()
    ]
    return {"name": name, "label": str(TRIGGER_WORDS.get(name, name)), "keys": keys}


def _pool_name(row: Mapping[str, Any]) -> str:
    name = str(row["body"].get("name") or row["slug"])
    if row["kind"] == "text" or row["free"]:
        return name
    return str(WORDS["pool_empty"]).replace("{name}", name)
