"""The promises of plugin.collect.feeds: any form is read, and nothing hostile gets further."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.collect.feeds import BrokenFeed, FeedRefused, Found, Unreadable, read_feed
from plugin.collect.feeds.plain import unpacked
from plugin.collect.items import CatalogueItem
from plugin.errors import PluginError
from plugin.shop import DAY, Shop

NOW = 1_790_046_000_000  # 2026-09-22, noon in Seoul
RSS = '<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>{}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">{}</feed>'
SUNNY = Shop("sunny", "pk_sunny", currency="EUR", timezone="Europe/Berlin")
MOON = Shop("moon", "pk_moon", currency="KRW", timezone="Asia/Seoul")


def rows(feed: str | bytes, shop: Shop = SUNNY, part: int = 7, **columns: str) -> list[Any]:
    """All that is read of a feed that comes in small parts."""
    raw = feed.encode() if isinstance(feed, str) else feed

    def chunks() -> Iterator[bytes]:
        return (raw[at : at + part] for at in range(0, len(raw), part))

    return list(read_feed(chunks, shop, NOW, columns))


def products(feed: str | bytes, shop: Shop = SUNNY, **columns: str) -> list[CatalogueItem]:
    """The products of a feed without a bad row."""
    found = rows(feed, shop, **columns)
    assert all(isinstance(one, Found) for one in found), found
    return [one.item for one in found]


def reasons(feed: str | bytes, shop: Shop = SUNNY) -> list[tuple[int, str]]:
    """Number and reason of each bad row."""
    return [(o.number, o.reason) for o in rows(feed, shop) if isinstance(o, Unreadable)]


def test_google_merchant_rss_is_read_in_its_own_words() -> None:
    item = (
        "<item><title>short</title><g:id>boot-7</g:id><g:title>Boots &amp; laces</g:title>"
        "<link>https://sunny.example/b?v=1&amp;c=2</link>"
        "<g:image_link>https://sunny.example/my pic.jpg</g:image_link>"
        "<g:price>120.50 EUR</g:price><g:availability>in_stock</g:availability>"
        "<g:product_type>Shoes &gt; Boots</g:product_type><g:brand>Pine</g:brand>"
        "<g:google_product_category>187</g:google_product_category>"
        "<g:item_group_id>boot</g:item_group_id><g:description>Warm<![CDATA[ <b>and</b>]]> dry"
        "</g:description><g:custom_label_0>eco</g:custom_label_0><g:custom_label_3>gift"
        "</g:custom_label_3><g:cost_of_goods_sold>60 EUR</g:cost_of_goods_sold>"
        "<g:shipping><g:price>4 EUR</g:price></g:shipping></item>"
    )
    assert products(RSS.format(item)) == [
        CatalogueItem(
            "boot-7", "EUR", "Boots & laces", "https://sunny.example/b?v=1&c=2",
            "https://sunny.example/my%20pic.jpg", 12_050, None, "in_stock", "Shoes > Boots",
            "Pine", ("eco", "gift"), "boot", "Warm and dry", 6_000,
        )
    ]  # fmt: skip


def test_google_merchant_atom_is_read_too() -> None:
    entry = '<entry><g:id>1</g:id><title>Hat</title><link href="https://sunny.example/1"/></entry>'
    (hat,) = products(ATOM.format(entry))
    assert (hat.item_id, hat.name, hat.url) == ("1", "Hat", "https://sunny.example/1")


@pytest.mark.parametrize(
    ("dates", "price", "turns_in"),
    [
        ("2026-09-01T00:00+0200/2026-09-30T00:00+0200", 800, "2026-09-30"),
        ("2026-10-01T00:00+0200/2026-10-02T00:00+0200", None, "2026-10-01"),
        ("2026-08-01/2026-08-31", None, None),
    ],
)
def test_a_sale_counts_between_its_dates(dates: str, price: int, turns_in: str | None) -> None:
    item = (
        f"<item><g:id>1</g:id><g:price>10 EUR</g:price><g:sale_price>8 EUR</g:sale_price>"
        f"<g:sale_price_effective_date>{dates}</g:sale_price_effective_date></item>"
    )
    (found,) = rows(RSS.format(item))
    assert found.item.sale_price == price
    if turns_in is None:
        assert found.turns_at is None
    else:
        days = (int(turns_in[5:7]) - 9) * 30 + int(turns_in[8:]) - 22
        assert (days - 2) * DAY < found.turns_at - NOW < (days + 1) * DAY


def test_shopify_variants_are_products_of_one_group() -> None:
    tee = {
        "id": 1, "title": "Tee", "handle": "tee", "vendor": "Pine", "tags": ["new", "linen"],
        "images": [{"src": "https://cdn.example/tee.jpg"}], "body_html": "<p>Soft</p>",
        "variants": [
            {"id": 11, "title": "Red", "price": "10.00", "compare_at_price": "20.00",
             "available": True},
            {"id": 12, "title": 'Blue "}{\\', "price": "10.00", "available": False},
        ],
    }  # fmt: skip
    red, blue = products(json.dumps({"products": [tee]}))
    assert (red.item_id, red.group_id, red.price, red.sale_price) == ("11", "1", 2_000, 1_000)
    assert (red.url, red.tags) == ("/products/tee?variant=11", ("new", "linen"))
    assert (red.image, red.description) == ("https://cdn.example/tee.jpg", "Soft")
    assert (blue.name, blue.availability) == ('Tee - Blue "}{\\', "out_of_stock")


def test_shopify_s_export_fills_variants_from_the_first_row_of_their_product() -> None:
    found = products(
        "Handle,Title,Vendor,Variant SKU,Variant Price,Option1 Value,Image Src\n"
        "tee,Tee,Pine,t-1,10,Red,https://x.example/1\ntee,,,t-2,11,Blue,\n"
        "tee,,,,,,https://x.example/2\ncap,Cap,Oak,c-1,5,Default Title,\n"
    )
    assert [(one.item_id, one.name, one.brand) for one in found] == [
        ("t-1", "Tee - Red", "Pine"), ("t-2", "Tee - Blue", "Pine"), ("c-1", "Cap", "Oak"),
    ]  # fmt: skip


def test_woocommerce_s_variations_take_from_their_product_what_they_do_not_say() -> None:
    parent, red = products(
        "ID,Type,SKU,Name,Published,In stock?,Regular price,Sale price,Categories,Images,Parent\n"
        '1,variable,S,Shirt,1,1,,,"Wear > Shirts, New",https://x.example/i.png,\n'
        "2,variation,S-1,Shirt Red,1,0,10,8,,,id:1\n"
    )
    assert (parent.item_id, parent.category, parent.group_id) == ("1", "Wear > Shirts", "1")
    assert (red.group_id, red.category, red.sale_price) == ("1", "Wear > Shirts", 800)
    assert red.availability == "out_of_stock"


def test_cafe24_s_export_is_read_in_korea_s_old_encoding() -> None:
    table = '상품번호,상품코드,상품명,판매가,소비자가,판매상태\n12,P0A,가방 "큰" 것,9000,12000,Y\n'
    (bag,) = products(table.encode("cp949"), MOON)
    assert (bag.item_id, bag.name, bag.price, bag.sale_price) == (
        "12",
        '가방 "큰" 것',
        12_000,
        9_000,
    )
    assert bag.url == "/product/detail.html?product_no=12"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "따뜻한 겨울 부츠"), ("utf-8-sig", "Größe"), ("utf-16", "冬のブーツ"),
        ("utf-16-le", "Boots"), ("cp949", "따뜻한 겨울 부츠와 양말"),
        ("euc-kr", "여성용 가죽 가방"),
        ("shift_jis", "暖かい冬のブーツ、ウール"), ("euc_jp", "暖かい冬のブーツ、ウール"),
        ("cp1252", "Größe für Mädchen"), ("cp1252", "Café crème"),
    ],
)  # fmt: skip
def test_a_table_is_read_in_whichever_encoding_it_was_written(encoding: str, name: str) -> None:
    (found,) = products(f"id,title\n1,{name}\n".encode(encoding))
    assert found.name == name


def test_an_xml_feed_may_declare_its_encoding() -> None:
    feed = '<?xml version="1.0" encoding="euc-kr"?>' + RSS.format("<item><g:id>가</g:id></item>")
    assert products(feed.encode("euc-kr"))[0].item_id == "가"


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_what_parts_the_columns_is_seen(between: str) -> None:
    (found,) = products("id,title,price\n1,Hat,5\n".replace(",", between))
    assert (found.name, found.price) == ("Hat", 500)


def test_the_owner_s_columns_win() -> None:
    (found,) = products("nr,what,title\n7,Hat,No\n", item_id="nr", name="what")
    assert (found.item_id, found.name) == ("7", "Hat")


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(FeedRefused, match="--map name=wat"):
        rows("id,title\n1,x\n", name="wat")


def test_a_table_without_an_id_says_how_to_name_it() -> None:
    with pytest.raises(FeedRefused, match="--map item_id=YOUR_COLUMN"):
        rows("colour,size\nred,7\n")


def test_json_lines_are_read_and_a_bad_one_is_named() -> None:
    feed = '{"item_id": "a", "price": 1}\nnonsense\n{"item_id": "b", "price": NaN}\n{"id": 3}\n'
    assert [o.item.item_id for o in rows(feed) if isinstance(o, Found)] == ["a", "3"]
    assert [number for number, _ in reasons(feed)] == [2, 3]


@pytest.mark.parametrize(
    "feed",
    [
        RSS.format("<item><g:id>1</g:id></item>")[:-12],
        '{"products": [{"id": 1}, {"id": 2}',
        '[{"id": 1}',
        '{"id": 1}\n{"id": 2, "na',
        'id,title\n1,"Hat',
        gzip.compress(b"id,title\n1,Hat\n" * 9_000)[:-9],
    ],
)
def test_a_feed_that_breaks_off_is_known(feed: str | bytes) -> None:
    with pytest.raises(BrokenFeed):
        rows(feed)


def test_a_packed_feed_is_unpacked() -> None:
    assert products(gzip.compress(b"id,title\n1,Hat\n"))[0].name == "Hat"


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = gzip.compress(b"0" * 3_000_000)
    parts = []
    with pytest.raises(FeedRefused, match="larger than 1 MB"):
        parts.extend(unpacked([bomb], 1 << 20))
    assert max(map(len, parts)) <= 1 << 16


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><rss><item>'
    "<id>&lol2;</id></item></rss>"
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><item><id>&f;</id></item></rss>'
)


@pytest.mark.parametrize("feed", [LAUGHS, OUTSIDE, '<!DOCTYPE x SYSTEM "http://x.example/"><rss/>'])
def test_xml_that_declares_anything_is_refused_before_it_is_read(feed: str) -> None:
    with pytest.raises(FeedRefused, match="DOCTYPE"):
        rows(feed)


def test_a_login_page_is_told_from_a_feed() -> None:
    with pytest.raises(FeedRefused, match="web page"):
        rows("<!doctype html><html><body>Sign in</body></html>")


def test_xml_that_is_very_deep_is_refused() -> None:
    with pytest.raises(FeedRefused, match="deep"):
        rows("<rss>" + "<a>" * 5_000)


def test_a_tag_that_does_not_end_is_not_held_for_ever() -> None:
    endless = b"<rss><item " + b"a" * 6_000_000
    with pytest.raises(FeedRefused, match="more than 4 MB"):
        rows(endless, part=1 << 16)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/\\evil.example"])
def test_a_link_that_would_run_is_refused_with_its_row(link: str) -> None:
    (found,) = reasons(f"id,link\n1,{link}\n")
    assert found[0] == 2
    assert "link" in found[1]


def test_markup_in_a_title_stays_text() -> None:
    (found,) = products(RSS.format("<item><g:id>1</g:id><title>&lt;b&gt;x</title></item>"))
    assert found.name == "<b>x"


def test_a_field_of_ten_megabytes_costs_its_row_or_its_rest_and_nothing_else() -> None:
    huge = "x" * 10_000_000
    feed = RSS.format(f"<item><g:id>1</g:id><title>{huge}</title></item>")
    (found,) = rows(feed, part=1 << 16)
    assert found.item.name == "x" * 1_024
    table = rows(f"id,title\n1,{huge}\n2,Hat\n", part=1 << 16)
    assert isinstance(table[0], Unreadable)
    assert table[1].item.name == "Hat"
    lines = rows(f'{{"id": 1, "title": "{huge}"}}\n{{"id": 2}}\n', part=1 << 16)
    assert [type(one) for one in lines] == [Unreadable, Found]


def test_control_characters_end_no_feed() -> None:
    assert (
        products(RSS.format("<item><g:id>1</g:id><title>a\x0bb\x00c</title></item>"))[0].name
        == "abc"
    )


BEGINNINGS = st.sampled_from(
    [b"", b"<rss><item><id>1</id>", b'{"products":[{"id":1,"variants":[{"id":', b"[{",
     b'{"id":1}\n',
     b"id,price,title\n", b"\x1f\x8b\x08", b"\xff\xfe", b"Handle,Title,Variant Price\n",
     b'<?xml version="1.0" encoding="shift_jis"?>', b'<?xml version="1.0" encoding="hex"?>']
)  # fmt: skip
PIECES = st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b",", b"\n", b"<", b">", b"&", b"1"])


@given(BEGINNINGS, st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=20))
def test_whatever_bytes_come_only_expected_trouble_is_raised(
    head: bytes, rest: list[bytes]
) -> None:
    with suppress(PluginError):
        for found in rows(head + b"".join(rest), part=5):
            assert isinstance(found, (Found, Unreadable))
