"""How does a model's file get into its place, to other machines, and away again?

A file is whole or not there: it is written under another name, flushed, and then renamed. On
PostgreSQL its bytes are rows too, and each machine fetches them when it first needs them.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plugin.errors import PluginError
from plugin.serve.recommend.arrays import Arrays, Broken
from plugin.serve.recommend.build import FORM
from plugin.storage.engine import Store, Tx

ENDING = ".model"
HALF = ".half"  # of a file that is still being written
LOCK = "build.lock"
PART = 1_000_000  # bytes in a row

KEEP_PART = """
insert into model_parts (generation, part, bytes) values (:generation, :part, :bytes)
"""
READ_PART = "select bytes from model_parts where generation = :generation and part = :part"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one of this machine who builds. Raises PluginError when somebody else does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise PluginError("this shop's model is just being built: wait a minute") from None
    finally:
        os.close(handle)


def place(folder: Path, generation: int) -> Path:
    """Where a generation's file lies."""
    return folder / f"{generation}{ENDING}"


def write(folder: Path, generation: int, parts: Iterable[bytes]) -> int:
    """Put a generation's file in its place, whole and on disk; its size in bytes.

    What a death on the way leaves half written has another name, and is swept away later.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = folder / f"{generation}-{os.getpid()}{HALF}"
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    half.replace(place(folder, generation))
    _flush(folder)
    return size


def read(folder: Path, generation: int) -> Arrays:
    """A generation's arrays, where they lie in its file. Raises OSError, Broken."""
    with place(folder, generation).open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise Broken("the model is empty: build it again with `regulars train`")
        arrays = Arrays(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    if arrays.meta.get("form") != FORM:
        raise Broken("the model is of another version: build it again with `regulars train`")
    return arrays


def send(store: Store, generation: int) -> None:
    """On PostgreSQL: keep a file's bytes in the database, where other machines find them."""
    if store.dialect != "postgresql" or store.models is None:
        return
    with place(store.models, generation).open("rb") as file:
        number = 0
        while part := file.read(PART):
            with store.write() as tx:
                tx.run(KEEP_PART, generation=generation, part=number, bytes=part)
            number += 1


def fetch(tx: Tx, folder: Path, generation: int) -> None:
    """Write a generation's file from the bytes in the database. Raises OSError, Broken."""
    if tx.value(READ_PART, generation=generation, part=0) is None:
        raise Broken("the database holds no such model")
    write(folder, generation, _sent(tx, generation))
    sweep(folder, generation)


def is_whole(store: Store, generation: int) -> bool:
    """Whether a generation can be read here; on PostgreSQL a missing file will be fetched."""
    if store.models is None:
        return False
    try:
        read(store.models, generation)
    except FileNotFoundError:
        return store.dialect == "postgresql"
    except (OSError, Broken):
        return False
    return True


def sweep(folder: Path, good: int) -> None:
    """Remove the files older than generation ``good``, and what is half written of it.

    Whoever maps one keeps its bytes.
    """
    for path in folder.glob("[0-9]*"):
        number, half = path.stem.partition("-")[0], path.suffix == HALF
        if number.isdigit() and (int(number) < good or (half and int(number) == good)):
            path.unlink(missing_ok=True)


def _sent(tx: Tx, generation: int) -> Iterator[bytes]:
    number = 0
    while (part := tx.value(READ_PART, generation=generation, part=number)) is not None:
        yield bytes(part)
        number += 1


def _flush(folder: Path) -> None:
    """A name is on disk once its folder is."""
    with suppress(OSError):  # not every file system takes it
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
