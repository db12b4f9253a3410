"""What a popup or window brought, over HTTP: for programs, and for the owner to read and act on."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plugin.shop import DAY
from plugin.storage.house import House
from tests.crowds import Crowd
from tests.web.admin.test_pages import POPUP
from tests.web.conftest import Moon

CHO, MINA = "cho-0123456789abcdef", "mina-0123456789abcdef"


class Stage:
    """A popup that very many have met."""

    def __init__(self, moon: Moon, house: House, share: float = 0.5) -> None:
        self.moon, self.store = moon, house.store(moon.shop.name)
        self._crowd = Crowd(self.store, moon.shop.currency)
        moon.server("PUT", "/v1/popups/hello", {**POPUP, "control_share": share})

    def meets(self, arm: str, visitors: int, orders: int) -> None:
        """``visitors`` meet it in one arm, the first ``orders`` of them buy for 20,000 each."""
        self._crowd.meets(arm, visitors, orders, self.moon.clock.at - DAY)

    def told(self) -> Any:
        return self.moon.server("GET", "/v1/popups/hello/results").get_json()


@pytest.fixture
def stage(moon: Moon, house: House) -> Stage:
    return Stage(moon, house)


def test_what_visitors_met_and_bought_is_told_by_arm(moon: Moon) -> None:
    moon.server("PUT", "/v1/popups/hello", POPUP)
    moon.visit(CHO, {"name": "popup_view", "params": {"popup_id": "hello"}})
    moon.visit(MINA, {"name": "popup_holdout", "params": {"popup_id": "hello"}})
    moon.clock.at += 1_000
    boots = {"item_id": "boots", "price": 120_000}
    moon.visit(CHO, {"name": "purchase", "params": {"transaction_id": "A-1", "items": [boots]}})

    told = moon.server("GET", "/v1/popups/hello/results").get_json()
    assert told["shown"] == {
        "visitors": 1, "views": 1, "clicks": 0, "closes": 0, "submits": 0,
        "converted": 1, "rate": 1, "revenue": 120_000, "revenue_per_visitor": 120_000,
    }  # fmt: skip
    assert (told["control"]["visitors"], told["control"]["converted"]) == (1, 0)
    assert told["goal"] == {"event": "purchase", "within": "1w"}
    assert (told["verdict"], told["per_1000"]) == (
        "not_known", {"converted": None, "revenue": None},
    )  # fmt: skip


def test_what_does_not_exist_brought_nothing(moon: Moon) -> None:
    assert moon.server("GET", "/v1/popups/nothing/results").status_code == 404
    assert moon.server("GET", "/v1/windows/nothing/results").status_code == 404


def test_a_window_tells_the_same(moon: Moon) -> None:
    moon.server("PUT", "/v1/windows/home", {"strategies": ["bestsellers"]})
    told = moon.server("GET", "/v1/windows/home/results").get_json()
    assert (told["verdict"], told["control_share"]) == ("not_known", 0.1)


def test_what_helps_says_how_many_more_and_how_much_money(stage: Stage) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    told = stage.told()
    assert (told["verdict"], told["suggests"]) == ("helps", "show_to_90")
    assert told["per_1000"]["converted"]["value"] == pytest.approx(50)
    assert told["per_1000"]["revenue"]["value"] == pytest.approx(50 * 20_000)
    assert told["per_1000"]["revenue"]["low"] > 0
    assert told["relative"]["value"] == pytest.approx(1)


def test_the_owner_reads_the_verdict_and_shows_it_to_more(stage: Stage) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    moon = stage.moon
    moon.sign_in()
    page = moon.opens("popups")
    assert "It helps" in page
    assert "Show it to nine of ten visitors" in page
    assert "Of 1,000 visitors +50 reach the goal" in page
    moon.clock.at += DAY
    done = moon.sends("popups/hello/share")

    assert done.status_code == 303
    assert moon.server("GET", "/v1/popups/hello").get_json()["control_share"] == 0.1
    assert stage.told()["verdict"] == "helps"  # what was learnt is not lost
    assert "Show it to nine" not in moon.opens("popups")


def test_the_bar_of_what_hurts_lies_left_of_the_middle(stage: Stage) -> None:
    stage.meets("show", 2_000, 100)
    stage.meets("control", 2_000, 200)
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "It hurts" in page
    bar = re.search(r'<rect class="tone0" x="([\d.]+)" y="6" width="([\d.]+)"', page)
    assert bar is not None
    assert float(bar[1]) + float(bar[2]) < 300


def test_before_anybody_has_met_it_the_page_says_so(stage: Stage) -> None:
    stage.moon.sign_in()
    assert "Nobody has met it yet." in stage.moon.opens("popups")


def test_too_few_are_told_how_many_it_takes(stage: Stage) -> None:
    stage.meets("show", 500, 8)
    stage.meets("control", 500, 4)
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "Too few yet: 10 of each group must reach the goal" in page
    assert "so far 8 who were shown it, and 4 in control" in page
    assert re.search(r"about [\d,]+ more visitors decide: \d+ days?\.", page)


def test_a_control_group_of_the_wrong_size_is_said_to_prove_nothing(stage: Stage) -> None:
    stage.meets("show", 2_500, 300)
    stage.meets("control", 1_500, 100)
    told = stage.told()
    assert (told["verdict"], told["trusted"], told["suggests"]) == ("not_known", False, None)
    stage.moon.sign_in()
    page = stage.moon.opens("popups")
    assert "37.5% of the visitors are in control, where 50.0% should be" in page


def test_without_a_control_group_the_page_says_that_nothing_is_proved(
    owner: Moon, house: House
) -> None:
    Stage(owner, house, share=0).meets("show", 50, 20)
    assert "there is nobody to compare with" in owner.opens("popups")


def test_the_split_of_a_popup_from_before_splits_were_noted_is_known_when_it_changes(
    stage: Stage,
) -> None:
    stage.meets("show", 2_000, 200)
    stage.meets("control", 2_000, 100)
    with stage.store.write() as tx:
        tx.run("delete from splits")
    stage.moon.clock.at += DAY
    stage.moon.server("PUT", "/v1/popups/hello", {**POPUP, "control_share": 0.1})
    told = stage.told()
    assert (told["verdict"], told["control_share"]) == ("helps", 0.1)


def test_a_window_tells_what_came_of_each_strategy_and_position(moon: Moon) -> None:
    moon.server("PUT", "/v1/windows/home", {"strategies": ["bestsellers"], "pins": ["hat"]})
    hat, boots = {"item_id": "hat", "price": 10_000}, {"item_id": "boots", "price": 120_000}
    shown = {"item_list_id": "home", "via": "pi,bs", "index": 0, "items": [hat, boots]}
    chosen = {"item_list_id": "home", "via": "bs", "index": 1, "items": [boots]}
    moon.visit(CHO, {"name": "view_item_list", "params": shown})
    moon.visit(CHO, {"name": "select_item", "params": chosen})
    moon.clock.at += 1_000
    moon.visit(CHO, {"name": "add_to_cart", "params": {"items": [boots]}})
    bought = {"transaction_id": "A-1", "value": 120_000, "items": [boots]}
    moon.visit(CHO, {"name": "purchase", "params": bought})

    told = moon.server("GET", "/v1/windows/home/results").get_json()
    nothing = {"views": 1, "clicks": 0, "adds": 0, "purchases": 0, "revenue": 0}
    sold = {"views": 1, "clicks": 1, "adds": 1, "purchases": 1, "revenue": 120_000}
    assert told["by_strategy"] == [
        {"strategy": "bestsellers", **sold}, {"strategy": "pins", **nothing},
    ]  # fmt: skip
    assert told["by_position"] == [{"position": 1, **nothing}, {"position": 2, **sold}]
    assert told["days"] == 30


@pytest.mark.parametrize("days", ["0", "91", "ten", "-1", "1e1"])
def test_a_span_of_days_that_is_none_is_refused(moon: Moon, days: str) -> None:
    moon.server("PUT", "/v1/windows/home", {"strategies": ["bestsellers"]})
    answer = moon.server("GET", f"/v1/windows/home/results?days={days}")
    assert answer.status_code == 400
