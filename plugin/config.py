"""Which settings does this installation run with, and where do they come from?

The environment first, then the optional file named by ``REGULARS_CONFIG`` (lines ``NAME=value``),
then the defaults of docs/settings.md.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plugin.errors import PluginError


@dataclass(frozen=True)
class Settings:
    """Everything the processes of one installation agree on."""

    data: Path
    database_url: str | None  # None: SQLite inside the data folder
    secret_key: str
    rate_limit: bool = True
    tick_seconds: int = 60
    trusted_proxies: int = 0
    fetch_private: bool = False  # outgoing calls may go into the owner's own network

    @property
    def on_postgres(self) -> bool:
        """Whether stores are PostgreSQL schemas rather than SQLite files."""
        return self.database_url is not None


def static_dir() -> Path:
    """Folder of the browser files: inside the package once installed, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    inside = here / "static"
    return inside if inside.is_dir() else here.parent / "static"


def load_settings(
    environ: Mapping[str, str] | None = None, *, data: Path | None = None
) -> Settings:
    """The settings in force; makes the data folder and its secret key (mode 0600) on first use.

    ``data`` wins over ``REGULARS_DATA``. Raises PluginError naming the setting that is wrong.
    """
    env = dict(_from_file(environ if environ is not None else os.environ))
    folder = data if data is not None else Path(env.get("REGULARS_DATA", "./data"))
    folder = folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Settings(
        data=folder,
        database_url=_database_url(env.get("REGULARS_DATABASE_URL", "")),
        secret_key=env.get("REGULARS_SECRET_KEY") or _kept_secret(folder / "secret.key"),
        rate_limit=env.get("REGULARS_RATE_LIMIT", "on").lower() not in ("off", "0", "false", "no"),
        tick_seconds=_whole(env, "REGULARS_TICK_SECONDS", 60, lowest=1),
        trusted_proxies=_whole(env, "REGULARS_TRUSTED_PROXIES", 0, lowest=0),
        fetch_private=env.get("REGULARS_FETCH_PRIVATE", "").lower() in ("on", "1", "true", "yes"),
    )


def _from_file(env: Mapping[str, str]) -> Mapping[str, str]:
    name = env.get("REGULARS_CONFIG")
    if not name:
        return env
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except OSError as trouble:
        raise PluginError(
            f"REGULARS_CONFIG names {name}, which cannot be read: {trouble}"
        ) from None
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs} | dict(env)


def _database_url(url: str) -> str | None:
    if url in ("", "sqlite"):
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise PluginError("REGULARS_DATABASE_URL must begin with postgresql:// (or be left out)")
    return url


def _whole(env: Mapping[str, str], name: str, default: int, *, lowest: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit() or int(text) < lowest:
        raise PluginError(f"{name} must be a whole number of at least {lowest}, not {text!r}")
    return int(text)


def _kept_secret(path: Path) -> str:
    """The secret in ``path``; made there once, by whichever process comes first."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    made = secrets.token_hex(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made)
    return made
