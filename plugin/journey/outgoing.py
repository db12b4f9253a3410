"""Which addresses does the owner want told, and what should be told to them again?"""

from __future__ import annotations

from collections.abc import Sequence

from plugin.errors import DocumentRefused, NotFound
from plugin.shop import Shop
from plugin.storage import hooks, outbox, segments
from plugin.storage.engine import Tx

MOST_HOOKS = 20


def put_hook(
    tx: Tx,
    shop: Shop,
    hook: str,
    name: str,
    url: str,
    chosen: Sequence[str],
    now: int,
    email: bool = False,
    edits: bool = False,
    enabled: bool = True,
    leads: bool = False,
) -> None:
    """Keep a hook; ``chosen``: slugs of segments, none = all. ``url``: checked by the caller.

    What still waits for one that is turned off becomes dead letters. Raises DocumentRefused for an
    unknown segment, or when there are twenty hooks already.
    """
    if not name.strip() or len(name) > 80:
        raise DocumentRefused("a name has 1 to 80 letters")
    unknown = sorted(set(chosen) - {one.slug for one in segments.definitions(tx)})
    if unknown:
        raise DocumentRefused(f"there is no segment called {', '.join(unknown)}")
    if hooks.get(tx, hook) is None and len(hooks.hooks(tx)) >= MOST_HOOKS:
        raise DocumentRefused(f"{MOST_HOOKS} hooks are the most; remove one first")
    flags = {"email": email, "edits": edits, "leads": leads, "enabled": enabled}
    hooks.put(tx, hook, name.strip(), url, chosen, now, **flags)
    if not enabled:
        outbox.bury(tx, hook, "the hook was turned off", now)


def delete_hook(tx: Tx, shop: Shop, hook: str) -> bool:
    """Remove a hook and all that it was still to be told; False when there is none."""
    return hooks.delete(tx, hook)


def rotate_hook(tx: Tx, shop: Shop, hook: str, now: int) -> int:
    """Give a hook a new secret; which one it is. The old one signs too for a day.

    Raises NotFound.
    """
    turn = hooks.rotate(tx, hook, now)
    if turn is None:
        raise NotFound("there is no such hook")
    return turn


def replay_messages(tx: Tx, shop: Shop, hook: str, now: int, message: str | None = None) -> int:
    """Send dead letters of a hook again, all or one; how many.

    Raises NotFound, and DocumentRefused when the hook is off.
    """
    found = hooks.get(tx, hook)
    if found is None:
        raise NotFound("there is no such hook")
    if not found.enabled:
        raise DocumentRefused("this hook is off: turn it on first")
    return outbox.replay(tx, hook, now, message)
