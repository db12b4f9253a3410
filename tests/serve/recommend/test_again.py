"""The promises of plugin.serve.recommend.again: when is it time to buy again?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.serve.recommend.again import Bought, Habit, due_first
from plugin.shop import DAY

NOW = 1_790_046_000_000
COFFEE = Habit(gap_days=20, share=0.5)
MACHINES = Habit(gap_days=0, share=0.02)


def bought(item_id: str, *days_ago: float, **told: object) -> list[Bought]:
    return [Bought(item_id, NOW - int(days * DAY), **told) for days in days_ago]  # type: ignore[arg-type]


def test_what_is_due_comes_before_what_will_be_however_often_it_was_bought() -> None:
    milk = bought("milk", 30, 20, 10.5, 1)
    beans = bought("beans", 21, gap_days=20)

    assert due_first([*milk, *beans], {}, NOW) == ["beans", "milk"]


def test_of_what_is_due_the_stronger_habit_comes_first() -> None:
    beans = bought("beans", 60, 40, 20)
    tea = bought("tea", 40, 20)

    assert due_first([*tea, *beans], {}, NOW) == ["beans", "tea"]


def test_an_old_habit_counts_less_with_every_order_since() -> None:
    dropped = bought("dropped", 100, 99)
    kept = bought("kept", 41, 40)
    others = bought("others", *range(50, 80))

    found = due_first([*dropped, *kept, *others], {}, NOW)

    assert found.index("kept") < found.index("dropped")


def test_waiting_longer_than_twice_the_usual_time_counts_no_more() -> None:
    beans = bought("beans", 40, gap_days=20)
    rice = bought("rice", 40, gap_days=4)

    assert due_first([*rice, *beans], {}, NOW) == ["beans", "rice"]


def test_the_products_category_tells_the_usual_time_where_the_product_does_not() -> None:
    told = [*bought("beans", 25, category="Coffee"), *bought("soap", 25)]

    assert due_first(told, {"Coffee": COFFEE}, NOW) == ["beans", "soap"]


def test_what_hardly_anybody_buys_twice_comes_last_unless_this_buyer_did() -> None:
    machine = bought("machine", 300, category="Machines")
    mill = bought("mill", 300, 150, category="Machines")
    beans = bought("beans", 1, category="Coffee")

    assert due_first([*machine, *mill, *beans], {"Machines": MACHINES}, NOW) == [
        "mill", "beans", "machine",
    ]  # fmt: skip


LINES = st.lists(
    st.builds(
        Bought,
        st.sampled_from(["beans", "milk", "soap", "tea"]),
        st.integers(0, NOW),
        st.sampled_from([None, "Coffee", "Machines"]),
        st.none() | st.floats(0, 400),
    ),
    max_size=12,
)


@given(LINES, st.randoms())
def test_every_product_once_and_the_same_list_in_whatever_order_it_is_told(
    lines: list[Bought], rng: st.DataObject
) -> None:
    # A product says the same of itself in every line.
    first = {one.item_id: one for one in reversed(lines)}
    lines = [one._replace(**_of(first[one.item_id])) for one in lines]
    found = due_first(lines, {"Coffee": COFFEE, "Machines": MACHINES}, NOW)
    rng.shuffle(lines)  # type: ignore[attr-defined]

    assert sorted(found) == sorted({one.item_id for one in lines})
    assert due_first(lines, {"Coffee": COFFEE, "Machines": MACHINES}, NOW) == found


def _of(one: Bought) -> dict[str, object]:
    return {"category": one.category, "gap_days": one.gap_days}
