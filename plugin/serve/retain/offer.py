"""What does the storefront get of a popup?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plugin.profile.profile import Profile
from plugin.serve.experiment import CONTROL, SHOW
from plugin.serve.language import in_language
from plugin.serve.product import Product
from plugin.serve.retain.blocks import localised
from plugin.serve.retain.choose import Decision
from plugin.serve.retain.triggers import triggers_doc
from plugin.shop import Shop, exponent, to_major, to_minor

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}
CLOSE = {"en": "Close", "ko": "닫기", "ja": "閉じる"}


def merge_fields(
    profile: Profile, shop: Shop, language: str, product: Product | None = None
) -> dict[str, str]:
    """The merge fields that are set for a visitor, ready to read; ``product``: the last viewed.

    ``gap`` is what the cart lacks to the shop's setting ``free_shipping_from`` (major units).
    """
    declared = profile.declared.get("first_name") or profile.declared.get("name")
    fields = {
        "name": str(declared[0]).strip() if declared else "",
        "product": (product.name or "") if product else "",
        "category": (profile.last_category or "").rpartition(">")[2].strip(),
    }
    if profile.cart_items_now:
        fields["cart_total"] = money(profile.cart_value_now, shop.currency, language)
        gap = _gap(profile, shop)
        fields["gap"] = money(gap, shop.currency, language) if gap else ""
    return {name: text for name, text in fields.items() if text}


def money(minor: int, currency: str, language: str) -> str:
    """An amount as a shopper reads it, "₩12,000" or "12.50 CHF"."""
    amount = f"{to_major(minor, currency):,.{exponent(currency)}f}"
    if currency == "KRW" and language.startswith("ko"):
        return f"{amount}원"
    sign = SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{amount} {currency}"


def _gap(profile: Profile, shop: Shop) -> int:
    wanted = shop.settings.get("free_shipping_from")
    if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
        return 0
    return max(0, to_minor(wanted, shop.currency) - profile.cart_value_now)


def popup_offer(
    decision: Decision,
    language: str,
    fields: Mapping[str, str],
    window_items: Callable[[str], Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """The popup as the storefront gets it; in control only its id and the moment to log.

    fields: the merge fields by name, ready to read; what is unset is absent.
    window_items: window slug -> products; a window block without any is left out.
    """
    popup = decision.popup
    trigger = triggers_doc(decision.triggers, public=True)
    if decision.arm == CONTROL:
        return {"id": popup.slug, "arm": CONTROL, "trigger": trigger}
    blocks = []
    for block in popup.variants[decision.variant].blocks:
        answer = localised(block, language, fields)
        if block["type"] == "window":
            answer["items"] = list(window_items(block["window"]))
            if not answer["items"]:
                continue
        blocks.append(answer)
    return {
        "id": popup.slug,
        "variant": decision.variant,
        "arm": SHOW,
        "kind": decision.kind,
        "trigger": trigger,
        "blocks": blocks,
        "close": in_language(CLOSE, language),
        **({"theme": dict(popup.theme)} if popup.theme else {}),
        **({"placement": dict(popup.placement)} if popup.placement else {}),
    }
