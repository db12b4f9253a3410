"""Networks get the columns they ask for, spreadsheets run nothing, and who said no is left out."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest

from plugin.profile.profile import Profile
from plugin.serve.audience import (
    FORMATS,
    Member,
    line,
    marketing_refused,
    normal_email,
    normal_phone,
    tally,
)
from plugin.shop import Shop

MINA = "mina-0123456789abcdef"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def member(email: str | None = " Mina@Moon.Example ", **declared: Any) -> Member:
    known = {name: (value, 1) for name, value in declared.items()}
    return Member(Profile(MINA, email=email, country="kr", revenue_total=12_000, declared=known), 0)


def row(format_name: str, one: Member, shop: Shop) -> dict[str, str]:
    """A member in a format, as a reader of CSV sees it."""
    form = FORMATS[format_name]
    text = line(form.header) + line(form.cells(one, shop))
    return next(csv.DictReader(io.StringIO(text, newline="")))


def test_meta_gets_its_columns_hashed(shop: Shop) -> None:
    mina = member(
        phone="+82 10-1234-5678",
        first_name="Mina",
        last_name="O'Hara",
        city="New York",
        zip="WC2H 8LG",
    )
    assert row("meta", mina, shop) == {
        "email": sha("mina@moon.example"),
        "phone": sha("821012345678"),
        "fn": sha("mina"),
        "ln": sha("ohara"),
        "ct": sha("newyork"),
        "zip": sha("wc2h8lg"),
        "country": sha("kr"),
    }


def test_google_gets_place_and_code_in_the_clear_and_the_rest_hashed(shop: Shop) -> None:
    mina = member(phone="0082 10 1234 5678", first_name="Mina", last_name="Kim", zip="04524")
    assert row("google", mina, shop) == {
        "Email": sha("mina@moon.example"),
        "Phone": sha("+821012345678"),
        "First Name": sha("mina"),
        "Last Name": sha("kim"),
        "Country": "KR",
        "Zip": "04524",
    }


def test_google_gets_no_half_of_an_address(shop: Shop) -> None:
    found = row("google", member(first_name="Mina"), shop)
    assert [found[name] for name in ("First Name", "Last Name", "Country", "Zip")] == [""] * 4


def test_linkedin_gets_the_headers_of_its_template(shop: Shop) -> None:
    mina = member(first_name="Mina", last_name="Kim", job_title="Buyer", company="Moon, Inc.")
    assert row("linkedin", mina, shop) == {
        "email": sha("mina@moon.example"),
        "firstname": "Mina",
        "lastname": "Kim",
        "jobtitle": "Buyer",
        "employeecompany": "Moon, Inc.",
        "country": "KR",
        "googleaid": "",
    }


def test_no_network_gets_an_email_in_the_clear(shop: Shop) -> None:
    for name in ("meta", "google", "linkedin"):
        assert "moon.example" not in str(row(name, member(), shop)).lower()


def test_each_network_has_its_least_number_of_people() -> None:
    floors = {form.name: (form.floor, form.most) for form in FORMATS.values()}
    assert floors == {
        "plain": (0, None),
        "meta": (100, None),
        "google": (100, None),
        "linkedin": (300, 300_000),
    }


def test_the_spreadsheet_says_times_in_the_shops_zone_and_money_in_its_unit(shop: Shop) -> None:
    found = row("plain", member(), shop)
    assert found["entered_at"] == "1970-01-01T09:00:00+09:00"
    assert (found["revenue_total"], found["currency"]) == ("12000", "KRW")


def test_the_spreadsheet_leaves_the_email_of_who_said_no_empty(shop: Shop) -> None:
    assert row("plain", member(consent_marketing="no"), shop)["email"] == ""
    assert row("plain", member(), shop)["email"] == " Mina@Moon.Example "


@pytest.mark.parametrize("said", [False, "no", "NO ", "false", 0, "denied", "いいえ", "아니요"])
def test_a_no_is_a_no_in_whatever_words(said: Any) -> None:
    assert marketing_refused({"consent_marketing": (said, 1)})


@pytest.mark.parametrize("said", [True, "yes", "", 1, "maybe later"])
def test_silence_and_a_yes_are_no_no(said: Any) -> None:
    assert not marketing_refused({"consent_marketing": (said, 1)})
    assert not marketing_refused({})


def test_who_is_left_out_is_counted_by_reason() -> None:
    people = [
        ("mina@moon.example", False),
        (None, False),
        ("", True),
        ("cho@moon.example", True),
        ("not an address", False),
        ("MINA@moon.example ", False),
        ("ana@moon.example", False),
    ]
    left_out = {"no_email": 2, "bad_email": 1, "refused": 1, "same_email": 1}
    assert tally(people) == (2, left_out)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
    ],
)
@pytest.mark.parametrize("quoted", [True, False])
def test_no_cell_is_a_formula(cell: str, quoted: bool) -> None:
    (read,) = next(csv.reader(io.StringIO(line([cell], quoted=quoted), newline="")))
    assert read == "'" + cell


def test_hostile_cells_come_back_as_they_were() -> None:
    cells = ['say "hi", then', "two\r\nlines", "", "ünï 신발", "a;b", " =1"]
    assert next(csv.reader(io.StringIO(line(cells), newline=""))) == cells


def test_a_negative_number_of_ours_stays_a_number() -> None:
    assert line([-12.5, None, 3]) == "-12.5,,3\r\n"


@pytest.mark.parametrize(
    "text", ["mina", "@moon.example", "mina@", "mina@moon", "a b@moon.example", "a,b@c.de", None]
)
def test_what_is_no_address_has_no_normal_form(text: str | None) -> None:
    assert normal_email(text) is None


@pytest.mark.parametrize(
    "text", ["010-1234-5678", "+0 123", "+12", "+12345678901234567", "tel", None]
)
def test_a_number_without_a_country_has_no_normal_form(text: str | None) -> None:
    assert normal_phone(text) is None
