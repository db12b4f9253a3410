"""Are these the answers that a popup's form and questions asked for?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from plugin.collect.event import Scalar
from plugin.errors import DocumentRefused
from plugin.serve.language import Texts
from plugin.serve.retain.popup import Popup

LONGEST = 1_024
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def read_answers(popup: Popup, fields: Mapping[str, Any]) -> dict[str, Scalar]:
    """The answers by the names of the fields; several chosen options are joined by ", ".

    Raises DocumentRefused naming the field: not asked for, required, or not of its kind.
    """
    asked = dict(_asked(popup))
    unknown = sorted(set(fields) - set(asked))
    if unknown:
        raise DocumentRefused(f"not asked for: {', '.join(name[:40] for name in unknown)}")
    given = {name: _read(name, fields.get(name), what) for name, what in asked.items()}
    found = {name: answer for name, answer in given.items() if answer != ""}
    if not found:
        raise DocumentRefused("no field was filled in")
    return found


def _asked(popup: Popup) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field and question of every variant, by name."""
    for variant in popup.variants:
        for block in variant.blocks:
            if block["type"] == "form":
                yield from ((field["name"], field) for field in block["fields"])
            elif block["type"] == "question":
                yield block["name"], block


def _read(name: str, value: Any, what: Mapping[str, Any]) -> Scalar:
    if isinstance(value, list) and what.get("choice") == "multi":
        value = ", ".join(str(one) for one in value)
    if value is None or value == "":
        if what.get("required"):
            raise DocumentRefused(f"{name} is required")
        return ""
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if not isinstance(value, str) or len(value) > LONGEST:
        raise DocumentRefused(f"{name} must be a text of at most {LONGEST} letters")
    text = _CONTROLS.sub("", value).strip()
    if what.get("input") == "email" and not _EMAIL.fullmatch(text):
        raise DocumentRefused(f"{name} must be an e-mail address")
    if what.get("input") == "select" and text not in set(_options(what["options"])):
        raise DocumentRefused(f"{name} must be one of its options")
    return text


def _options(options: list[Texts]) -> Iterator[str]:
    """Every option in every language: the shopper chose it as it was shown."""
    for option in options:
        if isinstance(option, Mapping):
            yield from option.values()
        else:
            yield option
