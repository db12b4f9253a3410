"""What becomes of what a visitor leaves in a popup: an answer, traits, a message, a coupon?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from plugin.collect.event import Event
from plugin.errors import NotFound
from plugin.journey.collect import collect
from plugin.journey.coupons import claimed
from plugin.profile.profile import Profile
from plugin.serve.experiment import variant
from plugin.serve.retain.answers import asks, consents_to, private_fields, read_answers
from plugin.serve.retain.offer import merge_fields
from plugin.serve.retain.popup import Popup, read_popup
from plugin.shop import Shop
from plugin.storage import answers, campaigns, coupons, outbox, profiles
from plugin.storage.engine import Tx

LONGEST_PAGE = 1_024


def submit(
    tx: Tx,
    shop: Shop,
    visitor_id: str,
    popup_id: str,
    fields: Mapping[str, Any],
    now: int,
    offered: bool = False,
    network: str = "",
    language: str = "en",
    page: str | None = None,
) -> dict[str, Any]:
    """Keep what a visitor left in a popup's form; it becomes declared traits, and a lead that the
    owner's addresses are told of. What the storefront is told: {} or its coupon (``claimed``).

    offered: this popup was shown to this visitor, so it may have a code. network: who asks, by a
    name that is no address. Raises NotFound for an unknown popup or one that rests, DocumentRefused
    when the fields are not the form's.
    """
    row = campaigns.get(tx, "popup", popup_id)
    if row is None or not row["enabled"]:
        raise NotFound("there is no such popup")
    popup = read_popup(popup_id, row["body"])
    if fields or not _comes_for_code(tx, popup, visitor_id):
        _keep(tx, shop, popup, visitor_id, fields, now, language, page)
    if popup.coupon_pool is None:
        return {}
    return claimed(
        tx, shop, popup, visitor_id, now, offered=offered, network=network, language=language
    )


def _comes_for_code(tx: Tx, popup: Popup, visitor_id: str) -> bool:
    """Whether a body without fields is a claim: nothing is asked, or all was answered before."""
    if popup.coupon_pool is None:
        return False
    found = profiles.find(tx, visitor_id)
    if not asks(popup, None if found is None else _look(popup, found[1])):
        return True
    return found is not None and (
        coupons.had(tx, popup.coupon_pool, popup.slug, found[0]) is not None
    )


def _keep(
    tx: Tx,
    shop: Shop,
    popup: Popup,
    visitor_id: str,
    fields: Mapping[str, Any],
    now: int,
    language: str,
    page: str | None,
) -> None:
    found = profiles.find(tx, visitor_id)
    look = None if found is None else _look(popup, found[1])
    given = read_answers(popup, fields, look)
    text = orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode()
    digest = hashlib.sha256(f"{visitor_id}:{popup.slug}:{text}".encode()).hexdigest()[:32]
    told = Event(f"form-{digest}", visitor_id, "identify", now, now, given)
    if not collect(tx, shop, [told]):  # the same was sent before
        return
    found = profiles.find(tx, visitor_id)
    if found is None:  # one of the shop's own people
        return
    profile, who = found
    merged = merge_fields(who, shop, language)
    lead: dict[str, Any] = {
        "consents": consents_to(popup, given, language, merged, look),
        "source": source_of(who),
        "page": page[:LONGEST_PAGE] if page else None,
        "language": language,
    }
    answers.keep(tx, popup.slug, profile, now, text, **lead)
    named = {"popup": {"slug": popup.slug, "name": popup.name}, "at": now, "fields": given}
    outbox.enqueue_lead(tx, {**named, **lead}, profile, private_fields(popup), now)


def source_of(who: Profile) -> dict[str, str]:
    """Where a visitor came from, what is known of it: first and last channel, campaign, page."""
    known = {
        "channel": who.channel_last,
        "source": who.source_last,
        "campaign": who.campaign_last,
        "landing_page": who.landing_page,
        "first_channel": who.channel_first,
        "first_source": who.source_first,
    }
    return {name: text for name, text in known.items() if text}


def _look(popup: Popup, who: Profile) -> int:
    """Which look of the popup this visitor sees."""
    return variant(popup.slug, who.visitor_id, [one.weight for one in popup.variants])
