"""A real shop's year of invoices, and segments that a few lines of pandas confirm.

The file is UCI's Online Retail II (CC BY 4.0), 525,461 lines of 2009 and 2010. It is not part of
the project: without it, or without pandas, the test steps aside. REGULARS_DATASETS: its folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from plugin import journey
from plugin.collect.orders import customer_visitor_id
from plugin.config import Settings
from plugin.shop import DAY, Shop
from plugin.storage import control, rules, segments
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.tasks.imports import Report, Source, import_orders

FOLDER = Path(os.environ.get("REGULARS_DATASETS", Path(__file__).parents[2] / "shared" / "data"))
FILE = FOLDER / "recommend" / "online_retail_II_2009_2010.csv.gz"
MOMENT = int(datetime(2010, 12, 10, tzinfo=timezone.utc).timestamp() * 1000)
RULES: dict[str, Any] = {
    "vip": {"trait": "revenue_total", "op": ">=", "value": 5000},
    "one-order": {"trait": "orders_total", "op": "=", "value": 1},
    "lapsed": {"event": "purchase", "last": "older_than", "value": "180d"},
    "regulars": {"event": "purchase", "measure": "count", "op": ">=", "value": 3, "within": "90d"},
}

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"{FILE.name} is not here")


class Imported:
    """The file in a store, and the same file as pandas reads it."""

    def __init__(self, house: House, shop: Shop, report: Report, lines: Any) -> None:
        self.house, self.shop, self.report, self.lines = house, shop, report, lines

    def members(self, slug: str) -> set[str]:
        """Who is in the segment."""
        with self.house.store(self.shop.name).read() as tx:
            rows, following = segments.members(tx, slug, 100_000)
        assert following is None
        return {row["visitor_id"] for row in rows}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    pandas = pytest.importorskip("pandas")
    folder = tmp_path_factory.mktemp("giftware")
    house = House(Settings(data=folder, database_url=None, secret_key="test"))
    keys = control.new_keys()
    shop = Shop("giftware", keys.public, currency="GBP", timezone="Europe/London")
    with house.control.write() as tx:
        control.add_shop(tx, shop, keys)
    writer = GroupWriter(house).start()
    for slug, rule in RULES.items():
        writer.do(
            "giftware", "put_segment", slug=slug, name=slug, rule=rule, enabled=True, now=MOMENT
        )
    report = import_orders(house, writer, shop, Source(FILE), MOMENT)
    journey.bring_up_to_date(house.store("giftware"), shop, MOMENT)
    lines = pandas.read_csv(FILE, dtype={"Invoice": str, "StockCode": str, "Customer ID": str})
    lines["at"] = pandas.to_datetime(lines["InvoiceDate"]).dt.tz_localize("Europe/London")
    yield Imported(house, shop, report, lines)
    house.close()


def kept(lines: Any) -> Any:
    """The order lines that the import says it keeps, by its own rules, said again in pandas."""
    known = lines[lines["Customer ID"].notna() & (lines["Price"] >= 0)].copy()
    known["back"] = known["Invoice"].str.startswith("C")
    known = known[(known["Quantity"] < 0) == known["back"]]
    pence = (known["Price"] * 100).round()
    known["value"] = (pence * known["Quantity"]).round() / 100
    known["who"] = known["Customer ID"].str.removesuffix(".0").map(customer_visitor_id)
    return known


def test_every_line_is_kept_or_refused_with_a_reason(imported: Imported) -> None:
    report = imported.report
    assert report.rows_read == len(imported.lines) == 525_461
    assert report.kept == len(kept(imported.lines))
    assert report.kept + sum(report.refused.values()) == report.rows_read
    assert report.refused["no customer"] == imported.lines["Customer ID"].isna().sum()


def test_vips_are_those_whose_orders_less_refunds_pass_the_mark(imported: Imported) -> None:
    revenue = kept(imported.lines).groupby("who")["value"].sum().round(2)
    expected = set(revenue[revenue >= 5000].index)
    assert len(expected) > 100
    assert imported.members("vip") == expected


def test_one_order_only(imported: Imported) -> None:
    bought = kept(imported.lines).query("not back")
    orders = bought.groupby("who")["Invoice"].nunique()
    expected = set(orders[orders == 1].index)
    assert len(expected) > 1000
    assert imported.members("one-order") == expected


def test_the_lapsed_bought_and_then_stayed_away_for_half_a_year(imported: Imported) -> None:
    bought = kept(imported.lines).query("not back")
    last = bought.groupby("who")["at"].max()
    age_ms = MOMENT - last.map(lambda at: int(at.timestamp() * 1000))
    expected = set(age_ms[age_ms >= 180 * DAY].index)
    assert len(expected) > 500
    assert imported.members("lapsed") == expected


def test_regulars_ordered_three_times_in_ninety_days(imported: Imported) -> None:
    bought = kept(imported.lines).query("not back")
    at_ms = bought["at"].map(lambda at: int(at.timestamp() * 1000))
    recent = bought[(at_ms > MOMENT - 90 * DAY) & (at_ms <= MOMENT)]
    orders = recent.groupby("who")["Invoice"].nunique()
    assert imported.members("regulars") == set(orders[orders >= 3].index)


def test_the_compiled_rule_counts_the_same_people(imported: Imported) -> None:
    from plugin.segment.rule import read_rule

    with imported.house.store("giftware").read() as tx:
        for slug, raw in RULES.items():
            found = rules.count_matching(tx, read_rule(raw), MOMENT, imported.shop)
            assert found == len(imported.members(slug)), slug
