"""Which campaigns does their verdict change by itself, and how does the owner take it back?"""

from __future__ import annotations

import logging
from typing import Any

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.journey.edits import put_campaign
from plugin.serve.acts import CHANGES, before, document_with, figures, next_act, stands
from plugin.serve.split import is_let, share_kept
from plugin.serve.verdict import Verdict, judge
from plugin.shop import Shop
from plugin.storage import acts, campaigns
from plugin.storage.engine import Row, Store, Tx
from plugin.storage.proof import Outcome

log = logging.getLogger("regulars.proof")


def act_on(store: Store, shop: Shop, campaign: Row, found: Outcome, now: int) -> str | None:
    """Do what the verdict on ``found`` suggests, where the owner lets it; what was done, or None.

    campaign: the row that was counted. It is looked at again: the owner may have changed it since.
    """
    verdict = judge(found.spans)
    if verdict.suggests is None or not _may(campaign):
        return None
    try:
        with store.write() as tx:
            row = campaigns.get(tx, campaign["kind"], campaign["slug"])
            if row is None or not _may(row) or not _is_dealt_so(row, shop, found):
                return None
            return _act(tx, shop, row, verdict, found, now)
    except PluginError as trouble:  # a document that cannot be read any more keeps no other back
        log.warning("%s %s stays as it is: %s", campaign["kind"], campaign["slug"], trouble.message)
        return None


def undo_act(tx: Tx, shop: Shop, kind: str, slug: str, seq: int, now: int) -> None:
    """Take back what was done by itself to a campaign. It is not done again until the owner lets
    the verdict act anew.

    Raises NotFound for what was not done; DocumentRefused where it was changed or taken back since.
    """
    row = campaigns.get(tx, kind, slug)
    done = next((one for one in acts.of_campaign(tx, kind, slug) if one.seq == seq), None)
    if row is None or done is None:
        raise NotFound("there is nothing to take back")
    if done.undone_at is not None or not stands(done.act, _body(row)):
        raise DocumentRefused("it was changed since: there is nothing to take back", status=409)
    body = document_with(_body(row), done.was)
    put_campaign(tx, shop, kind, slug, body, body.get("enabled", True), now)
    acts.undo(tx, seq, now)


def _act(tx: Tx, shop: Shop, row: Row, verdict: Verdict, found: Outcome, now: int) -> str | None:
    kind, slug, body = row["kind"], row["slug"], _body(row)
    act = next_act(verdict, acts.since_let(tx, kind, slug))
    if act is None:
        return None
    changed = document_with(body, CHANGES[act])
    put_campaign(tx, shop, kind, slug, changed, changed["enabled"], now)
    acts.note(tx, kind, slug, act, before(act, body), figures(verdict, found.spans), now)
    return act


def _may(row: Row) -> bool:
    return bool(row["enabled"]) and is_let(row["body"])


def _is_dealt_so(row: Row, shop: Shop, found: Outcome) -> bool:
    """Whether visitors are still dealt as they were when it was counted."""
    share = share_kept(row["kind"], row["body"], shop.control_share)
    return bool(found.spans) and found.spans[-1].share == share


def _body(row: Row) -> dict[str, Any]:
    return {**row["body"], "enabled": row["enabled"]}
