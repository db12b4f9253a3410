"""What is a whole shop as one document, and what would another one change?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from plugin.errors import DocumentRefused
from plugin.serve.settings import read_settings

VERSION = 1  # of the document's form
CAMPAIGNS = {"popups": "popup", "windows": "window"}
NAMED = ("segments", *CAMPAIGNS)
KEYS = ("version", "currency", *NAMED, "settings")
SEGMENT_KEYS = ("slug", "name", "rule", "kind", "enabled")
SEGMENT_KINDS = ("rule", "static")
LONGEST_NAME = 200
MOST = 500  # of each kind
Whole = Mapping[str, Mapping[str, Any]]


def read_whole(raw: Mapping[str, Any], currency: str) -> dict[str, dict[str, Any]]:
    """The four parts of the document ``raw`` in the form in which ``GET /v1/config`` gives them.

    currency: the shop's. Rules, popups and windows are read where they are kept, as only those that
    change need to be. Raises DocumentRefused naming each place that is wrong.
    """
    unknown = sorted(set(raw) - set(KEYS))
    if unknown:
        raise DocumentRefused(f"unknown: {', '.join(unknown)}; a shop has {', '.join(KEYS)}")
    missing = [name for name in ("version", *NAMED, "settings") if name not in raw]
    if missing:
        raise DocumentRefused(f"missing: {', '.join(missing)}; what is empty is written as {{}}")
    if raw["version"] != VERSION or isinstance(raw["version"], bool):
        raise DocumentRefused(f"version: this installation reads {VERSION}")
    if raw.get("currency", currency) != currency:
        raise DocumentRefused(f"currency: amounts would be read in {currency}, the shop's own")
    for part in (*NAMED, "settings"):
        if not isinstance(raw[part], Mapping):
            raise DocumentRefused(f"{part}: must be an object, each under its name")
    found: dict[str, dict[str, Any]] = {}
    troubles = []
    for part in NAMED:
        if len(raw[part]) > MOST:
            raise DocumentRefused(f"{part}: at most {MOST}, please")
        found[part] = {}
        for slug, one in raw[part].items():
            try:
                found[part][slug] = _named(part, slug, one)
            except DocumentRefused as trouble:
                troubles.append(f"{part}.{slug}{trouble.message}")
    try:
        found["settings"] = read_settings(raw["settings"], currency)
    except DocumentRefused as trouble:
        troubles.append(trouble.message)
    if troubles:
        raise DocumentRefused("; ".join(troubles))
    return found


def _named(part: str, slug: str, one: object) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        raise DocumentRefused(": must be an object")
    if one.get("slug", slug) != slug:
        raise DocumentRefused(".slug: must be the name under which it stands")
    if not isinstance(one.get("enabled", True), bool):
        raise DocumentRefused(".enabled: must be true or false")
    read = {name: value for name, value in one.items() if name != "slug"}
    return {"enabled": True} | (_segment(slug, read) if part == "segments" else read)


def _segment(slug: str, read: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(read) - set(SEGMENT_KEYS))
    if unknown:
        raise DocumentRefused(f": unknown: {', '.join(unknown)}; known: {', '.join(SEGMENT_KEYS)}")
    name = read.get("name", slug)
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise DocumentRefused(f".name: must be a text of 1 to {LONGEST_NAME} letters")
    if read.get("kind", "rule") not in SEGMENT_KINDS:
        raise DocumentRefused(f".kind: must be {' or '.join(SEGMENT_KINDS)}")
    if "rule" not in read:
        raise DocumentRefused(".rule: is missing")
    return {"name": name, "kind": "rule"} | read


def changes(before: Whole, after: Whole) -> dict[str, Any]:
    """What putting ``after`` in the place of ``before`` changes, part by part.

    Of segments, popups and windows the names ``added`` and ``removed``, and ``changed``: by name
    the keys that differ; of settings the names of all three.
    """
    found: dict[str, Any] = {}
    for part in (*NAMED, "settings"):
        old, new = before[part], after[part]
        differ = sorted(n for n in old.keys() & new.keys() if text_of(old[n]) != text_of(new[n]))
        keys = {name: _keys(old[name], new[name]) for name in differ} if part in NAMED else differ
        found[part] = {
            "added": sorted(new.keys() - old.keys()),
            "changed": keys,
            "removed": sorted(old.keys() - new.keys()),
        }
    return found


def _keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Those that one of the two lacks, or that say something else."""
    texts = [{key: text_of(value) for key, value in one.items()} for one in (old, new)]
    return sorted({key for key, _ in texts[0].items() ^ texts[1].items()})


def any_change(found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether ``changes`` tells of any."""
    return any(any(ways.values()) for ways in found.values())


def text_of(document: object) -> bytes:
    """The one way to write a document, however its keys are ordered and its numbers written: 50 is
    50.0, as in JSON, and many programs write the one for the other.
    """
    return orjson.dumps(_plain(document), option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tag_of(whole: Whole) -> str:
    """What tells whether a shop is still as it was (its ETag): a hash of the four parts."""
    return hashlib.sha256(text_of(whole)).hexdigest()[:32]
