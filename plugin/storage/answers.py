"""What did people leave in forms and questions?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from plugin.storage.engine import Row, Store, Tx

KEEP = """
insert into answers (popup, profile, at, fields, page, language, consents, source)
values (:popup, :profile, :now, :fields, :page, :language, :consents, :source)
returning seq
"""
PAGE = """
select a.seq, a.popup, a.at, a.fields, a.page, a.language, a.consents, a.source,
       p.visitor_id, p.customer_id
from answers a join profiles p on p.id = a.profile
where a.seq < :before and a.at >= :since and a.at < :until
  and (cast(:popup as text) is null or a.popup = :popup)
order by a.seq desc limit :limit
"""
COUNT = """
select count(*) from answers
where at >= :since and at < :until and (cast(:popup as text) is null or popup = :popup)
"""
POPUPS = "select popup, count(*) as answers from answers group by popup order by popup"
FOREVER = 2**62
AT_ONCE = 1_000


def keep(
    tx: Tx,
    popup: str,
    profile: int,
    now: int,
    fields: str,
    *,
    page: str | None = None,
    language: str | None = None,
    consents: Sequence[Mapping[str, Any]] = (),
    source: Mapping[str, Any] | None = None,
) -> int:
    """Keep ``fields`` (JSON) that the visitor left in the popup; the answer's number.

    consents: the texts agreed to, word for word. source: where the visitor came from.
    """
    row = tx.one(
        KEEP,
        popup=popup,
        profile=profile,
        now=now,
        fields=fields,
        page=page,
        language=language,
        consents=orjson.dumps(list(consents)).decode(),
        source=orjson.dumps(dict(source or {})).decode(),
    )
    return int(row["seq"]) if row else 0


def latest(
    tx: Tx,
    limit: int,
    before: int = FOREVER,
    popup: str | None = None,
    since: int = 0,
    until: int = FOREVER,
) -> list[Row]:
    """The answers newest first, before the number ``before``; of one popup, or of a span (Unix ms).

    Rows: seq, popup, at, fields, consents, source (read), page, language, visitor_id, customer_id.
    """
    rows = tx.all(PAGE, limit=limit, before=before, popup=popup, since=since, until=until)
    return [
        {**row, **{key: orjson.loads(row[key]) for key in ("fields", "consents", "source")}}
        for row in rows
    ]


def count(tx: Tx, popup: str | None = None, since: int = 0, until: int = FOREVER) -> int:
    """How many answers there are."""
    return int(tx.value(COUNT, popup=popup, since=since, until=until))


def popups(tx: Tx) -> dict[str, int]:
    """How many answers each popup has; those that have any."""
    return {row["popup"]: row["answers"] for row in tx.all(POPUPS)}


def everything(
    store: Store, popup: str | None = None, since: int = 0, until: int = FOREVER
) -> Iterator[Row]:
    """As ``latest``, all of them, a thousand at a time: nobody has to wait for a long list."""
    before = FOREVER
    while True:
        with store.read() as tx:
            rows = latest(tx, AT_ONCE, before, popup, since, until)
        yield from rows
        if len(rows) < AT_ONCE:
            return
        before = rows[-1]["seq"]
