"""Which shops and owners does this installation have, and which keys open them?"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.shop import Shop
from plugin.storage.engine import Row, Tx

SHOPS = "select * from shops order by name"
SECRETS = "select name, secret_hash from shops"
ADD_SHOP = """
insert into shops (name, public_key, secret_hash, currency, timezone, consent, origins, settings,
                   created_at)
values (:name, :public_key, :secret_hash, :currency, :timezone, :consent, :origins, :settings,
        :created_at)
"""
REMOVE_SHOP = "delete from shops where name = :name"
ROTATE = "update shops set secret_hash = :secret_hash, public_key = :public_key where name = :name"
SETTINGS = "update shops set settings = :settings where name = :name"
GENERATION = "select value from facts where name = 'generation'"
BUMP = """
update facts set value = cast(cast(value as {int}) + 1 as text) where name = 'generation'
"""
OWNER = "select * from owners where email = :email"
OWNERS = "select email, created_at from owners order by email"
PUT_OWNER = """
insert into owners (email, password_hash, created_at) values (:email, :password_hash, :now)
on conflict (email) do update set password_hash = excluded.password_hash
"""


@dataclass(frozen=True)
class Keys:
    """The two keys of a shop. The secret one is shown once: only its hash is kept."""

    public: str
    secret: str


def new_keys(public: str | None = None) -> Keys:
    """A fresh pair; ``public`` keeps a given public key."""
    return Keys(public or f"pk_{secrets.token_hex(12)}", f"sk_{secrets.token_hex(24)}")


def secret_hash(secret: str) -> str:
    """What is kept of a secret key: it has 192 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def generation(tx: Tx) -> int:
    """Rises with every change of shops or keys; workers compare it on each request."""
    return int(tx.value(GENERATION))


def shops(tx: Tx) -> list[Shop]:
    """Every shop, by name."""
    return [_shop(row) for row in tx.all(SHOPS)]


def shop_by_secret(tx: Tx) -> dict[str, str]:
    """Secret hash to shop name, for all shops."""
    return {row["secret_hash"]: row["name"] for row in tx.all(SECRETS)}


def add_shop(tx: Tx, shop: Shop, keys: Keys) -> None:
    """Keep a new shop; its name and public key must be free (the caller has looked)."""
    tx.run(
        ADD_SHOP,
        name=shop.name,
        public_key=keys.public,
        secret_hash=secret_hash(keys.secret),
        currency=shop.currency,
        timezone=shop.timezone,
        consent=shop.consent,
        origins=_json(shop.origins),
        settings=_json(shop.settings),
        created_at=shop.created_at,
    )
    tx.run(BUMP)


def remove_shop(tx: Tx, name: str) -> None:
    """Forget the shop's keys; its data is the caller's to remove."""
    tx.run(REMOVE_SHOP, name=name)
    tx.run(BUMP)


def rotate_keys(tx: Tx, name: str, keys: Keys) -> None:
    """From now on only ``keys`` open the shop."""
    tx.run(ROTATE, name=name, public_key=keys.public, secret_hash=secret_hash(keys.secret))
    tx.run(BUMP)


def bump_generation(tx: Tx) -> None:
    """Tell every process that what it keeps of shops and keys is old."""
    tx.run(BUMP)


def keep_settings(tx: Tx, name: str, settings: dict[str, object]) -> None:
    """Replace the shop's further settings."""
    tx.run(SETTINGS, name=name, settings=_json(settings))
    tx.run(BUMP)


def owner(tx: Tx, email: str) -> Row | None:
    """The owner with this e-mail: email, password_hash, created_at; or None."""
    return tx.one(OWNER, email=email.strip().lower())


def owners(tx: Tx) -> Sequence[Row]:
    """Every owner's email and created_at."""
    return tx.all(OWNERS)


def put_owner(tx: Tx, email: str, password_hash: str, now: int) -> None:
    """Keep an owner, or a new password of one."""
    tx.run(PUT_OWNER, email=email.strip().lower(), password_hash=password_hash, now=now)


def _shop(row: Row) -> Shop:
    return Shop(
        name=row["name"],
        public_key=row["public_key"],
        currency=row["currency"],
        timezone=row["timezone"],
        consent=row["consent"],
        origins=tuple(orjson.loads(row["origins"])),
        created_at=row["created_at"],
        settings=orjson.loads(row["settings"]),
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
