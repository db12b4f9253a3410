"""How often may one network, and one shop's pages altogether, call in?

Token buckets in this process's memory: no address is written anywhere. Several workers allow
several times as much.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from plugin.errors import Busy
from plugin.shop import SECOND

NETWORK = (100, 1_000)  # requests a second, and at once after a pause
SHOP = (2_000, 10_000)
MOST_KEPT = 20_000


class TooMany(Busy):
    """Over the limit: the same call may be sent again after the wait (429)."""

    code = "rate_limited"
    status = 429


@dataclass
class Bucket:
    """What is left, as of a moment (Unix ms)."""

    tokens: float
    at: int


class Buckets:
    """A bucket for each key: filled at ``rate`` a second, holding ``burst`` at most."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._kept: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def take(self, key: str, now: int) -> float:
        """Take one token: 0 when there was one, else the seconds until there is."""
        with self._lock:
            bucket = self._kept.get(key)
            if bucket is None:
                self._make_room(now)
                bucket = self._kept[key] = Bucket(self.burst, now)
            passed = max(0, now - bucket.at) / SECOND
            bucket.tokens = min(self.burst, bucket.tokens + passed * self.rate)
            bucket.at = max(bucket.at, now)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0.0
            return (1 - bucket.tokens) / self.rate

    def _make_room(self, now: int) -> None:
        """Forget the full ones: a new bucket is as full as they are."""
        if len(self._kept) < MOST_KEPT:
            return
        filling = self.burst / self.rate * SECOND
        self._kept = {k: b for k, b in self._kept.items() if now - b.at < filling}
        while len(self._kept) >= MOST_KEPT:  # a flood of networks: the oldest go
            del self._kept[next(iter(self._kept))]


class Limits:
    """The buckets of networks and of shops."""

    def __init__(self) -> None:
        self._networks, self._shops = Buckets(*NETWORK), Buckets(*SHOP)

    def check(self, shop: str, network: str, now: int) -> None:
        """Count one request. Raises TooMany with the seconds to wait."""
        wait = self._networks.take(f"{shop} {network}", now) or self._shops.take(shop, now)
        if wait:
            trouble = TooMany("too many requests from here; slow down and send it again")
            trouble.retry_after_s = max(1, round(wait))
            raise trouble


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """The network that ``address`` is in (/24, /48), so that a neighbour's address is no new one.

    >>> network_of("203.0.113.9"), network_of("odd")
    ('203.0.113.0/24', '')
    """
    try:
        bits = 24 if ip_address(address).version == 4 else 48
        return str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        return ""
