"""A shop's model: when it is built, which one counts, and what a death on the way leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from plugin import faults, journey
from plugin.collect.event import Event, Item
from plugin.errors import PluginError
from plugin.journey import STEPS
from plugin.serve.recommend.tuning import DEFAULT
from plugin.shop import DAY, HOUR, MINUTE, Shop
from plugin.storage import forgotten, items, model_files, models, profiles, pulse
from plugin.storage.engine import Store
from plugin.storage.sqlite import SqliteStore

MINA, JUN = "mina-0123456789abcdef", "jun-00123456789abcdef"


class Town:
    """A shop whose people look at products, and whose owner has models built."""

    def __init__(self, store: Store, shop: Shop, now: int) -> None:
        self.store, self.shop, self.now, self._events = store, shop, now, 0

    def views(self, who: str, *ids: str, at: int | None = None) -> None:
        told = []
        for step, item_id in enumerate(ids):
            self._events += 1
            moment = (self.now if at is None else at) + step * MINUTE
            seen = (Item(item_id),)
            told.append(
                Event(f"event-{self._events:06}", who, "view_item", moment, moment, {}, seen)
            )
        with self.store.write() as tx:
            STEPS["collect"](tx, self.shop, events=told)

    def build(self, now: int | None = None) -> dict[str, Any]:
        """As the job and the command do it; the row of the model."""
        made = journey.build_model(self.store, self.shop, self.now if now is None else now)
        with self.store.write() as tx:
            journey.keep_model(tx, self.shop, **made)
        journey.sweep_models(self.store)
        row: dict[str, Any] = made["row"]
        return row

    def why(self, after: int = 0) -> str | None:
        return journey.why_build(self.store, self.now + after)

    def current(self) -> models.Built | None:
        with self.store.read() as tx:
            return models.current(self.store, tx)

    def files(self) -> list[str]:
        assert self.store.models is not None
        return sorted(path.name for path in self.store.models.glob("*.*") if path.suffix != ".lock")

    def erases(self, who: str) -> None:
        with self.store.write() as tx:
            STEPS["erase"](tx, self.shop, visitor_id=who, now=self.now)

    def profile(self, who: str) -> int:
        with self.store.read() as tx:
            found = profiles.find(tx, who)
        assert found is not None
        return found[0]


@pytest.fixture
def town(store: Store, shop: Shop, now: int) -> Town:
    return Town(store, shop, now)


def test_nothing_is_built_where_there_is_nothing_to_learn(town: Town) -> None:
    assert town.why() is None
    assert town.current() is None


def test_a_first_view_is_worth_a_first_model(town: Town) -> None:
    town.views(MINA, "mug")
    assert town.why() == "there was none"


def test_a_catalogue_alone_is_worth_a_model(town: Town) -> None:
    with town.store.write() as tx:
        items.upsert(tx, [{"item_id": "mug", "name": "Mug"}], town.now)
    assert town.why() == "there was none"
    town.build()
    built = town.current()
    assert built is not None
    assert built.ids.number("mug") == 0


def test_a_model_is_good_until_twenty_views_came(town: Town) -> None:
    town.views(MINA, *["mug"] * 5)
    town.build()
    town.views(JUN, *["bag"] * 19)
    assert town.why() is None
    town.views(JUN, "bag")
    assert town.why() == "20 views and orders came"


def test_where_there_is_much_a_twentieth_of_it_has_to_come(town: Town) -> None:
    town.views(MINA, *["mug"] * 600)
    town.build()
    town.views(JUN, *["bag"] * 29)
    assert town.why() is None
    town.views(JUN, "bag")
    assert town.why() == "30 views and orders came"


def test_after_a_day_one_view_is_enough_and_none_is_not(town: Town) -> None:
    town.views(MINA, "mug")
    town.build()
    assert town.why(2 * DAY) is None
    town.views(JUN, "bag")
    assert town.why(DAY - HOUR) is None
    assert town.why(DAY + HOUR) == "it was older than a day"


def test_after_a_day_a_changed_catalogue_is_enough(town: Town) -> None:
    town.views(MINA, "mug")
    town.build()
    with town.store.write() as tx:
        items.upsert(tx, [{"item_id": "mug", "name": "A mug"}], town.now)
    assert town.why() is None
    assert town.why(DAY + HOUR) == "it was older than a day"


def test_what_is_known_of_the_erased_is_on_disk_for_a_day_at_most(town: Town) -> None:
    town.views(MINA, "mug")
    town.build()
    town.erases(MINA)
    assert town.why() is None
    assert town.why(DAY + HOUR) == "it was older than a day"


def test_where_very_many_are_left_out_a_model_is_built_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.journey.models.MOST_FORGOTTEN", 1)
    town.views(MINA, "mug")
    town.build()
    assert town.why() is None
    town.erases(MINA)
    assert town.why() == "many visitors were erased or joined"


def test_a_model_knows_what_it_was_made_of(town: Town) -> None:
    town.views(MINA, "mug", "bag", "mug")
    town.views(JUN, "lamp")
    row = town.build()
    assert {k: row[k] for k in ("views", "sessions", "orders", "items")} == {
        "views": 4,
        "sessions": 2,
        "orders": 0,
        "items": 3,
    }
    with town.store.read() as tx:
        assert row["cut_seq"] == pulse.newest_seq(tx)
        assert models.newest(tx) == row


def test_the_newest_model_counts_at_once_and_the_old_file_goes(town: Town) -> None:
    town.views(MINA, "mug")
    first = town.build()
    old = town.current()
    town.views(JUN, "bag")
    second = town.build(town.now + HOUR)
    new = town.current()
    assert old is not None
    assert new is not None
    assert (old.generation, new.generation) == (first["generation"], second["generation"])
    assert (len(old.ids), len(new.ids)) == (1, 2)  # who holds the old one can still read it
    assert town.files() == [f"{second['generation']}.model"]


def test_the_model_is_opened_once(town: Town) -> None:
    town.views(MINA, "mug")
    town.build()
    assert town.current() is town.current()


def test_two_models_of_one_moment_are_two_generations(town: Town) -> None:
    town.views(MINA, "mug")
    assert town.build()["generation"] < town.build()["generation"]


def test_a_look_begun_before_the_newest_model_gets_the_newest(town: Town) -> None:
    town.views(MINA, "mug")
    town.build()
    made = journey.build_model(town.store, town.shop, town.now + HOUR)
    with town.store.read() as early:
        models.newest(early)  # from here on it sees the store as it is
        keep_elsewhere(town, made)
        late = newest_elsewhere(town)
        found = models.current(town.store, early)
    assert late is not None
    assert found is late


def keep_elsewhere(town: Town, made: dict[str, Any]) -> None:
    """In a thread of its own, as another request's transaction is."""

    def keep() -> None:
        with town.store.write() as tx:
            journey.keep_model(tx, town.shop, **made)

    other = Thread(target=keep)
    other.start()
    other.join()


def newest_elsewhere(town: Town) -> models.Built | None:
    found: list[models.Built | None] = []
    other = Thread(target=lambda: found.append(town.current()))
    other.start()
    other.join()
    return found[0]


def test_only_the_owner_of_the_process_can_read_what_is_known_of_people(town: Town) -> None:
    town.views(MINA, "mug")
    row = town.build()
    folder = town.store.models
    assert folder is not None
    file = model_files.place(folder, row["generation"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_builds_at_a_time(town: Town) -> None:
    town.views(MINA, "mug")
    assert town.store.models is not None
    with model_files.alone(town.store.models), pytest.raises(PluginError, match="just being built"):
        town.build()
    town.build()


def test_a_store_without_its_file_has_no_model_or_fetches_it_and_says_so(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.views(MINA, "mug")
    row = town.build()
    assert town.store.models is not None
    model_files.place(town.store.models, row["generation"]).unlink()
    built = town.current()
    if town.store.dialect == "postgresql":  # where another machine may have built it
        assert built is not None
        assert built.ids[0] == "mug"
        assert town.why() is None
    else:
        assert built is None
        assert "cannot be read" in caplog.text
        assert town.why() == "its file cannot be read"
        town.build()
        assert town.current() is not None


def test_a_damaged_file_is_no_model_and_the_next_build_mends_it(town: Town) -> None:
    town.views(MINA, "mug")
    row = town.build()
    assert town.store.models is not None
    file = model_files.place(town.store.models, row["generation"])
    file.write_bytes(file.read_bytes()[:40])
    assert town.current() is None
    assert town.why() == "its file cannot be read"
    town.build()
    assert town.current() is not None


def test_a_model_of_many_parts_reaches_another_machine_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model_files, "PART", 100)
    town.views(MINA, *(f"item-{n}" for n in range(40)))
    row = town.build()
    assert town.store.models is not None
    here = model_files.place(town.store.models, row["generation"]).read_bytes()
    town.store.models = tmp_path / "elsewhere"
    if town.store.dialect == "postgresql":
        assert town.current() is not None
        there = model_files.place(town.store.models, row["generation"])
        assert there.read_bytes() == here
    else:
        assert town.current() is None


def test_whoever_is_erased_is_left_out_until_a_model_is_built_without_them(town: Town) -> None:
    town.views(MINA, "mug")
    town.views(JUN, "bag")
    mina = town.profile(MINA)
    town.build()
    town.erases(MINA)
    with town.store.read() as tx:
        assert set(forgotten.everybody(tx).values()) == {mina}
    town.build()
    with town.store.read() as tx:
        assert forgotten.everybody(tx) == {}


def test_who_is_erased_while_a_model_is_built_stays_left_out(town: Town) -> None:
    town.views(MINA, "mug")
    town.views(JUN, "bag")
    mina = town.profile(MINA)
    made = journey.build_model(town.store, town.shop, town.now)
    town.erases(MINA)
    with town.store.write() as tx:
        journey.keep_model(tx, town.shop, **made)
        assert set(forgotten.everybody(tx).values()) == {mina}


def test_a_browser_of_the_staff_is_left_out_at_once(town: Town) -> None:
    town.views(MINA, "mug")
    mina = town.profile(MINA)
    with town.store.write() as tx:
        STEPS["mark_staff"](tx, town.shop, visitor_id=MINA, now=town.now, staff=True)
        assert set(forgotten.everybody(tx).values()) == {mina}


def test_the_row_of_a_profile_that_became_part_of_another_is_left_out(town: Town) -> None:
    word = {"customer_id": "7"}
    for who in (MINA, JUN):
        town.views(who, "mug")
    jun = town.profile(JUN)
    for number, who in enumerate((MINA, JUN)):
        at = town.now + number
        told = Event(f"word-{number:06}", who, "identify", at, at, word, source="server")
        with town.store.write() as tx:
            STEPS["collect"](tx, town.shop, events=[told])
    with town.store.read() as tx:
        assert set(forgotten.everybody(tx).values()) == {jun}


@pytest.mark.parametrize("point", [*faults.OF_MODELS, "before_commit", "half_written"])
def test_a_death_at_any_moment_leaves_the_last_good_model(
    tmp_path: Path, shop: Shop, now: int, blank: Path, point: str
) -> None:
    path = tmp_path / "moon.db"
    path.write_bytes(blank.read_bytes())
    town = Town(SqliteStore(path), shop, now)
    town.views(MINA, "mug")
    good = town.build()
    town.store.close()
    process = multiprocessing.get_context("fork").Process(
        target=_die, args=(path, shop, now, point)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    town = Town(SqliteStore(path), shop, now)
    built = town.current()
    assert built is not None
    assert built.generation == good["generation"]
    assert len(town.files()) == 2  # and what was left is swept away by the next
    town.build(now + 2 * HOUR)
    assert town.files() == [f"{now + 2 * HOUR}.model"]
    town.store.close()


def _die(path: Path, shop: Shop, now: int, point: str) -> None:
    town = Town(SqliteStore(path), shop, now)
    if point == "half_written":
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    else:
        faults._point, faults._left = point, 1
    town.build(now + HOUR)


def test_weights_that_a_replay_found_are_those_of_the_next_model(town: Town) -> None:
    town.views(MINA, "mug", "bag")
    town.build()
    with town.store.write() as tx:
        STEPS["keep_weights"](tx, town.shop, found={"by_table": 0.5})
    before = town.current()
    town.build(town.now + HOUR)
    after = town.current()
    assert before is not None
    assert after is not None
    assert before.sessions.tuning == DEFAULT
    assert after.sessions.tuning == DEFAULT.weighing(by_table=0.5)
