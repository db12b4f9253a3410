"""What is to be told to the owner's addresses is kept with what it tells of, and no longer."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from plugin.profile.profile import Profile
from plugin.shop import DAY, MINUTE
from plugin.storage import hooks, outbox, profiles, segments
from plugin.storage.engine import Store, Tx
from plugin.storage.outbox import Tried
from plugin.storage.segments import Change

MINA, CHO = (f"{name}-0123456789abcdef" for name in ("mina", "cho"))


def someone(tx: Tx, visitor: str = MINA, **known: Any) -> int:
    """The profile of a visitor of whom this is known."""
    profile = profiles.ensure(tx, [visitor])[visitor]
    declared = {name: (value, 1) for name, value in known.pop("declared", {}).items()}
    profiles.save(tx, {profile: Profile(visitor, declared=declared, **known)}, {})
    return profile


def moved(profile: int, now: int, *, entered: bool = True, **more: Any) -> Change:
    """A visitor enters or leaves the segment vip."""
    told = {"segment": "vip", "cause": "event", "version": 3, **more}
    return Change(profile=profile, entered=entered, due_at=now - MINUTE, noticed_at=now, **told)


def hook(tx: Tx, name: str = "crm", *chosen: str, now: int = 1, **more: Any) -> None:
    hooks.put(tx, name, name, "https://crm.example/in", chosen, now, **more)


def told(tx: Tx, name: str, now: int) -> list[dict[str, Any]]:
    return [orjson.loads(message.body) for message in outbox.turn(tx, name, now, 100)]


def tried(message: outbox.Message, state: str, at: int, next_at: int = 0) -> Tried:
    return Tried(message.seq, state, at, next_at or at, 500, "no")


def test_a_message_says_what_happened_and_who_it_is_by_id_only(store: Store, now: int) -> None:
    with store.write() as tx:
        segments.put(tx, "vip", "Our best", "rule", {"everyone": True}, True, now)
        hook(tx)
        mina = someone(tx, email="mina@moon.example", customer_id="1042")
        assert outbox.enqueue(tx, [moved(mina, now)], now, lambda: "msg_1") == 1
        assert told(tx, "crm", now) == [
            {
                "id": "msg_1",
                "type": "segment.entered",
                "segment": {"slug": "vip", "name": "Our best", "version": 3},
                "visitor_id": MINA,
                "customer_id": "1042",
                "due_at": now - MINUTE,
                "noticed_at": now,
                "cause": "event",
            }
        ]


@pytest.mark.parametrize("cause", ["event", "expiry", "manual", "merge", "edit"])
def test_the_payload_has_the_same_form_for_every_cause(store: Store, now: int, cause: str) -> None:
    with store.write() as tx:
        hook(tx, edits=True)
        outbox.enqueue(tx, [moved(someone(tx), now, cause=cause)], now)
        (found,) = told(tx, "crm", now)
    names = "id type segment visitor_id due_at noticed_at cause"
    assert list(found) == names.split()
    assert found["cause"] == cause


def test_the_email_goes_along_only_if_the_owner_ticked_it_and_nobody_said_no(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        hook(tx, "plain")
        hook(tx, "mailer", email=True)
        mina = someone(tx, email="mina@moon.example")
        cho = someone(tx, CHO, email="cho@moon.example", declared={"consent_marketing": False})
        outbox.enqueue(tx, [moved(mina, now), moved(cho, now)], now)
        assert ["email" in one for one in told(tx, "plain", now)] == [False, False]
        assert [one.get("email") for one in told(tx, "mailer", now)] == ["mina@moon.example", None]


def test_an_edited_rule_tells_nobody_who_did_not_ask_for_it(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx, "quiet")
        hook(tx, "all", edits=True)
        outbox.enqueue(tx, [moved(someone(tx), now, cause="edit")], now)
        assert told(tx, "quiet", now) == []
        assert len(told(tx, "all", now)) == 1


def test_a_hook_hears_of_the_segments_it_chose(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx, "vips", "vip")
        hook(tx, "news", "fresh", "loyal")
        hook(tx, "every")
        hook(tx, "off", enabled=False)
        assert outbox.enqueue(tx, [moved(someone(tx), now)], now) == 2
        heard = {name: len(told(tx, name, now)) for name in ("vips", "news", "every", "off")}
    assert heard == {"vips": 1, "news": 0, "every": 1, "off": 0}


def test_what_is_undone_is_told_to_nobody(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        mina = someone(tx)

    def fails() -> None:
        with store.write() as tx:
            outbox.enqueue(tx, [moved(mina, now)], now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.read() as tx:
        assert told(tx, "crm", now) == []


def test_a_visitor_who_enters_and_leaves_is_told_in_order(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        mina, cho = someone(tx), someone(tx, CHO)
        outbox.enqueue(tx, [moved(mina, now)], now)
        outbox.enqueue(tx, [moved(cho, now)], now)
        outbox.enqueue(tx, [moved(mina, now, entered=False)], now)
        first = outbox.turn(tx, "crm", now, 1)[0]
        outbox.record(tx, [tried(first, "waiting", now, now + MINUTE)])
        # Mina's leaving waits behind her entering; Cho does not.
        assert [one["visitor_id"] for one in told(tx, "crm", now)] == [CHO]
        later = [one["type"] for one in told(tx, "crm", now + MINUTE) if one["visitor_id"] == MINA]
    assert later == ["segment.entered", "segment.left"]


def test_a_sent_message_is_not_sent_again(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        outbox.enqueue(tx, [moved(someone(tx), now)], now)
        assert outbox.wanted(tx, now) == ["crm"]
        outbox.record(tx, [tried(outbox.turn(tx, "crm", now, 9)[0], "sent", now)])
        assert outbox.wanted(tx, now + DAY) == []
        assert outbox.replay(tx, "crm", now) == 0


def test_a_dead_letter_can_be_sent_again_alone_or_with_all(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        mina, cho = someone(tx), someone(tx, CHO)
        outbox.enqueue(tx, [moved(mina, now), moved(cho, now)], now)
        assert outbox.bury(tx, "crm", "the hook was turned off", now) == 2
        assert told(tx, "crm", now) == []
        one = outbox.latest(tx, 9, "dead")[0]
        assert outbox.replay(tx, "crm", now, one["id"]) == 1
        assert [message["id"] for message in told(tx, "crm", now)] == [one["id"]]
        assert outbox.replay(tx, "crm", now) == 1
        assert outbox.counts(tx) == {"crm": {"waiting": 2}}


def test_what_was_sent_is_kept_a_week_and_a_dead_letter_thirty_days(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        outbox.enqueue(tx, [moved(someone(tx), now), moved(someone(tx, CHO), now)], now)
        sent, dead = outbox.turn(tx, "crm", now, 9)
        outbox.record(tx, [tried(sent, "sent", now), tried(dead, "dead", now)])
        for after, left in ((7 * DAY - 1, 2), (7 * DAY, 1), (30 * DAY - 1, 1), (30 * DAY, 0)):
            if outbox.has_old(tx, now + after):
                outbox.drop_old(tx, now + after)
            assert len(outbox.latest(tx, 9)) == left


def test_of_an_erased_visitor_nothing_stays_and_receivers_are_told_to_forget(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        hook(tx, "mailer", "vip", email=True)
        hook(tx, "off", enabled=False)
        mina = someone(tx, email="mina@moon.example")
        outbox.enqueue(tx, [moved(mina, now), moved(someone(tx, CHO), now)], now)
        assert outbox.forget(tx, [MINA], now, lambda: "msg_forget") == 1
        kept = told(tx, "mailer", now)
    assert "mina@moon.example" not in str(kept)
    assert kept[-1] == {
        "id": "msg_forget",
        "type": "visitor.erased",
        "erased_at": now,
        "visitor_id": MINA,
    }
    assert [one["visitor_id"] for one in kept] == [CHO, MINA]


def test_a_removed_hook_takes_its_messages_along(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        outbox.enqueue(tx, [moved(someone(tx), now)], now)
        assert hooks.delete(tx, "crm")
        assert not hooks.delete(tx, "crm")
        assert outbox.counts(tx) == {}


def test_a_change_of_a_hook_forgets_that_it_failed(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        hooks.failing(tx, "crm", now)
        hooks.failing(tx, "crm", now + 1)
        hooks.turn_off(tx, "crm", "gone")
        found = hooks.get(tx, "crm")
        assert found is not None
        assert (found.enabled, found.failing_since, found.off_because) == (False, now, "gone")
        hook(tx)
        found = hooks.get(tx, "crm")
    assert found is not None
    assert (found.enabled, found.failing_since, found.off_because) == (True, None, None)


def test_a_new_secret_is_counted(store: Store, now: int) -> None:
    with store.write() as tx:
        hook(tx)
        assert hooks.rotate(tx, "crm", now) == 2
        assert hooks.rotate(tx, "nobody", now) is None
