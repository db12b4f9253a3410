"""Orders out of a shop's exported file."""

from __future__ import annotations

import pytest

from plugin.collect.order_rows import RowRefused, RowsRead, columns, read_orders
from plugin.errors import PluginError
from plugin.shop import Shop

LONDON = Shop("giftware", "pk_giftware00000000", currency="GBP", timezone="Europe/London")
HEADERS = [
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
]


def line(number: int, **fields: str) -> tuple[int, dict[str, str]]:
    good = {
        "order": "489434",
        "customer": "13085.0",
        "at": "2009-12-01 07:45:00",
        "item": "85048",
        "name": "GLASS BALL",
        "quantity": "12",
        "price": "6.95",
        "country": "United Kingdom",
    }
    return number, good | fields


def read(*lines: tuple[int, dict[str, str]]) -> list[RowsRead | RowRefused]:
    return list(read_orders(lines, LONDON, now=1_790_000_000_000))


def test_an_invoice_file_is_known_by_its_headers() -> None:
    found = columns(HEADERS)
    assert found["order"] == "Invoice"
    assert found["customer"] == "Customer ID"
    assert found["at"] == "InvoiceDate"


def test_a_column_can_be_named_by_hand() -> None:
    found = columns(
        ["no", "who", "when", "what", "n", "each"],
        {
            "order": "no",
            "customer": "who",
            "at": "when",
            "item": "what",
            "quantity": "n",
            "price": "each",
        },
    )
    assert found["price"] == "each"


def test_a_missing_column_is_named_with_what_to_write() -> None:
    with pytest.raises(PluginError, match=r"no column for customer; .*--map customer="):
        columns([name for name in HEADERS if name != "Customer ID"])


def test_lines_of_one_order_are_one_purchase_with_its_value() -> None:
    (order,) = read(line(2), line(3, item="79323P", quantity="2", price="6.75"))
    assert isinstance(order, RowsRead)
    assert (order.event.name, order.event.transaction_id) == ("purchase", "489434")
    assert order.event.value == 12 * 695 + 2 * 675
    assert [item.item_id for item in order.event.items] == ["85048", "79323P"]
    assert order.rows == 2


def test_a_date_without_a_zone_is_the_shops_own() -> None:
    (winter,) = read(line(2))
    (summer,) = read(line(2, at="2010-07-01 07:45:00"))
    assert isinstance(winter, RowsRead)
    assert isinstance(summer, RowsRead)
    assert winter.event.at == 1_259_653_500_000
    assert summer.event.at == 1_277_966_700_000  # an hour earlier by the sun


def test_a_number_that_a_spreadsheet_gave_a_fraction_is_the_same_customer() -> None:
    (one,) = read(line(2, customer="13085.0"))
    (same,) = read(line(2, customer="13085"))
    assert isinstance(one, RowsRead)
    assert isinstance(same, RowsRead)
    assert one.event.visitor_id == same.event.visitor_id


def test_a_cancellation_is_a_refund_of_its_value() -> None:
    (back,) = read(line(2, order="C489449", quantity="-12"))
    assert isinstance(back, RowsRead)
    assert (back.event.name, back.event.value) == ("refund", 12 * 695)


def test_the_same_order_read_twice_has_the_same_id() -> None:
    (first,) = read(line(2))
    (again,) = read(line(900))
    assert isinstance(first, RowsRead)
    assert isinstance(again, RowsRead)
    assert first.event.event_id == again.event.event_id


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"customer": ""}, "no customer"),
        ({"quantity": "many"}, "quantity is not a number other than 0"),
        ({"quantity": "0"}, "quantity is not a number other than 0"),
        ({"price": "-1"}, "price is not a number of 0 or more"),
        ({"price": "nan"}, "price is not a number of 0 or more"),
        ({"at": "yesterday"}, "date cannot be read"),
        ({"item": " "}, "no item id"),
        ({"currency": "EUR"}, "another currency than the shop's"),
    ],
)
def test_a_bad_line_is_refused_with_its_row_and_why_and_the_rest_is_kept(
    fields: dict[str, str], reason: str
) -> None:
    found = read(line(2), line(3, **fields), line(4))
    assert [one for one in found if isinstance(one, RowRefused)] == [RowRefused(3, reason)]
    assert [one.rows for one in found if isinstance(one, RowsRead)] == [2]


def test_lines_of_an_order_need_not_stand_side_by_side() -> None:
    found = read(line(2), line(3, order="489435"), line(4, item="hat"))
    assert [one.rows for one in found if isinstance(one, RowsRead)] == [2, 1]


def test_a_line_far_from_its_order_is_refused_rather_than_lost() -> None:
    between = [line(3 + n, order=f"other-{n}") for n in range(1_100)]
    found = read(line(2), *between, line(2_000, item="hat"))
    assert RowRefused(2_000, "far away from the other lines of its order") in found


def test_a_negative_line_inside_an_order_is_refused() -> None:
    found = read(line(2), line(3, quantity="-1"))
    assert RowRefused(3, "negative quantity in an order") in found


def test_the_code_of_an_order_and_what_it_took_off_are_read() -> None:
    assert columns([*HEADERS, "Discount Code", "Discount Amount"])["coupon"] == "Discount Code"
    (found,) = read(line(2, coupon=" SPRING-7 ", discount="5.50"))
    assert isinstance(found, RowsRead)
    assert (found.event.params["coupon"], found.event.params["discount"]) == ("SPRING-7", 5.5)
