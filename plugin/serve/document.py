"""How is a document of the owner's read, and how is he told what is wrong with it?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from plugin.errors import DocumentRefused, PluginError, RuleRefused
from plugin.segment.rule import Rule, read_rule
from plugin.serve.language import Texts

LONGEST_TEXT = 2_000
LONGEST_LIST = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Document:
    """One object of a document. Each method reads a key and refuses what it cannot mean.

    ``where`` is its place, for the texts of refusals. A key that is null counts as absent.
    """

    def __init__(self, raw: object, where: str, known: Iterable[str]) -> None:
        self.where = where
        if not isinstance(raw, Mapping):
            raise DocumentRefused(f"{where} must be an object, not {_kind(raw)}")
        known = tuple(known)
        unknown = sorted(str(key) for key in raw if key not in known)
        if unknown:
            raise DocumentRefused(
                f"{where} has unknown keys: {', '.join(unknown)}; known: {', '.join(known)}"
            )
        self._raw = {key: value for key, value in raw.items() if value is not None}

    def refused(self, key: str, says: str) -> DocumentRefused:
        """The refusal of ``key``, ready to raise."""
        return DocumentRefused(f"{self.where}.{key} {says}")

    def raw(self, key: str) -> Any:
        """What stands there, unread; None when absent."""
        return self._raw.get(key)

    def required(self, key: str) -> Any:
        """What stands there, unread. Raises DocumentRefused when absent."""
        if key not in self._raw:
            raise self.refused(key, "is missing")
        return self._raw[key]

    def inner(self, key: str, known: Iterable[str]) -> Document:
        """The object that stands there; absent: one without any key."""
        return Document(self._raw.get(key, {}), f"{self.where}.{key}", known)

    def text(self, key: str, absent: str | None = None) -> str:
        """A text that is not empty. Required when ``absent`` is None."""
        value = self._raw.get(key, absent) if absent is not None else self.required(key)
        return self._text(key, value)

    def optional(self, key: str) -> str | None:
        """A text that is not empty, or None."""
        return self.text(key) if key in self._raw else None

    def choice(self, key: str, known: Sequence[str], absent: str | None = None) -> str:
        """One of ``known``. Required when ``absent`` is None."""
        value = self.text(key, absent)
        if value not in known:
            raise self.refused(key, f"is {value[:40]!r}; known: {', '.join(known)}")
        return value

    def flag(self, key: str, absent: bool) -> bool:
        """True or false."""
        value = self._raw.get(key, absent)
        if not isinstance(value, bool):
            raise self.refused(key, f"must be true or false, not {_kind(value)}")
        return value

    def number(self, key: str, low: float, high: float, absent: float | None = None) -> float:
        """A number from ``low`` to ``high``, both included. Required when ``absent`` is None."""
        value = self._raw.get(key, absent) if absent is not None else self.required(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise self.refused(key, f"must be a number, not {_kind(value)}")
        if not low <= value <= high:
            raise self.refused(key, f"must be between {low:g} and {high:g}")
        return value

    def whole(self, key: str, low: int, high: int, absent: int | None = None) -> int:
        """As ``number``, without a fraction."""
        value = self.number(key, low, high, absent)
        if value != int(value):
            raise self.refused(key, "must be a whole number")
        return int(value)

    def fraction(self, key: str) -> float | None:
        """A share from 0 to a half; None when absent."""
        return self.number(key, 0, 0.5) if key in self._raw else None

    def texts(self, key: str, absent: Texts | None = None) -> Texts:
        """A text, or an object of texts by language. Required when ``absent`` is None."""
        value = self._raw.get(key, absent) if absent is not None else self.required(key)
        return self.read_texts(key, value)

    def read_texts(self, key: str, value: object) -> Texts:
        """``value``, found under ``key``, as a text or texts by language."""
        if not isinstance(value, Mapping):
            return self._text(key, value, empty=True)
        for language in value:
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                raise self.refused(key, f"names a language as {str(language)[:20]!r}; write en, ko")
        if not value:
            raise self.refused(key, "has no text in any language")
        return {
            name: self._text(f"{key}.{name}", words, empty=True) for name, words in value.items()
        }

    def list(self, key: str, *, least: int = 0, most: int = LONGEST_LIST) -> list[Any]:
        """A list of ``least`` to ``most`` things; absent: an empty one. Required when least > 0."""
        value = self.required(key) if least else self._raw.get(key, [])
        if not isinstance(value, (list, tuple)):
            raise self.refused(key, f"must be a list, not {_kind(value)}")
        if not least <= len(value) <= most:
            raise self.refused(key, f"must hold {least} to {most} things, not {len(value)}")
        return list(value)

    def names(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """A list of texts, each once; absent: an empty one. A single text stands for itself."""
        single = self._raw.get(key)
        values = [single] if isinstance(single, str) else self.list(key, least=least)
        return tuple(dict.fromkeys(self._text(key, value) for value in values))

    def slug(self, slug: str) -> str:
        """The name of the whole document, which its own ``slug`` must not contradict."""
        if not _SLUG.fullmatch(slug):
            raise DocumentRefused(
                f"{self.where}: the name {slug[:70]!r} must be 1 to 64 letters, digits, - or _"
            )
        if self.text("slug", slug) != slug:
            raise self.refused("slug", f"must be {slug!r}, as in the address, or absent")
        return slug

    def audience(self) -> Rule | None:
        """For whom: the rule of ``audience``; None when absent, which is everyone."""
        if "audience" not in self._raw:
            return None
        one = Document(self._raw["audience"], f"{self.where}.audience", ("segment", "rule"))
        if (one.raw("segment") is None) == (one.raw("rule") is None):
            raise self.refused("audience", "must hold either a segment or a rule")
        segment = one.optional("segment")
        try:
            return read_rule(one.raw("rule") if segment is None else {"segment": segment})
        except RuleRefused as trouble:
            raise DocumentRefused(f"{one.where}: {trouble.message}") from trouble
        except PluginError as trouble:
            raise type(trouble)(f"{one.where}: {trouble.message}") from trouble

    def pages(self) -> tuple[str, ...]:
        """Page patterns, as ``serve.page`` reads them; absent: none, which is all pages."""
        patterns = self.names("pages")
        for pattern in patterns:
            if not re.match(r"!?(/|\*|https?://)", pattern):
                raise self.refused("pages", f"has {pattern[:60]!r}; write a path such as /shoes/*")
        return patterns

    def _text(self, key: str, value: object, *, empty: bool = False) -> str:
        if not isinstance(value, str):
            raise self.refused(key, f"must be a text, not {_kind(value)}")
        if not (empty or value.strip()):
            raise self.refused(key, "must not be empty")
        if len(value) > LONGEST_TEXT:
            raise self.refused(key, f"must be at most {LONGEST_TEXT:,} letters")
        return value


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names: tuple[tuple[type, str], ...] = (
        (bool, "true or false"), (int, "a number"), (float, "a number"), (str, "a text"),
        (Mapping, "an object"), (Sequence, "a list"),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), "something else")
