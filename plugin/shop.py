"""What is one shop: its keys, its money, its days and its manners."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HALF_MINUTE = MINUTE // 2

# ISO 4217 currencies whose minor unit is not a hundredth (ISO 4217 list one, amendment 179).
_EXPONENTS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


def exponent(currency: str) -> int:
    """Digits after the decimal point in ``currency`` (ISO 4217 code, upper case): 0, 2 or 3."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal | int | float | str, currency: str) -> int:
    """``amount`` in major units as an integer of minor units, half to even.

    >>> to_minor("12.50", "EUR"), to_minor(12000, "KRW")
    (1250, 12000)
    """
    scaled = Decimal(str(amount)).scaleb(exponent(currency))
    return int(scaled.to_integral_value(rounding=ROUND_HALF_EVEN))


def to_major(minor: int, currency: str) -> float | int:
    """Minor units as a number in major units: an int where the currency has no minor unit.

    >>> to_major(1250, "EUR"), to_major(12000, "KRW")
    (12.5, 12000)
    """
    digits = exponent(currency)
    return minor if digits == 0 else minor / 10**digits


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(at: int, zone: str) -> int:
    """The calendar day of ``at`` (Unix ms) in ``zone``: days since 1970-01-01, as a number."""
    return _day_of(at // HALF_MINUTE, zone)


@lru_cache(maxsize=10_000)  # events of one moment come together
def _day_of(half_minutes: int, zone: str) -> int:
    # No zone's offset has a finer part than half a minute since 1970 (Liberia's had, until 1972).
    seconds = half_minutes * HALF_MINUTE // SECOND
    return datetime.fromtimestamp(seconds, _zone(zone)).toordinal() - 719_163


def local_time(at: int, zone: str) -> datetime:
    """``at`` (Unix ms) as a date and time with the offset of ``zone``."""
    return datetime.fromtimestamp(at / 1000, timezone.utc).astimezone(_zone(zone))


def day_start(day: int, zone: str) -> int:
    """The first moment (Unix ms) of a calendar day in ``zone``; ``day``: days since 1970-01-01."""
    return at_local(day, 0, zone)


@lru_cache(maxsize=10_000)
def at_local(day: int, ms: int, zone: str) -> int:
    """The moment (Unix ms) at which the clocks of ``zone`` show ``ms`` after midnight of ``day``.

    A time that they show twice is the first of them; of one that they leap over, as much later.
    """
    wall = datetime.fromordinal(day + 719_163) + timedelta(milliseconds=ms)
    return (wall.replace(tzinfo=_zone(zone)) - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Manners:
    """What the owner said of the shop that rules ask for; None or empty: it was not said.

    ``home_country``: two letters. ``free_shipping``: what a cart must be worth to be delivered for
    nothing, minor units, more than 0.
    """

    home_country: str | None = None
    store_cities: tuple[str, ...] = ()
    slow_regions: tuple[str, ...] = ()
    free_shipping: int | None = None


@dataclass(frozen=True)
class Shop:
    """One tenant. ``settings``: the owner's further choices, by the names of docs/settings.md."""

    name: str
    public_key: str
    currency: str = "USD"
    timezone: str = "UTC"
    consent: str = "granted"  # or "required": then an absent consent counts as denied
    origins: tuple[str, ...] = ()  # empty: any origin may call
    created_at: int = 0
    settings: dict[str, object] = field(default_factory=dict)

    def day(self, at: int) -> int:
        """The shop's own calendar day of ``at`` (Unix ms), days since 1970-01-01."""
        return local_day(at, self.timezone)

    def major(self, minor: int) -> float | int:
        """An amount of this shop's currency in major units."""
        return to_major(minor, self.currency)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts that the owner listed in the setting ``name``; empty when it is no list."""
        found = self.settings.get(name)
        return tuple(map(str, found)) if isinstance(found, list) else ()

    def tag(self, origin: str) -> str:
        """What the owner pastes into every page; ``origin``: where this installation answers."""
        waits = ' data-consent="pending"' if self.consent == "required" else ""
        return f'<script async src="{origin}/s.js" data-key="{self.public_key}"{waits}></script>'

    @cached_property
    def manners(self) -> Manners:
        """What the owner said of the shop, as rules ask it."""
        home = self.settings.get("home_country")
        return Manners(
            home if isinstance(home, str) and home else None,
            self.texts("store_cities"),
            self.texts("slow_regions"),
            self._amount("free_shipping_from"),
        )

    @cached_property
    def never_shown(self) -> frozenset[str]:
        """The products that no window shows; what people do with them still counts."""
        return frozenset(self.texts("never_shown"))

    @cached_property
    def reads_as(self) -> str:
        """A word that shops share for which every rule means the same; made once, as it is asked
        for each rule of each visitor.
        """
        return repr((self.currency, self.timezone, self.manners))

    def _amount(self, name: str) -> int | None:
        """An amount among the settings (major units) in minor units; None: none above 0."""
        found = self.settings.get(name)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            return None
        minor = to_minor(found, self.currency)
        return minor if minor > 0 else None

    @property
    def control_share(self) -> float | None:
        """The control share of campaigns that name none; None: the contract's own (0.5, 0.1)."""
        share = self.settings.get("control_share")
        return float(share) if isinstance(share, (int, float)) else None
