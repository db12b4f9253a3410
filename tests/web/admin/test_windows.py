"""The owner's pages of windows: made by choosing, looked at with reasons, vetoed, and proven."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from plugin.journey import build_model, keep_model
from plugin.serve.recommend.strategies import STRATEGIES as ALL
from plugin.serve.settings import MOST_NEVER_SHOWN
from plugin.shop import DAY
from plugin.storage.house import House
from plugin.web.admin.windows_words import STRATEGIES
from plugin.web.shop_settings import keep
from tests.web.conftest import Moon

CHO, TOMO = "cho-0123456789abcdef", "tomo-0123456789abcdef"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
SENT = {"name": "Home", "strategy": "bestsellers", "min": "1", "max": "4", "enabled": "1"}


@pytest.fixture
def owner(owner: Moon) -> Moon:
    """Mina, who sells boots, socks and hats."""
    owner.server(
        "PUT",
        "/v1/items",
        {
            "items": [
                {
                    "item_id": one,
                    "name": f"Winter {one}",
                    "price": price,
                    "currency": "KRW",
                    "url": f"/shop/{one}",
                    "category": category,
                }
                for one, price, category in (
                    ("boots", 90000, "Shoes"), ("socks", 9000, "Shoes"), ("hat", 30000, "Hats"),
                )
            ]
        },
    )  # fmt: skip
    return owner


def see(owner: Moon, path: str = "windows", /, **query: str) -> str:
    """The text of a page as one reads it."""
    return unescape(re.sub(r"\s+", " ", owner.opens(path, **query)))


def put(owner: Moon, slug: str = "home", **document: Any) -> None:
    body = {"strategies": ["bestsellers"], "control_share": 0, **document}
    assert owner.server("PUT", f"/v1/windows/{slug}", body).status_code == 200


def document(owner: Moon, slug: str = "home") -> Any:
    return owner.server("GET", f"/v1/windows/{slug}").get_json()


def shown(page: str) -> list[str]:
    """The products that the page shows, in their order."""
    return re.findall(r'<b class="name">Winter (\w+)</b>', page)


def test_every_way_of_choosing_has_a_name_in_words() -> None:
    assert set(STRATEGIES) == set(ALL)


def test_one_click_makes_the_first_windows_and_leaves_those_that_are_there(owner: Moon) -> None:
    assert "Make your first windows" in see(owner)
    put(owner, "home-1", title="Mine")
    assert owner.sends("windows/first").status_code == 303
    assert document(owner, "home-1")["title"] == "Mine"
    assert document(owner, "product-1")["strategies"] == ["viewed_together", "similar"]
    assert document(owner, "cart-1")["strategies"][0] == "cart_complements"


def test_the_list_says_what_a_strategy_lacks_and_what_stands_in(owner: Moon) -> None:
    put(owner, strategies=["bought_together", "offers"])
    page = see(owner)
    assert "needs 30 orders with two products or more, you have 0: nothing stands in" in page
    put(owner, strategies=["bought_together", "recently_viewed"])
    owner.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    assert "you have 0: “Recently viewed” stands in" in see(owner)


def test_before_the_first_model_the_page_says_when_it_comes(owner: Moon) -> None:
    assert "The clock builds it within minutes" in see(owner)


def test_what_was_learnt_is_told_and_when_it_is_learnt_anew(owner: Moon, house: House) -> None:
    for visitor in (CHO, TOMO):
        for item_id in ("boots", "hat"):
            viewed = {"items": [{"item_id": item_id}]}
            owner.visit(visitor, {"name": "view_item", "params": viewed})
    store = house.store(owner.shop.name)
    built = build_model(store, owner.shop, owner.clock.at)
    with store.write() as tx:
        keep_model(tx, owner.shop, **built)
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>(?:<time[^>]*>)?([^<]*)", see(owner)))
    assert [facts[name] for name in ("Product views", "Visits", "Products")] == ["4", "2", "3"]
    assert "after 20 new views and orders, 0 came so far" in see(owner)
    owner.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "socks"}]}})
    assert "after 20 new views and orders, 1 came so far" in see(owner)
    owner.clock.at += DAY + 1
    assert "Next build: within 5 minutes" in see(owner)


def test_a_window_is_made_by_choosing(owner: Moon) -> None:
    sent = {
        **SENT, "slug": "home", "strategy": ["offers", "", "bestsellers"], "title_ko": "추천",
        "price_max": "50,000", "category": "Shoes\nHats\n", "pins": "hat\n\nboots\nhat",
        "bans": "socks", "boost_kind": ["brand", "category"], "boost_value": ["Pine", ""],
        "boost_by": ["2", ""], "per_brand": "3", "leave_out_bought": "30", "margin_min": "25",
        "on_sale": "no", "selector": "#main", "position": "before", "pages": "/\n!/cart",
        "control_share": "12.5",
    }  # fmt: skip
    assert owner.sends("windows/new", **sent).status_code == 303
    assert document(owner) == {
        "slug": "home",
        "name": "Home",
        "title": {"ko": "추천"},
        "strategies": ["offers", "bestsellers"],
        "min": 1,
        "max": 4,
        "filters": {
            "category": ["Shoes", "Hats"],
            "price_max": 50000,
            "margin_min": 0.25,
            "on_sale": False,
        },
        "pins": ["hat", "boots"],
        "bans": ["socks"],
        "boosts": [{"brand": "Pine", "by": 2}],
        "diversity": {"brand": 3},
        "leave_out_bought": "30d",
        "placement": {"selector": "#main", "position": "before", "pages": ["/", "!/cart"]},
        "control_share": 0.125,
        "enabled": True,
    }


def test_the_form_keeps_what_it_has_no_field_for(owner: Moon) -> None:
    rule = {"trait": "orders_total", "op": ">=", "value": 2}
    put(owner, title={"en": "For you", "de": "Für Sie"}, audience={"rule": rule})
    page = see(owner, "windows/home/edit")
    assert "Its own rule" in page
    owner.sends("windows/home/edit", **SENT, title_en="Yours", audience="=")
    after = document(owner)
    assert after["title"] == {"de": "Für Sie", "en": "Yours"}
    assert after["audience"] == {"rule": rule}


def test_a_saved_form_that_is_sent_as_it_stands_changes_nothing_that_counts(owner: Moon) -> None:
    full = {
        "name": "Home", "title": {"en": "For you"}, "strategies": ["for_you", "bestsellers"],
        "min": 2, "max": 9, "pins": ["hat"], "boosts": [{"tag": "wool", "by": 0.5}],
        "filters": {"brand": ["Pine"], "margin_min": 0.333}, "control_share": 0.07,
        "diversity": {"category": 2}, "leave_out_bought": "7d",
        "placement": {"pages": ["/"]},
    }  # fmt: skip
    owner.server("PUT", "/v1/windows/home", full)
    owner.sends("windows/home/edit", **_fields(owner.opens("windows/home/edit")))
    assert document(owner) == {**full, "slug": "home", "enabled": True}


def _fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the editor's form, script or not."""
    form = page[page.index("data-look novalidate") :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}

    def add(name: str, value: str) -> None:
        found.setdefault(name, []).append(unescape(value))

    for tag in re.findall(r"<input [^>]+>", form):
        name, value = re.search(r' name="(\w+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and name[1] != "csrf_token" and ("checkbox" not in tag or " checked" in tag):
            add(name[1], value[1] if value else "")
    for name, text in re.findall(r'<textarea [^>]*?name="(\w+)"[^>]*>([^<]*)</textarea>', form):
        add(name, text)
    for name, inside in re.findall(r'<select [^>]*?name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        first = re.search(r'<option value="([^"]*)"', inside)
        add(name, chosen[1] if chosen else first[1] if first else "")
    return found


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("min", "9", "At least cannot be more than at most"),
        ("max", "many", "“many” is no number from 1 to 100"),
        ("strategy", "", "Choose at least one way"),
        ("price_min", "nan", "“nan” is no number"),
        ("control_share", "60", "“60” is no number from 0 to 50"),
        ("pages", "shoes", "“shoes” is no page"),
        ("slug", "Über uns", "A short name has letters"),
        ("slug", "new", "is the address of a page"),
        ("leave_out_bought", "1.5", "Write a whole number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    owner: Moon, field: str, typed: str, says: str
) -> None:
    answer = owner.sends("windows/new", **{**SENT, "slug": "home", field: typed})
    name = {"strategy": "strategies"}.get(field, field)
    assert answer.status_code == 400
    beside = re.search(f'id="wrong-{name}">([^<]*)<', answer.text)
    assert beside is not None
    assert says in unescape(beside[1])
    assert owner.server("GET", "/v1/windows/home").status_code == 404


def test_what_the_document_itself_refuses_stands_beside_its_field_too(owner: Moon) -> None:
    boost = {"boost_kind": "brand", "boost_value": "Pine", "boost_by": "50"}
    answer = owner.sends("windows/new", **SENT, **boost, slug="home")
    assert 'id="wrong-boosts">“50” is no number from 0.1 to 10' in unescape(answer.text)
    answer = owner.sends("windows/new", **SENT, slug="home", audience="segment:nobody")
    assert "There is no segment called nobody" in unescape(answer.text)


def test_a_new_window_takes_no_others_place(owner: Moon) -> None:
    put(owner, title="Mine")
    answer = owner.sends("windows/new", **SENT, slug="home")
    assert "There is a window with this short name already" in unescape(answer.text)
    assert document(owner)["title"] == "Mine"


def test_a_window_can_be_looked_at_before_it_is_saved(owner: Moon) -> None:
    put(owner, pins=["hat"], max=1)
    answer = owner.sends("windows/home/edit", **SENT, pins="socks", look="1", who="", path="/")
    assert answer.status_code == 200
    assert shown(answer.text)[0] == "socks"
    assert document(owner)["pins"] == ["hat"]


def test_the_page_shows_products_with_the_shoppers_reason_and_the_owners(owner: Moon) -> None:
    put(owner, pins=["hat"], boosts=[{"item_id": "boots", "by": 4}], max=3)
    page = see(owner, "windows/home", who="")
    assert shown(page)[0] == "hat"
    assert "“Our pick”" in page
    assert "Pinned, place 1" in page
    assert "“Bestseller”" in page
    assert "moved by your boosts: 4 times" in page
    assert "₩90,000" in page


def test_what_is_left_out_is_named_with_why(owner: Moon) -> None:
    put(owner, bans=["socks"], filters={"price_max": 50000})
    page = see(owner, "windows/home", who="", item="hat")
    assert shown(page) == []
    for name, why in (
        ("Winter socks", "It is banned from this window"),
        ("Winter hat", "It is the page's own product"),
        ("Winter boots", "A filter turns it away (highest price)"),
    ):
        assert f"{name}</th><td>{why}</td>" in page


def test_without_a_word_of_it_the_page_is_that_of_the_newest_visitor(owner: Moon) -> None:
    put(owner, strategies=["recently_viewed"])
    owner.visit(CHO, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    owner.clock.at += 1000
    owner.visit(TOMO, {"name": "view_item", "params": {"items": [{"item_id": "hat"}]}})
    assert shown(see(owner, "windows/home")) == ["hat"]
    assert shown(see(owner, "windows/home", who=CHO)) == ["boots"]
    assert shown(see(owner, "windows/home", who="", other=CHO)) == ["boots"]


def test_it_is_said_why_the_window_as_a_whole_is_not_shown(owner: Moon) -> None:
    put(owner, pages=["/sale/*"])
    assert "It has no place on this page" in see(owner, "windows/home", who="", path="/")
    assert "This visitor is shown it" in see(owner, "windows/home", who="", path="/sale/now")


def test_what_the_window_above_shows_does_not_come_again(owner: Moon) -> None:
    put(owner, "top", pins=["hat"], max=1)
    put(owner, pins=["hat", "boots"])
    page = see(owner, "windows/home", who="", above="top")
    assert "hat" not in shown(page)
    assert "A window before this one shows it" in page


def test_a_resting_window_can_be_looked_at(owner: Moon) -> None:
    put(owner, enabled=False, pins=["hat"])
    assert shown(see(owner, "windows/home", who=""))[0] == "hat"


def test_a_veto_counts_in_the_next_answer_and_can_be_undone(owner: Moon) -> None:
    put(owner)
    asked = {"key": owner.shop.public_key, "window": "home"}

    def served() -> set[str]:
        items = owner.client.post("/v1/recommend", json=asked).get_json()["items"]
        return {one["item_id"] for one in items}

    assert "hat" in served()
    answer = owner.sends("windows/home/choose", do="ban", product="hat", who="", path="/")
    assert answer.status_code == 303
    assert "hat" not in served()
    page = see(owner, "windows/home", did="ban", product="hat", who="")
    assert "Not shown in this window any more: Winter hat" in page
    assert 'value="unban">Undo' in page
    owner.sends("windows/home/choose", do="unban", product="hat")
    assert "hat" in served()
    owner.sends("windows/home/choose", do="never", product="hat")
    assert "hat" not in served()
    owner.sends("windows/home/choose", do="again", product="hat")
    assert "hat" in served()


def test_a_pin_comes_after_those_that_are_there_and_a_second_one_changes_nothing(
    owner: Moon,
) -> None:
    put(owner, pins=["hat"])
    for _ in range(2):
        owner.sends("windows/home/choose", do="pin", product="socks")
    assert document(owner)["pins"] == ["hat", "socks"]
    owner.sends("windows/home/choose", do="unpin", product="hat")
    assert document(owner)["pins"] == ["socks"]


def test_products_are_found_by_name_for_the_editor(owner: Moon) -> None:
    answer = owner.gets("windows/products.json", q="WINTER H")
    assert answer.get_json() == {"found": [{"value": "hat", "name": "Winter hat", "image": None}]}


def test_results_stand_by_strategy_and_by_position(owner: Moon) -> None:
    put(owner)
    told = {"item_list_id": "home", "via": "bs,pi", "index": 0}
    line = [{"item_id": "hat"}, {"item_id": "boots"}]
    owner.visit(CHO, {"name": "view_item_list", "params": {**told, "items": line}})
    clicked = {"item_list_id": "home", "via": "pi", "index": 1, "items": line[1:]}
    owner.visit(CHO, {"name": "select_item", "params": clicked})
    owner.clock.at += 1000
    bought = {"transaction_id": "A-1", "items": [{"item_id": "boots", "price": 90000}]}
    owner.visit(CHO, {"name": "purchase", "params": bought})
    page = see(owner, "windows/home/results", days="7")
    rows = {
        name: [cell.strip() for cell in re.findall(r"<td>([^<]*)", row)]
        for name, row in re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page)
    }
    assert rows["Pinned"] == ["1", "1", "100.0%", "0", "1", "₩90,000"]
    assert rows["Best sellers"] == ["1", "0", "0.0%", "0", "0", "₩0"]
    assert rows["2"] == rows["Pinned"]


def test_a_window_that_nobody_met_says_so(owner: Moon) -> None:
    put(owner)
    page = see(owner, "windows/home/results")
    assert "Nobody has met it yet" in page
    assert "Nobody saw it in these days" in page


def test_a_window_is_removed(owner: Moon) -> None:
    put(owner)
    assert owner.sends("windows/home/remove").status_code == 303
    assert owner.gets("windows/home").status_code == 404
    assert owner.sends("windows/home/remove").status_code == 404


def test_hostile_names_are_shown_as_text_everywhere(owner: Moon) -> None:
    owner.server("PUT", "/v1/items", {"items": [{"item_id": HOSTILE, "name": HOSTILE}]})
    put(owner, title=HOSTILE, name=HOSTILE, pins=[HOSTILE], bans=[HOSTILE], pages=[f"/{HOSTILE}"],
        filters={"category": [HOSTILE]})  # fmt: skip
    for path in ("windows", "windows/home", "windows/home/edit", "windows/home/results"):
        raw = owner.opens(path, who=HOSTILE, item=HOSTILE, cart=HOSTILE)
        assert "<script>alert" not in raw
        assert "<img src=x" not in raw
        assert "49" not in re.findall(r">([^<]*)<", raw)


def test_the_catalogue_says_which_products_are_never_shown(owner: Moon) -> None:
    owner.sends("catalogue/shown", do="never", product="hat")
    page = see(owner, "catalogue", q="hat")
    assert "Never shown" in page
    owner.sends("catalogue/shown", do="again", product="hat")
    assert "Never shown" not in see(owner, "catalogue", q="hat")


def test_products_that_are_never_shown_are_counted_out_at_last(owner: Moon, house: House) -> None:
    keep(house, owner.shop, never_shown=[str(one) for one in range(MOST_NEVER_SHOWN)])
    answer = owner.sends("catalogue/shown", do="never", product="hat")
    assert (answer.status_code, "at most 2,000 products" in answer.text) == (400, True)
    assert owner.sends("catalogue/shown", do="again", product="7").status_code == 303
    assert owner.sends("catalogue/shown", do="never", product="hat").status_code == 303
