"""Whose word about a customer is believed, and whose is not."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from msgspec.structs import replace

from plugin.collect.event import Event
from plugin.collect.signature import (
    customer_told,
    identity_key,
    is_signed,
    read_signature,
    signature_of,
)
from plugin.errors import EventRefused

KEY = identity_key("secret of the house", "moon")
SEVEN = signature_of(KEY, "7")


def told(**more: Any) -> Event:
    """The shop's server says that Ana is customer 7."""
    params = more.pop("params", {"customer_id": "7"})
    return Event("event-000001", "visitor-of-ana___", "identify", 1, 1, params, source="server")


def test_every_shop_has_an_identity_key_of_its_own() -> None:
    assert identity_key("secret of the house", "sun") != KEY
    assert identity_key("another house", "moon") != KEY
    assert KEY.startswith("ik_")


def test_a_signature_is_what_any_server_can_make_in_one_line() -> None:
    made = hmac.new(KEY.encode(), b"7", hashlib.sha256).hexdigest()
    assert made == SEVEN


def test_a_signature_is_of_one_customer() -> None:
    assert is_signed(KEY, "7", SEVEN)
    assert not is_signed(KEY, "8", SEVEN)
    assert not is_signed(KEY, "7", SEVEN.upper())
    assert not is_signed(KEY, "7", "nœ")


def test_a_right_signature_is_taken_off() -> None:
    params = {"customer_id": "7", "signature": SEVEN, "email": "ana@moon.example"}
    assert read_signature(params, KEY) == (
        {"customer_id": "7", "email": "ana@moon.example"},
        True,
    )


def test_a_customer_number_may_be_sent_as_a_number() -> None:
    assert read_signature({"customer_id": 7, "signature": SEVEN}, KEY) == ({"customer_id": 7}, True)


def test_without_a_signature_nothing_is_signed() -> None:
    assert read_signature({"customer_id": "7"}, KEY) == ({"customer_id": "7"}, False)


@pytest.mark.parametrize(
    "params",
    [
        {"customer_id": "8", "signature": SEVEN},
        {"customer_id": "7", "signature": SEVEN[:-1]},
        {"customer_id": "7", "signature": SEVEN.upper()},
        {"customer_id": "7", "signature": ""},
        {"customer_id": "7", "signature": None},
        {"customer_id": "7", "signature": 7},
        {"customer_id": "7", "signature": [SEVEN]},
        {"customer_id": "7", "signature": "\ud800"},
        {"customer_id": "", "signature": signature_of(KEY, "")},
        {"customer_id": None, "signature": SEVEN},
        {"customer_id": True, "signature": signature_of(KEY, "True")},
        {"customer_id": ["7"], "signature": SEVEN},
        {"customer_id": "7\n", "signature": signature_of(KEY, "7\n")},
        {"customer_id": "7" * 129, "signature": signature_of(KEY, "7" * 129)},
        {"signature": SEVEN},
    ],
)
def test_a_wrong_signature_is_refused_in_the_same_words_whatever_is_wrong(
    params: dict[str, Any],
) -> None:
    with pytest.raises(EventRefused) as refused:
        read_signature(params, KEY)
    with pytest.raises(EventRefused) as other:
        read_signature({"customer_id": "8", "signature": "00"}, KEY)
    assert refused.value.message == other.value.message
    assert SEVEN not in refused.value.message


def test_where_there_is_no_key_no_signature_is_right() -> None:
    with pytest.raises(EventRefused):
        read_signature({"customer_id": "7", "signature": SEVEN}, None)


@pytest.mark.parametrize("source", ["server", "import", "signed"])
def test_the_shops_server_an_import_and_a_signed_call_are_believed(source: str) -> None:
    assert customer_told(replace(told(), source=source)) == "7"


def test_a_browser_is_not_believed() -> None:
    assert customer_told(replace(told(), source="browser")) is None


@pytest.mark.parametrize("name", ["login", "sign_up", "purchase", "refund"])
def test_an_order_or_a_login_says_who_the_visitor_is(name: str) -> None:
    assert customer_told(replace(told(), name=name)) == "7"


def test_a_customer_in_another_event_may_be_somebody_else() -> None:
    assert customer_told(replace(told(), name="recommended_by")) is None


@pytest.mark.parametrize(
    "nobody",
    ["", " ", "0", 0, -1, "-1", "null", "None", "undefined", "Guest", "[object Object]", True, 7.0],
)
def test_what_shops_write_for_nobody_is_no_customer(nobody: Any) -> None:
    assert customer_told(told(params={"customer_id": nobody})) is None


def test_ids_are_compared_letter_by_letter() -> None:
    wide = "\uff41\uff4e\uff41"  # "ana" in full width: another account of the shop
    assert customer_told(told(params={"customer_id": wide})) == wide
    assert customer_told(told(params={"customer_id": 7})) == "7"
