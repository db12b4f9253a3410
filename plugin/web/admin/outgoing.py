"""Which addresses are told who enters and leaves a segment, and do they listen?"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from flask import make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, NotFound, PluginError
from plugin.shop import Shop
from plugin.storage import hooks, outbox, segments
from plugin.storage.hooks import Hook
from plugin.tasks.fetch import check_place
from plugin.tasks.outbox import TRIES, Post, hook_secret, ping, shown
from plugin.web.admin.words import short_id
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here

HOOK = re.compile(r"hook_[0-9a-f]{16}")
SHOWN = 50
TYPES = {
    "segment.entered": _l("entered"),
    "segment.left": _l("left"),
    "visitor.erased": _l("is to be forgotten"),
    "lead": _l("answered"),
}


@dataclass(frozen=True)
class Form:
    """What stands in the form: of a new hook, of one to change, or as it was sent."""

    hook: str
    name: str = ""
    url: str = ""
    segments: tuple[str, ...] = ()
    email: bool = False
    edits: bool = False
    leads: bool = False
    enabled: bool = True
    plain: bool = False  # http without s is meant


@dataclass(frozen=True)
class Fresh:
    """A secret just made, shown this once."""

    name: str
    secret: str


@dataclass(frozen=True)
class Pinged:
    """What a test brought."""

    name: str
    well: bool
    said: str


@framed
def outgoing() -> Any:
    """The hooks, the form for one more (``?edit=``: for a change), and what was told last."""
    return _page(form=_form_of(request.args.get("edit")))


@framed
def save() -> Any:
    """Keep a hook, new or changed; a new one's secret is shown on the page that comes back."""
    shop, form = shop_now(), _sent()
    old = _find(form.hook)
    try:
        _check(form, old)
        here().writer.do(
            shop.name,
            "put_hook",
            hook=form.hook,
            name=form.name,
            url=form.url,
            chosen=list(form.segments),
            now=here().now(),
            email=form.email,
            edits=form.edits,
            leads=form.leads,
            enabled=form.enabled,
        )
    except PluginError as trouble:
        return make_response(_page(form=form, trouble=trouble.message), 400)
    if old is not None:
        return redirect(link("outgoing"), 303)
    return _page(fresh=Fresh(form.name, _secret(shop, form.hook, 1)))


@framed
def rotate(hook: str) -> Any:
    """Make a new secret and show it; the old one signs too for a day."""
    shop, one = shop_now(), _one(hook)
    turn = here().writer.do(shop.name, "rotate_hook", hook=hook, now=here().now())
    return _page(fresh=Fresh(one.name, _secret(shop, hook, turn)))


@framed
def remove(hook: str) -> Any:
    """Remove a hook and what it was still to be told."""
    here().writer.do(shop_now().name, "delete_hook", hook=hook)
    return redirect(link("outgoing"), 303)


@framed
def test(hook: str) -> Any:
    """Send a ping, and show what the address answers."""
    shop, one = shop_now(), _one(hook)
    settings = here().house.settings
    post = Post(store_now(), shop, settings.secret_key, settings.fetch_private)
    try:
        answer = ping(post, one, here().now())
    except PluginError as trouble:
        return _page(pinged=Pinged(one.name, False, trouble.message))
    said = f"{answer.status} {shown(answer.body)} ({answer.took_ms} ms)"
    return _page(pinged=Pinged(one.name, 200 <= answer.status < 300, said))


@framed
def replay(hook: str) -> Any:
    """Send a hook's dead letters again, all or the one that is named."""
    message = request.form.get("message") or None
    words = {"hook": hook, "now": here().now(), "message": message}
    here().writer.do(shop_now().name, "replay_messages", **words)
    return redirect(link("outgoing"), 303)


def _page(
    form: Form | None = None,
    trouble: str | None = None,
    fresh: Fresh | None = None,
    pinged: Pinged | None = None,
) -> str:
    shop = shop_now()
    with store_now().read() as tx:
        found = hooks.hooks(tx)
        groups = segments.definitions(tx)
        counts = outbox.counts(tx)
        latest = outbox.latest(tx, SHOWN)
        dead = outbox.latest(tx, SHOWN, "dead")
    return page(
        "outgoing.html",
        found=found,
        groups=groups,
        names={one.slug: one.name for one in groups},
        counts=counts,
        latest=latest,
        dead=dead,
        form=form or Form(_new_id()),
        editing=form is not None and any(one.id == form.hook for one in found),
        trouble=trouble,
        fresh=fresh,
        pinged=pinged,
        sample=_sample(shop, groups),
        types=TYPES,
        tries=TRIES,
        short_id=short_id,
    )


def _sample(shop: Shop, groups: list[segments.Segment]) -> str:
    """What a receiver gets, with this shop's own words."""
    one = groups[0] if groups else None
    told = {
        "id": "msg_0123456789abcdef0123456789abcdef",
        "type": "segment.entered",
        "segment": {
            "slug": one.slug if one else "vip",
            "name": one.name if one else "VIP",
            "version": one.version if one else 1,
        },
        "visitor_id": "mina-0123456789abcdef",
        "customer_id": "1042",
        "due_at": here().now(),
        "noticed_at": here().now(),
        "cause": "event",
        "shop": shop.name,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _new_id() -> str:
    return f"hook_{secrets.token_hex(8)}"


def _form_of(hook: str | None) -> Form | None:
    one = _one(hook) if hook else None
    if one is None:
        return None
    plain = one.url.startswith("http:")
    flags = {name: getattr(one, name) for name in ("email", "edits", "leads", "enabled")}
    return Form(one.id, one.name, one.url, one.segments, **flags, plain=plain)


def _sent() -> Form:
    sent = request.form
    hook = sent.get("hook", "")
    return Form(
        hook if HOOK.fullmatch(hook) else _new_id(),
        sent.get("name", "").strip(),
        sent.get("url", "").strip(),
        tuple(sent.getlist("segments")),
        **{name: name in sent for name in ("email", "edits", "leads", "enabled", "plain")},
    )


def _check(form: Form, old: Hook | None) -> None:
    """Raises PluginError when the address is not one to tell anything to."""
    if not form.name:
        raise DocumentRefused(_("Give it a name."))
    if form.url.lower().startswith("http:") and not form.plain:
        raise DocumentRefused(
            _("Without https anybody on the way can read along. Use https, or tick the box below.")
        )
    if old is None or old.url != form.url or form.enabled:
        check_place(form.url, private=here().house.settings.fetch_private)


def _find(hook: str) -> Hook | None:
    with store_now().read() as tx:
        return hooks.get(tx, hook)


def _one(hook: str) -> Hook:
    found = _find(hook)
    if found is None:
        raise NotFound(_("There is no such address."))
    return found


def _secret(shop: Shop, hook: str, turn: int) -> str:
    return hook_secret(here().house.settings.secret_key, shop.name, hook, turn)
