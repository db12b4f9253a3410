"""Which coupon pools are there, what became of their codes, and how does the owner add more?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plugin.errors import DocumentRefused, PluginError
from plugin.serve.audience import line
from plugin.serve.retain.coupon import (
    IMPORTED,
    KINDS,
    MINTED,
    TEXT,
    Discount,
    Pool,
    csv_codes,
    read_pool,
    words,
)
from plugin.shop import Shop, local_time
from plugin.storage import campaigns, coupons, redemptions
from plugin.storage.engine import Row, Store
from plugin.web.coupons_api import keep_codes, mint_codes, pool_row, with_figures
from plugin.web.definitions import check_slug
from plugin.web.frame import framed, link, page, shop_now, store_now
from plugin.web.here import here
from plugin.web.language import language_now
from plugin.web.shop_settings import keep

KIND_NAMES = {
    TEXT: _l("One code for everybody"),
    IMPORTED: _l("Codes from your shop system"),
    MINTED: _l("Codes made here"),
}
TAKES_OFF = {
    "percent": _l("Per cent of the order"),
    "amount": _l("An amount"),
    "free_shipping": _l("The delivery"),
}
MARK = "\ufeff"  # spreadsheets know UTF-8 by it
AT_ONCE = 1_000
LARGEST = 4 * 1024 * 1024  # letters of an import
HEADER = ("code", "discount", "state", "given_at", "expires_at", "popup", "order")
FIELDS = (
    "slug", "name", "kind", "takes_off", "off", "most", "code", "prefix", "after", "at",
    "codes", "money", "per_network",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A pool as it stands on the page; ``broken``: why its document cannot be read."""

    row: dict[str, Any]
    pool: Pool | None
    says: str
    popups: tuple[str, ...]
    broken: str | None = None


@framed
def coupon_list() -> Any:
    """Every pool with its figures, codes that are none of ours, and the form for one more."""
    return _page(_form_of(request.args.get("edit")))


@framed
def save() -> Any:
    """Keep a pool, new or changed."""
    shop, form = shop_now(), {key: request.form.get(key, "").strip() for key in FIELDS}
    form["old"] = request.form.get("old", "")
    form["enabled"] = "1" if "enabled" in request.form else ""
    try:
        check_slug(form["slug"])
        _not_another(form)
        document = _document(form, _saved(form["old"]))
        here().writer.do(shop.name, "put_pool", slug=form["slug"], body=document, now=here().now())
    except PluginError as trouble:
        return make_response(_page(form, trouble=trouble.message), 400)
    return redirect(link("coupons") + f"#{form['slug']}", 303)


@framed
def more(slug: str) -> Any:
    """Put codes into a pool: as many new ones as asked for, or those of a file or a text."""
    shop = shop_now()
    pool_row(shop, slug)
    try:
        if "mint" in request.form:
            told = mint_codes(shop, slug, _whole(request.form["mint"]))
        else:
            told = keep_codes(shop, slug, _codes_sent())
    except PluginError as trouble:
        return make_response(_page(None, trouble=trouble.message, at=slug), 400)
    return _page(None, told={"slug": slug, **told})


@framed
def remove(slug: str) -> Any:
    """Remove a pool and its codes."""
    here().writer.do(shop_now().name, "delete_pool", slug=slug)
    return redirect(link("coupons"), 303)


@framed
def value() -> Any:
    """Keep whether orders tell their value as it was before the discount."""
    keep(here().house, shop_now(), value_before_discount="before" in request.form)
    return redirect(link("coupons") + "#value-title", 303)


@framed
def codes_csv(slug: str) -> Any:
    """A pool's codes as CSV for the shop's own system, written as it is read; ``?state=`` of one
    state alone.
    """
    shop, store = shop_now(), store_now()
    row, state = pool_row(shop, slug), request.args.get("state")
    pool = read_pool(slug, row["body"], shop)
    answer = Response(_chunks(store, shop, pool, state), mimetype="text/csv")
    name = f"{shop.name}-coupons-{slug}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(
    form: dict[str, str] | None,
    trouble: str | None = None,
    told: dict[str, Any] | None = None,
    at: str | None = None,
) -> str:
    shop = shop_now()
    with store_now().read() as tx:
        rows = with_figures(tx, coupons.all(tx), shop)
        users = {row["slug"]: row["body"].get("coupon_pool") for row in campaigns.all(tx, "popup")}
        unknown = redemptions.unknown(tx)
    return page(
        "coupons.html",
        found=[_card(row, users, shop) for row in rows],
        unknown=unknown,
        form=form or {"kind": MINTED, "takes_off": "percent", "enabled": "1", "per_network": "20"},
        trouble=trouble,
        told=told,
        at=at,
        kinds=KIND_NAMES,
        takes_off=TAKES_OFF,
        text_kind=TEXT,
        minted_kind=MINTED,
    )


def _card(row: dict[str, Any], users: dict[str, Any], shop: Shop) -> Card:
    popups = tuple(popup for popup, pool in sorted(users.items()) if pool == row["slug"])
    try:
        pool = read_pool(row["slug"], row["body"], shop)
    except PluginError as trouble:
        return Card(row, None, "", popups, trouble.message)
    return Card(row, pool, words(pool, language_now(), shop), popups)


def _saved(slug: str) -> dict[str, Any]:
    """The document that is there; what the form has no field for stays as it is."""
    with store_now().read() as tx:
        row = coupons.get(tx, slug) if slug else None
    return dict(row["body"]) if row is not None else {}


def _not_another(form: dict[str, str]) -> None:
    """Raises DocumentRefused when a new pool would take the place of one that is there."""
    if form["slug"] == form["old"]:
        return
    if form["old"]:
        raise DocumentRefused(_("The short name of a pool stays as it is."))
    with store_now().read() as tx:
        if coupons.get(tx, form["slug"]) is not None:
            raise DocumentRefused(_("There is a pool of this short name already."))


def _document(form: dict[str, str], saved: dict[str, Any]) -> dict[str, Any]:
    """The document that the form says."""
    kind = form["kind"] if form["kind"] in KINDS else ""
    takes = form["takes_off"]
    discount: dict[str, Any] = {takes: True if takes == "free_shipping" else _number(form["off"])}
    if form["most"] and takes != "amount":
        discount["most"] = _number(form["most"])
    expires = {key: form[key] for key in ("after", "at") if form[key]}
    budget = {key: _number(form[key]) for key in ("codes", "money") if form[key]}
    document = {
        **saved,
        "slug": form["slug"],
        "name": form["name"] or form["slug"],
        "kind": kind,
        "discount": discount,
        "expires": expires or None,
        "budget": budget or None,
        "code": form["code"] if kind == TEXT else None,
        "prefix": (form["prefix"] or None) if kind == MINTED else None,
        "per_network": _whole(form["per_network"]) if form["per_network"] else None,
        "enabled": bool(form["enabled"]),
    }
    return {key: value for key, value in document.items() if value is not None}


def _form_of(slug: str | None) -> dict[str, str] | None:
    """What stands in the form of a pool to change."""
    if not slug:
        return None
    body = pool_row(shop_now(), slug)["body"]
    discount: dict[str, Any] = body.get("discount") or {}
    takes = next((key for key in TAKES_OFF if discount.get(key) is not None), "percent")
    off = discount.get(takes)
    parts = {**(body.get("expires") or {}), **(body.get("budget") or {})}
    known = {**body, **parts, "most": discount.get("most"), "off": None if off is True else off}
    form = {key: str(known[key]) for key in FIELDS if known.get(key) is not None}
    return {
        **form,
        "slug": slug,
        "old": slug,
        "takes_off": takes,
        "enabled": "1" if body.get("enabled", True) else "",
    }


def _number(text: str) -> float | int:
    """Raises DocumentRefused unless ``text`` is a number, as 10, 12.5 or 50,000."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        raise DocumentRefused(_("%(text)s is no number.", text=text[:40] or "?")) from None
    return int(number) if number.is_integer() else number


def _whole(text: str) -> int:
    number = _number(text)
    if not isinstance(number, int):
        raise DocumentRefused(_("%(text)s is no whole number.", text=text[:40]))
    return number


def _codes_sent() -> list[str]:
    """The codes of the file that was sent, else of the text."""
    file = request.files.get("file")
    raw = file.read(LARGEST + 1) if file is not None and file.filename else b""
    text = raw.decode("utf-8-sig", "replace") if raw else request.form.get("codes", "")
    if len(text) > LARGEST:
        raise DocumentRefused(_("This is too much at once: send it in parts of 4 MB."))
    try:
        dialect = ";" if text[:2_000].count(";") > text[:2_000].count(",") else ","
        found = csv_codes(csv.reader(io.StringIO(text), delimiter=dialect))
    except csv.Error:
        raise DocumentRefused(_("This is no list of codes: write one a line.")) from None
    if not found:
        raise DocumentRefused(_("There is no code in it: write one a line."))
    return found


def _chunks(store: Store, shop: Shop, pool: Pool, state: str | None) -> Iterator[str]:
    """The file, a thousand codes at a time."""
    yield MARK + line(HEADER, quoted=True)
    after, off = 0, _off(pool.discount, shop)
    while True:
        with store.read() as tx:
            rows = coupons.codes(tx, pool.slug, AT_ONCE, after)
        wanted = (row for row in rows if state is None or row["state"] == state)
        yield "".join(_line(row, pool, off, shop) for row in wanted)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["seq"]


def _line(row: Row, pool: Pool, off: str, shop: Shop) -> str:
    ends = row["expires_at"] if row["given_at"] is not None else pool.until
    moments = (_moment(row["given_at"], shop), _moment(ends, shop))
    cells = (row["code"], off, row["state"], *moments, row["popup"], row["transaction_id"])
    return line(cells, quoted=True)


def _off(discount: Discount, shop: Shop) -> str:
    """What a code takes off, as a program reads it."""
    if discount.percent is not None:
        return f"{discount.percent:g}%"
    if discount.amount is not None:
        return f"{shop.major(discount.amount)} {shop.currency}"
    return "free_shipping"


def _moment(at: int | None, shop: Shop) -> str | None:
    return None if at is None else local_time(at, shop.timezone).isoformat(timespec="seconds")
