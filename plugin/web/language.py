"""In which language, time zone and money does an owner read the pages?"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from flask import Flask, g, request, session
from flask_babel import (
    Babel,
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    gettext,
)

from plugin.shop import DAY, HOUR, MINUTE, Shop, exponent, local_time
from plugin.web.here import here

LANGUAGES = {"en": "English", "ko": "한국어", "ja": "日本語"}
FOLDER = Path(__file__).resolve().parent / "translations"
EPOCH = date(1970, 1, 1)


def init_language(app: Flask) -> None:
    """Let templates translate and write money, numbers and times."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.filters.update(
        money=money, major=major_money, number=number, percent=percent, change=change, ago=ago,
        moment=moment, clock=clock, day=day_name, short_day=short_day, span=span,
        exact_span=exact_span,
    )  # fmt: skip


def chosen_language() -> str:
    """The owner's choice (``?lang=``, kept in the session), else what the browser prefers."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session["lang"] = asked
        return asked
    kept = session.get("lang")
    if kept in LANGUAGES:
        return str(kept)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def the_shop() -> Shop:
    """The shop of the page being written."""
    shop = g.get("shop")
    return shop if isinstance(shop, Shop) else Shop("", "")


def money(minor: int, currency: str | None = None) -> str:
    """Minor units as an amount in the reader's language; absent currency: the shop's."""
    code = currency or the_shop().currency
    return str(format_currency(Decimal(minor).scaleb(-exponent(code)), code))


def major_money(amount: float) -> str:
    """Major units of the shop's currency, as ``money``."""
    return str(format_currency(Decimal(str(amount)), the_shop().currency))


def whole_money(minor: float) -> str:
    """As ``money`` of the shop's currency without its minor units, for the axis of a chart."""
    code = the_shop().currency
    amount = Decimal(round(minor)).scaleb(-exponent(code))
    if amount != amount.to_integral_value():
        return money(round(minor))
    return str(format_currency(amount, code, format="¤#,##0", currency_digits=False))


def number(value: float) -> str:
    """A number in the reader's language, with one decimal where it has a fraction."""
    return str(format_decimal(round(value, 1)))


def percent(share: float | None) -> str:
    """A share (0 to 1) with one decimal; a dash for None."""
    return "\u2013" if share is None else str(format_percent(share, "#,##0.0%"))


def change(share: float) -> str:
    """How much more or less, signed and whole: "+12%"."""
    sign = "+" if share > 0 else "\u2212" if share < 0 else "±"
    return sign + str(format_percent(abs(share), "#,##0%"))


def ago(at: int) -> str:
    """How long ago ``at`` (Unix ms) was: "2 minutes ago"."""
    past = here().now() - at
    if abs(past) < MINUTE:
        return str(gettext("just now"))
    # A whole count: Babel rounds 50 minutes to an hour otherwise.
    return str(format_timedelta(timedelta(milliseconds=-past), add_direction=True, threshold=1.2))


def span(ms: int) -> str:
    """How long: "30 minutes"; below a second in ms."""
    if ms < 1_000:
        return f"{ms} ms"
    return str(format_timedelta(timedelta(milliseconds=ms), threshold=1.2))


def exact_span(ms: int) -> str:
    """How long, without rounding: "45 days", where ``span`` would say 2 months."""
    units = (("day", DAY), ("hour", HOUR), ("minute", MINUTE))
    unit = next((name for name, size in units if ms % size == 0), "second")
    # No count reaches the threshold, so Babel stays with the unit it is given.
    return str(format_timedelta(timedelta(milliseconds=ms), granularity=unit, threshold=1e9))


def moment(at: int) -> str:
    """Date and time of ``at`` (Unix ms) in the shop's time zone."""
    return str(format_datetime(_local(at), "medium", rebase=False))


def clock(at: int) -> str:
    """The time of day of ``at`` (Unix ms) in the shop's time zone."""
    return str(format_datetime(_local(at), "HH:mm", rebase=False))


def day_name(day: int) -> str:
    """A calendar day (days since 1970): weekday and date; today and yesterday by name."""
    today = the_shop().day(here().now())
    if day == today:
        return str(gettext("Today"))
    if day == today - 1:
        return str(gettext("Yesterday"))
    return str(format_date(EPOCH + timedelta(days=day), "full", rebase=False))


def short_day(day: int) -> str:
    """A calendar day (days since 1970) in few letters: "3 Nov"."""
    return str(format_date(EPOCH + timedelta(days=day), _short_pattern(), rebase=False))


def start_of_day(day: int, shop: Shop) -> int:
    """Unix ms at which the shop's calendar day ``day`` begins."""
    guess = day * DAY
    offset = local_time(guess, shop.timezone).utcoffset() or timedelta()
    return guess - round(offset.total_seconds() * 1000)


def iso(at: int) -> str:
    """``at`` (Unix ms) for a ``datetime`` attribute."""
    return datetime.fromtimestamp(at / 1000, timezone.utc).isoformat()


def language_now() -> str:
    """The language of the page being written: en, ko or ja."""
    return str(get_locale() or "en")[:2]


def _short_pattern() -> str:
    return {"ko": "M월 d일", "ja": "M月d日"}.get(language_now(), "d MMM")


def _local(at: int) -> datetime:
    return local_time(at, the_shop().timezone)
