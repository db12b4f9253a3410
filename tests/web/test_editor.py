"""The owner's editor: what it offers, what it saves, and a preview that can be ended."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from plugin.errors import PluginError
from plugin.storage import stops
from plugin.web.preview import Ending
from tests.web.conftest import Moon

CHO, ANA = "cho-0123456789abcdef", "ana-0123456789abcdef"
LOOKED = {"event": "view_item", "measure": "count", "op": ">=", "value": 1}
ENDLESS = """
with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000000000)
select count(*) from n
"""


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """One engine: what differs is tested beside the stores."""
    return str(request.param)


@pytest.fixture
def owner(owner: Moon) -> Moon:
    """Mina, in whose shop Cho looked at shoes, Ana at nothing."""
    shoes = {"item_id": "boots", "item_name": "Boots", "item_category": "shoes", "price": 10}
    owner.visit(CHO, {"name": "view_item", "params": {"items": [shoes], "colour": "red"}})
    owner.visit(ANA, {"name": "spun_the_wheel"})
    return owner


def save(owner: Moon, rule: Any, path: str = "segments/new", **form: str) -> Any:
    text = rule if isinstance(rule, str) else json.dumps(rule)
    return owner.sends(path, **{"name": "Lookers", "rule": text, "enabled": "1", **form})


def test_a_segment_is_made_changed_turned_off_and_removed_without_a_script(owner: Moon) -> None:
    made = save(owner, LOOKED)
    assert (made.status_code, made.headers["Location"].split("?")[0]) == (
        303,
        "/admin/segments/lookers",
    )
    assert CHO[:8] in owner.opens("segments/lookers")
    assert save(owner, {"not": LOOKED}, "segments/lookers/edit", name="Others").status_code == 303
    kept = owner.server("GET", "/v1/segments/lookers").get_json()
    assert (kept["name"], kept["rule"], kept["size"]) == ("Others", {"not": LOOKED}, 1)
    owner.sends("segments/lookers/switch", enabled="0")
    assert owner.server("GET", "/v1/segments/lookers").get_json()["enabled"] is False
    assert owner.sends("segments/lookers/remove").status_code == 303
    assert owner.server("GET", "/v1/segments/lookers").status_code == 404


REFUSED: tuple[tuple[Any, dict[str, str], str], ...] = (
    ({"all": []}, {}, "rule.all: Put at least one condition here."),
    ('{"all": [', {}, "cannot be read yet"),
    ({"segment": "nobody"}, {}, "There is no segment called nobody"),
    (LOOKED, {"name": " "}, "Give it a name"),
    (LOOKED, {"slug": "A b"}, "A short name has"),
    (LOOKED, {"slug": "new"}, "address of a page"),
    (LOOKED, {"slug": "taken"}, "choose another one"),
)


def test_what_cannot_be_saved_is_said_and_nothing_that_was_typed_is_lost(owner: Moon) -> None:
    owner.server("PUT", "/v1/segments/taken", {"rule": LOOKED})
    for rule, form, said in REFUSED:
        answer = save(owner, rule, **form)
        assert answer.status_code == 400
        assert said in answer.text
        text = rule if isinstance(rule, str) else json.dumps(rule)
        assert text.replace('"', "&#34;").replace(">", "&gt;") in answer.text


def test_a_segment_that_others_are_built_on_is_not_removed_and_they_are_named(owner: Moon) -> None:
    owner.server("PUT", "/v1/segments/lookers", {"rule": LOOKED})
    owner.server("PUT", "/v1/segments/calm", {"rule": {"not": {"segment": "lookers"}}})
    answer = owner.sends("segments/lookers/remove")
    assert answer.status_code == 409
    assert "in use by segment calm" in answer.text


def test_members_of_an_earlier_moment_are_shown_on_the_shops_clock(owner: Moon, clock: Any) -> None:
    owner.server("PUT", "/v1/segments/lookers", {"rule": LOOKED})
    clock.at += 3_600_000
    # It is noon in Seoul; Cho looked at 12:00.
    after, before = (
        owner.opens("segments/lookers", at=f"2026-09-22T{time}") for time in ("12:30", "11:30")
    )
    assert "<b>1</b> visitors <span" in after
    assert "<b>0</b> visitors <span" in before
    assert "Give a day and a time" in owner.opens("segments/lookers", at="soon")


def test_the_editor_offers_what_has_been_seen_in_the_shop(owner: Moon) -> None:
    page = owner.opens("segments/new")
    found = re.search(r'id="editor-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    offered = json.loads(found[1])
    seen_here = [one["name"] for one in offered["events"] if one["group"] == "Seen in the shop"]
    assert seen_here == ["spun_the_wheel", "view_item"]
    assert "colour" in offered["paramsOf"]["view_item"]
    traits = {one["name"]: one for one in offered["traits"]}
    assert traits["revenue_total"]["unit"] == "KRW"
    assert traits["last_category"]["values"] == ["shoes"]
    assert all(one["group"] != "Others" for one in traits.values())


def test_a_preview_has_words_counts_people_and_what_else_they_are_in(owner: Moon) -> None:
    owner.server("PUT", "/v1/segments/lookers", {"name": "Lookers", "rule": LOOKED})
    owner.server("PUT", "/v1/segments/all", {"name": "All", "rule": {"everyone": True}})
    rule = {"any": [LOOKED, {"segment": "all"}]}
    found = owner.asks("segments/preview.json", rule=rule, overlap=True, slug="lookers").get_json()
    assert (found["count"], found["exact"]) == (2, True)
    assert [(leaf["words"], leaf["count"]) for leaf in found["leaves"]] == [
        ("Product views at least 1", 1),
        ("in the segment “All”", 2),
    ]
    assert {(one["name"], one["both"], one["size"]) for one in found["overlap"]} == {("All", 2, 2)}
    assert [one["name"] for one in found["entering"]["sample"]] == [f"{ANA[:8]}…"]
    assert found["leaving"]["count"] == 0


def test_a_preview_without_the_token_or_of_no_rule_is_refused_as_json(owner: Moon) -> None:
    path = f"/admin/segments/preview.json?shop={owner.shop.name}"
    assert owner.client.post(path, json={"rule": LOOKED}).status_code == 400
    rule = {"all": [{"trait": "orders_total", "op": ">=", "value": "x"}]}
    answer = owner.asks("segments/preview.json", rule=rule)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"].startswith("rule.all[0].value: Write a number")


@pytest.mark.parametrize("by_owner", [True, False])
def test_a_running_preview_ends_on_a_wish(
    owner: Moon, monkeypatch: pytest.MonkeyPatch, by_owner: bool
) -> None:
    began = threading.Event()

    def endless(store: Any, tx: Any, *others: Any) -> int:
        began.set()
        return int(tx.value(ENDLESS))

    monkeypatch.setattr("plugin.web.preview.looked", endless)
    csrf = {"X-CSRFToken": owner.form_token()} if by_owner else {}
    path = "/admin/segments/preview.json" if by_owner else "/v1/segments/preview"
    answers: list[tuple[Any, float]] = []

    def ask() -> None:
        if by_owner:
            found = owner.client.post(path, json={"rule": LOOKED, "id": "run-1"}, headers=csrf)
        else:
            found = owner.server("POST", path, {"rule": LOOKED, "id": "run-1"})
        answers.append((found, perf_counter()))

    asking = threading.Thread(target=ask)
    asking.start()
    assert began.wait(10)
    wished = perf_counter()
    if by_owner:
        owner.client.delete(f"{path}?id=run-1", headers=csrf)
    else:
        owner.server("DELETE", f"{path}/run-1")
    asking.join(10)
    (answer, ended) = answers[0]
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "cancelled")
    assert ended - wished < 3  # 0.25 s, as `test_stopping` says, and what a busy machine adds


def test_a_wish_that_comes_first_waits_for_its_preview_and_holds_for_it_alone(owner: Moon) -> None:
    owner.server("DELETE", "/v1/segments/preview/run-2")
    asked = {"rule": LOOKED, "id": "run-2"}
    first = owner.server("POST", "/v1/segments/preview", asked)
    second = owner.server("POST", "/v1/segments/preview", asked)
    assert (first.status_code, second.status_code) == (409, 200)
    assert owner.server("DELETE", "/v1/segments/preview/a b").status_code == 400


def test_a_preview_ends_by_itself_when_it_takes_too_long_or_who_asked_has_gone(
    tmp_path: Path,
) -> None:
    moments = iter([0.0, 19.9, 20.1])
    ending = Ending(0.0, lambda: False, lambda: False, clock=lambda: next(moments))
    ending()
    ending()
    with pytest.raises(PluginError, match="longer than 20 seconds") as slow:
        ending()
    assert (slow.value.code, slow.value.status) == ("too_slow", 422)
    with pytest.raises(PluginError, match="cancelled"):
        Ending(0.0, lambda: False, lambda: True, clock=lambda: 1.0)()
    stops.wish(tmp_path, "moon", "a")
    with pytest.raises(PluginError, match="cancelled"):
        Ending(0.0, lambda: stops.wished(tmp_path, "moon", "a"), lambda: False, clock=lambda: 1.0)()
