"""All that hangs on a profile goes with it, and every id leads to where it went."""

from __future__ import annotations

import pytest

from plugin.collect.event import Event
from plugin.shop import Shop
from plugin.storage import answers, events, identities, joins, profiles, segments
from plugin.storage.engine import Store, Tx
from plugin.storage.identities import Known

PHONE, LAPTOP, OFFICE = "anas-phone-000001", "anas-laptop-00001", "anas-office-00001"
COLUMNS = {
    "sqlite": """
      select m.name as place from sqlite_master m join pragma_foreign_key_list(m.name) k
      where m.type = 'table' and k."table" = 'profiles'
    """,
    "postgresql": """
      select conrelid::regclass::text as place from pg_constraint
      where contype = 'f' and confrelid = 'profiles'::regclass
    """,
}


def begin(tx: Tx, shop: Shop, *devices: str) -> dict[str, int]:
    """A profile for each device, with one event each."""
    ids = profiles.ensure(tx, set(devices))
    told = [Event(f"event-of-{one}", one, "page_view", 1, 1) for one in devices]
    events.add(tx, told, ids, shop)
    return ids


def log(tx: Tx, profile: int) -> set[str]:
    """Which events a profile has."""
    return {event.event_id for event in events.log(tx, profile)}


def test_every_table_that_names_a_profile_is_thought_of(store: Store) -> None:
    with store.read() as tx:
        places = {row["place"].rpartition(".")[2] for row in tx.all(COLUMNS[store.dialect])}
    moved = {sql.split()[1] for sql in (*joins.SIMPLE, joins.EVENTS, joins.STAY, joins.LED)}
    assert places == moved | {"exposures"} | joins.WITHOUT_MOVING


def test_a_visitor_without_a_word_leads_nowhere_else(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        begin(tx, shop, PHONE)
        assert identities.elsewhere(tx, [PHONE, LAPTOP]) == {}
        assert identities.known(tx, [PHONE]) == {}


def test_who_is_kept_is_found_by_visitor_by_customer_and_by_profile(
    store: Store, shop: Shop
) -> None:
    with store.write() as tx:
        phone = begin(tx, shop, PHONE)[PHONE]
        ana = Known(PHONE, phone, "7", 5, "event-000005")
        identities.know(tx, [ana])
        assert identities.known(tx, [PHONE, LAPTOP]) == {PHONE: ana}
        assert identities.known_under(tx, ["7", "8"]) == [ana]
        assert identities.customer_of(tx, phone) == "7"


def test_events_of_both_are_in_one_log_and_the_id_leads_there(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP)
        assert joins.merge(tx, ids[PHONE], ids[LAPTOP], 9) == 1
        assert log(tx, ids[LAPTOP]) == {f"event-of-{PHONE}", f"event-of-{LAPTOP}"}
        assert identities.elsewhere(tx, [PHONE]) == {PHONE: ids[LAPTOP]}
        assert profiles.load(tx, [ids[PHONE]]) == {}


def test_a_chain_of_merges_is_one_step_long(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP, OFFICE)
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 8)
        joins.merge(tx, ids[LAPTOP], ids[OFFICE], 9)
        assert identities.elsewhere(tx, [PHONE, LAPTOP]) == dict.fromkeys(
            (PHONE, LAPTOP), ids[OFFICE]
        )
        assert identities.merged_ids(tx, ids[OFFICE]) == [PHONE, LAPTOP]


@pytest.mark.parametrize("leaves", [PHONE, LAPTOP, OFFICE])
def test_whoever_leaves_takes_its_own_events_and_no_other(
    store: Store, shop: Shop, leaves: str
) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP, OFFICE)
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 8)
        joins.merge(tx, ids[LAPTOP], ids[OFFICE], 9)
        own = joins.part(tx, leaves, ids[OFFICE], ())
        stay = {PHONE, LAPTOP, OFFICE} - {leaves}
        assert log(tx, own) == {f"event-of-{leaves}"}
        assert log(tx, ids[OFFICE]) == {f"event-of-{one}" for one in stay}
        found = {one: profiles.find(tx, one) for one in (PHONE, LAPTOP, OFFICE)}
    assert {one: there[0] for one, there in found.items() if there} == {
        **dict.fromkeys(stay, ids[OFFICE]),
        leaves: own,
    }


def test_who_parted_can_be_merged_again(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP)
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 8)
        own = joins.part(tx, LAPTOP, ids[LAPTOP], ())
        joins.merge(tx, own, ids[LAPTOP], 9)
        assert log(tx, ids[LAPTOP]) == {f"event-of-{PHONE}", f"event-of-{LAPTOP}"}
        assert identities.elsewhere(tx, [PHONE, LAPTOP]) == {LAPTOP: ids[LAPTOP]}


def test_an_answer_given_under_a_merged_id_is_kept(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP)
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 8)
        found = profiles.find(tx, PHONE)
        assert found is not None
        answers.keep(tx, "hello", found[0], 9, "{}")
        assert tx.value("select profile from answers") == ids[LAPTOP]


def test_who_waited_to_be_looked_at_waits_no_more(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        ids = begin(tx, shop, PHONE, LAPTOP)
        segments.mark_dirty(tx, [ids[PHONE]])
        joins.merge(tx, ids[PHONE], ids[LAPTOP], 8)
        assert segments.backlog(tx, 9) == (0, 0)


def test_what_came_of_a_word_is_kept_newest_first(store: Store, shop: Shop) -> None:
    with store.write() as tx:
        phone = begin(tx, shop, PHONE)[PHONE]
        word = Known(PHONE, phone, "7", 5, "event-000005")
        assert not identities.noted(tx, word, identities.APART)
        identities.note(tx, word, identities.APART, 8)
        identities.note(tx, word, identities.MERGED, 9, 3)
        assert identities.noted(tx, word, identities.APART)
        assert [(row["outcome"], row["events"]) for row in identities.notes(tx, phone)] == [
            (identities.MERGED, 3),
            (identities.APART, 0),
        ]
