"""The page of the catalogue: what is in it, its feeds, and files sent to it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from plugin.collect.event import Item
from plugin.storage import catalogue, feeds, items
from plugin.tasks.feeds import run_due
from tests.tasks.conftest import Receiver, new_receiver, receiver, say  # noqa: F401
from tests.web.conftest import Moon

TEN = b"id,title,price,image_link\n" + b"".join(
    b"hat-%d,Hat %d,%d,https://moon.example/%d.png\n" % (n, n, 10_000 + n, n) for n in range(10)
)


@pytest.fixture
def owner(owner: Moon) -> Moon:
    """Mina, whose own network may be called."""
    owner.house.settings = replace(owner.house.settings, fetch_private=True)
    return owner


def upload(owner: Moon, content: bytes, **form: str) -> Any:
    """Send a file."""
    return owner.sends("catalogue/upload", file=(io.BytesIO(content), "feed.csv"), **form)


def kept(owner: Moon) -> list[feeds.Feed]:
    """The feeds that are kept."""
    with owner.store.read() as tx:
        return feeds.feeds(tx)


def test_an_empty_catalogue_says_what_to_do(owner: Moon) -> None:
    page = owner.opens("catalogue")
    assert "There is no product yet" in page
    assert "There is no feed yet" in page


def test_a_file_that_is_sent_is_in_the_catalogue_at_once(owner: Moon) -> None:
    answer = upload(owner, TEN + b",no id,5,\n")
    assert answer.status_code == 200
    assert "10 products, 10 new or changed, 0 removed" in answer.text
    assert "1 row refused" in answer.text
    assert "Hat 7" in answer.text


def test_a_file_that_looks_wrong_needs_the_owner_s_word(owner: Moon) -> None:
    upload(owner, TEN)
    few = b"\n".join(TEN.splitlines()[:3])
    answer = upload(owner, few)
    assert answer.status_code == 400
    assert "It has 2 products; the last good run had 10" in answer.text
    assert "choose the file again" in answer.text
    assert "8 removed" in upload(owner, few, force="1").text


@pytest.mark.parametrize(
    "content", [b"", b"<!DOCTYPE x []><x/>", b"\xff\xfe\x00", b"colour\nred\n"]
)
def test_a_file_that_is_no_feed_is_said_to_be_none(owner: Moon, content: bytes) -> None:
    answer = upload(owner, content)
    assert answer.status_code == 400
    assert "The file was not taken" in answer.text


def test_a_feed_is_kept_read_by_the_clock_and_shown(
    owner: Moon,
    receiver: Receiver,  # noqa: F811
) -> None:
    receiver.otherwise = lambda asked: say(asked, 200, TEN)
    owner.sends(
        "catalogue/save", source=f"{receiver.url}/feed.csv", feed="main", every="12", columns=""
    )
    assert "Being read" not in owner.opens("catalogue")
    run_due(owner.store, owner.shop, owner.clock.at, private=True)
    page = owner.opens("catalogue")
    assert "every 12 hours" in page
    assert "10 products, 10 new or changed" in page


def test_import_now_waits_for_the_clock_and_says_so(owner: Moon) -> None:
    owner.sends(
        "catalogue/save", source="http://127.0.0.1:1/feed", feed="main", every="", columns=""
    )
    assert owner.sends("catalogue/main/run").status_code == 303
    assert "Waiting for the clock" in owner.opens("catalogue")
    assert owner.gets("catalogue/live.json").json["feeds"] == [
        {"name": "main", "busy": True, "done": 0, "state": "Waiting for the clock"}
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"source": "javascript:alert(1)"}, "must begin with https://"),
        ({"source": "http://169.254.169.254/latest"}, "169.254.169.254"),
        ({"every": "169"}, "1 to 168 hours"),
        ({"columns": "item_id"}, "Write columns as"),
        ({"columns": "hat=hat"}, "ours are item_id"),
    ],
)
def test_a_feed_that_cannot_be_kept_is_said_why(
    owner: Moon, form: dict[str, str], said: str
) -> None:
    good = {"source": "http://127.0.0.1:1/feed", "feed": "main", "every": "6", "columns": ""}
    answer = owner.sends("catalogue/save", **{**good, **form})
    assert answer.status_code == 400
    assert said in answer.text
    assert kept(owner) == []


def test_a_feed_is_removed_and_its_products_stay(owner: Moon) -> None:
    upload(owner, TEN)
    owner.sends("catalogue/catalog/remove")
    assert kept(owner) == []
    assert "Hat 7" in owner.opens("catalogue")


def test_products_are_found_by_name_id_and_where_they_are_from(owner: Moon) -> None:
    upload(owner, TEN)
    with owner.store.write() as tx:
        items.learn(tx, [(Item("scarf_1", "Scarf 100%"), "KRW")], 1)
        items.upsert(tx, [{"item_id": "glove", "name": "Glove", "currency": "KRW"}], 1)
    with owner.store.read() as tx:
        assert catalogue.counts(tx) == {"feed": 10, "server": 1, "events": 1}

        def found(sought: str, origin: str = "") -> list[str]:
            return [row["item_id"] for row in catalogue.find(tx, sought, origin, "", 50)]

        assert found("hat 7") == ["hat-7"]
        assert found("HAT-7") == ["hat-7"]
        assert found("0%") == ["scarf_1"]
        assert found("f_") == ["scarf_1"]
        assert found("", "server") == ["glove"]
        assert found("", "events") == ["scarf_1"]
        assert len(found("", "feed")) == 10


def test_a_long_catalogue_has_pages(owner: Moon) -> None:
    rows = "".join(f"p-{n:03d},Product {n}\n" for n in range(120))
    upload(owner, f"id,title\n{rows}".encode())
    first = owner.opens("catalogue")
    assert "Product 49" in first
    assert "Product 50<" not in first
    assert "after=p-049" in first
    assert "Product 50<" in owner.opens("catalogue", after="p-049")


def test_what_a_feed_says_is_text_on_the_page(owner: Moon) -> None:
    upload(owner, b'id,title,brand\n1,"<script>alert(1)</script>",<img onerror=x>\n')
    page = owner.opens("catalogue")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_product_shows_its_price_of_before_beside_its_price(owner: Moon) -> None:
    upload(owner, b"id,title,price,sale_price,availability\n1,Hat,12000,9000,out of stock\n")
    page = owner.opens("catalogue")
    assert "₩12,000" in page
    assert "₩9,000" in page
    assert "Sold out" in page
