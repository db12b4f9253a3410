"""What happens when somebody of the shop's own people opens the link that leaves them out?"""

from __future__ import annotations

from plugin.shop import Shop
from plugin.storage import identities, profiles
from plugin.storage import staff as marks
from plugin.storage.engine import Tx


def mark_staff(tx: Tx, shop: Shop, visitor_id: str, now: int, staff: bool) -> bool:
    """Leave a browser out of every profile, segment and report, or count it again; is that new?

    What came from it so far is erased with its profile. Where it led to a customer's profile that
    stays: it is the person's, and other browsers' too.
    """
    if not staff:
        return marks.unmark(tx, visitor_id)
    if visitor_id not in identities.elsewhere(tx, [visitor_id]):
        profiles.erase(tx, visitor_id)
    return marks.mark(tx, visitor_id, now)


def unmark_staff(tx: Tx, shop: Shop) -> int:
    """Count every browser of the staff again; how many there were."""
    return marks.unmark_all(tx)
