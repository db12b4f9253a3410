"""Steps are taken once, in order, whole or not at all."""

from __future__ import annotations

import pytest

from plugin.errors import PluginError
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
