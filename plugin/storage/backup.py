"""How is everything copied to a folder while the shop goes on, and brought back?

SQLite only: on PostgreSQL the database's own tools do it. A copy of the bare files would miss what
stands in the write-ahead log, so the engine writes the copies itself.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from plugin.errors import NotYet, PluginError
from plugin.storage.house import House
from plugin.storage.sqlite import sqlite3

MANIFEST = "manifest.json"
COPY = "vacuum into ?"
CHECK = "pragma integrity_check"


def backup(house: House, folder: Path) -> list[str]:
    """Copy every store and the secret into ``folder``; the names of the files.

    Raises PluginError when the folder holds something, NotYet on PostgreSQL.
    """
    if house.settings.on_postgres:
        raise NotYet("back up the database with pg_dump, and keep the data folder's secret.key")
    if folder.exists() and any(folder.iterdir()):
        raise PluginError(f"{folder} is not empty: name a new folder")
    (folder / "shops").mkdir(parents=True, exist_ok=True, mode=0o700)
    names = ["control.db", *(f"shops/{name}.db" for name in house.shops())]
    for name in house.shops():
        house.store(name)
    for name in names:
        _copy(house.settings.data / name, folder / name)
    _keep_secret(house.settings.data, folder)
    manifest = {name: _digest(folder / name) for name in names}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return names


def restore(folder: Path, data: Path) -> list[str]:
    """Bring a backup into the empty data folder; the names of the files.

    Raises PluginError when the backup is damaged or the data folder is in use.
    """
    if not (folder / MANIFEST).is_file():
        raise PluginError(f"{folder} holds no backup (no {MANIFEST})")
    if (data / "control.db").exists():
        raise PluginError(f"{data} holds shops already: name an empty folder in REGULARS_DATA")
    manifest: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name, digest in manifest.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise PluginError(f"{name} in the backup is damaged: use an older backup")
    (data / "shops").mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in manifest:
        shutil.copyfile(folder / name, data / name)
        (data / name).chmod(0o600)
    _keep_secret(folder, data)
    return list(manifest)


def _copy(source: Path, target: Path) -> None:
    connection = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        connection.execute(COPY, (str(target),))
    finally:
        connection.close()
    target.chmod(0o600)
    copied = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
    try:
        verdict = copied.execute(CHECK).fetchone()[0]
    finally:
        copied.close()
    if verdict != "ok":
        raise PluginError(f"the copy of {source.name} is damaged ({verdict}): check the disk")


def _keep_secret(source: Path, target: Path) -> None:
    if (source / "secret.key").is_file():
        shutil.copyfile(source / "secret.key", target / "secret.key")
        (target / "secret.key").chmod(0o600)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
