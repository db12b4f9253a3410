"""Steps are taken once, in order, whole or not at all."""

from __future__ import annotations

import pytest

from plugin.errors import PluginError
from plugin.segment.rule import read_rule
from plugin.shop import Shop
from plugin.storage import backfills, items, locations, names, rules
from plugin.storage import migrate as steps
from plugin.storage.engine import Store

TABLES = {
    "sqlite": "select name from sqlite_master where type = 'table'",
    "postgresql": "select table_name as name from information_schema.tables"
    " where table_schema = current_schema()",
}


def tables(store: Store) -> set[str]:
    with store.read() as tx:
        return {row["name"] for row in tx.all(TABLES[store.dialect])}


def test_a_store_that_is_up_to_date_takes_no_step(store: Store) -> None:
    assert steps.migrate(store, "shop") == []


@pytest.mark.parametrize("kind", ["shop", "control"])
def test_no_remark_of_a_step_cuts_its_statement_in_two(kind: str) -> None:
    """A step is cut at each ``;``: a remark has one only where the whole line is a remark."""
    lines = [line for _, _, sql in steps.steps(kind) for line in sql.splitlines()]
    remarks = [line.partition("--") for line in lines if not line.lstrip().startswith("--")]
    assert remarks
    assert [f"{sql}--{said}" for sql, _, said in remarks if ";" in said] == []


def test_a_step_that_fails_half_way_leaves_no_trace(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (9999, "9999_broken", "create table half (x text); create table half (x text)")
    known = steps.steps("shop")
    monkeypatch.setattr(steps, "steps", lambda kind: [*known, broken])
    with pytest.raises(Exception, match="half"):
        steps.migrate(store, "shop")
    assert "half" not in tables(store)


def test_a_step_that_was_cut_off_is_taken_on_the_next_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [*steps.steps("shop"), (9998, "9998_more", "create table more (x text)")]
    monkeypatch.setattr(steps, "steps", lambda kind: known)
    assert steps.migrate(store, "shop") == ["9998_more"]
    assert "more" in tables(store)


def test_a_store_of_a_newer_version_is_left_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "steps", lambda kind: [])
    with pytest.raises(PluginError, match="upgrade"):
        steps.migrate(store, "shop")


def test_a_catalogue_of_before_has_one_row_for_each_group(store: Store) -> None:
    with store.write() as tx:
        for table in ("variants", "item_names"):
            tx.run(f"drop table {table}")
        tx.run("delete from migrations where name = '0023_variants'")
        tx.run("insert into profiles (id, visitor_id) values (1, 'mina-0123456789abcdef')")
        for item_id, group, stock, learnt in (
            ("tee-1", "tee", "out_of_stock", 0), ("tee-2", "tee", "in_stock", 0),
            ("tee-3", "tee", "in_stock", 0), ("cap", None, "in_stock", 0),
            ("tee", None, "in_stock", 1), ("old-1", "old", "removed", 0),
        ):  # fmt: skip
            tx.run(
                "insert into items (item_id, name, group_id, availability, learnt, created_at,"
                " updated_at) values (:item_id, :item_id, :group, :stock, :learnt, 1, 1)",
                item_id=item_id, group=group, stock=stock, learnt=learnt,
            )  # fmt: skip
        for place, item_id in enumerate(("tee", "tee-1", "tee-3", "cap")):
            tx.run(
                "insert into item_events (event_id, place, profile, item_id, name, at, quantity)"
                " values ('one', :place, 1, :item_id, 'view_item', 5, 1)",
                place=place, item_id=item_id,
            )  # fmt: skip

    assert steps.migrate(store, "shop") == ["0023_variants"]

    with store.write() as tx:
        assert items.page(tx, 9)[1]["item_id"] == "tee-1"  # as they were told
        assert {*items.products(tx, ["cap", "tee", "tee-1", "tee-2", "tee-3", "old-1"])} == {
            "cap", "tee-2",
        }  # fmt: skip
        seen = tx.tuples("select item_id from item_events order by place")
        assert [one for (one,) in seen] == ["tee-2", "tee-2", "tee-2", "cap"]
        locations.rebuild(tx)
        assert names.as_catalogued(tx, ["tee", "tee-3", "cap"]) == ("tee-2", "tee-2", "cap")
        items.upsert(tx, [{"item_id": "tee-1", "availability": "in_stock"}], 9)
        assert {*items.products(tx, ["tee-1", "tee-2"])} == {"tee-2"}


def test_an_empty_text_of_before_is_one_now_where_it_was_kept(store: Store, shop: Shop) -> None:
    """Declared traits and params were kept as they came; fields of items that were empty not."""
    kept = '{"size":["",5],"town":["Seoul",5],"quote":["[\\"\\",5]",5]}'
    with store.write() as tx:
        tx.run("delete from migrations where name = '0026_empty_traits'")
        tx.run(
            "insert into profiles (id, visitor_id, first_seen_at, declared)"
            " values (1, 'mina-0123456789abcdef', 5, :kept)",
            kept=kept,
        )
        tx.run("insert into declared (profile, trait, folded) values (1, 'town', 'seoul')")
        for slug, enabled in (("sized", 1), ("off", 0)):
            tx.run(
                "insert into segments (slug, name, rule, enabled, created_at, updated_at)"
                " values (:slug, :slug, '{}', :enabled, 7, 7)",
                slug=slug, enabled=enabled,
            )  # fmt: skip

    assert steps.migrate(store, "shop") == ["0026_empty_traits"]

    with store.read() as tx:
        for document, many in (
            ({"trait": "size", "op": "is", "value": ""}, 1),
            ({"trait": "size", "op": "set"}, 1),
            ({"trait": "town", "op": "is", "value": "seoul"}, 1),
            ({"trait": "quote", "op": "set"}, 0),
        ):
            assert rules.count_matching(tx, read_rule(document), 9, shop) == many, document
        assert backfills.under_way(tx).keys() == {"sized"}
