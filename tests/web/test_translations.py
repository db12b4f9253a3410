"""Korean and Japanese owners find every word of their pages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from plugin.web.language import FOLDER, LANGUAGES

WEB = FOLDER.parent
METHODS = [("admin/**.py", "python"), ("*.py", "python"), ("templates/admin/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
FIELD = re.compile(r"%\(\w+\)s|\{\w+\}")


def catalogue(language: str) -> Catalog:
    """The translations into ``language`` as text."""
    text = (FOLDER / language / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(io.BytesIO(text), locale=language)


def words() -> set[str]:
    """Every word that code and templates ask to be translated."""
    found = extract_from_dir(str(WEB), method_map=METHODS, keywords=KEYWORDS)
    return {_first(message) for _, _, message, _, _ in found}


def _first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.fixture(params=[code for code in LANGUAGES if code != "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language but English, which stands in the code."""
    return str(request.param)


def test_every_word_is_translated_and_none_is_left_over(language: str) -> None:
    told = {_first(one.id): one for one in catalogue(language) if one.id}
    assert set(told) == words()
    for one in told.values():
        assert _first(one.string).strip(), one.id
        assert "fuzzy" not in one.flags, one.id


def test_a_translation_keeps_the_fields_that_are_filled_in(language: str) -> None:
    for one in catalogue(language):
        if one.id:
            assert set(FIELD.findall(_first(one.string))) == set(FIELD.findall(_first(one.id)))


def test_the_compiled_file_says_what_the_text_says(language: str) -> None:
    made = io.BytesIO()
    write_mo(made, catalogue(language))
    compiled = Path(FOLDER / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert compiled == made.getvalue()
