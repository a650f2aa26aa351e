"""A list of prices that people wrote: every fault by its row, and what differs from another list."""

from decimal import Decimal

import pytest

from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.price_lists import Change, Row, changes, prices_of, unpriced
from catalog.sample import catalogue, sample_prices

GOOD = Row("Power User", "MRC", "19.90")


def test_good_rows_are_prices() -> None:
    rows = [GOOD, Row("Basic Metered", "usage", "0.0215"), Row(NUMBER_PACKAGE, "MRC", "1")]
    prices, faults = prices_of(rows, catalogue())
    assert faults == []
    assert prices == {
        ("Power User", "MRC"): Decimal("19.90"),
        ("Basic Metered", "usage"): Decimal("0.0215"),
        (NUMBER_PACKAGE, "MRC"): Decimal(1),
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            Row("Power Usr", "MRC", "1.00"),
            ("/prices/1/package", "unknown-package", "no package is called 'Power Usr'; did you mean 'Power User'?"),
        ),
        (Row("Elephants", "MRC", "1.00"), ("/prices/1/package", "unknown-package", "no package is called 'Elephants'")),
        (
            Row("Power User", "mrc", "1.00"),
            ("/prices/1/kind", "wrong-kind", "'Power User' is charged by MRC, not by 'mrc'"),
        ),
        (
            Row("Basic Metered", "MRC", "1,50"),
            (
                "/prices/1/unit_price",
                "not-a-price",
                (
                    "'1,50' is no unit price: write an amount from 0 to 10000000 in USD with at most 8 decimals,"
                    " such as 9.35"
                ),
            ),
        ),
        (GOOD, ("/prices/1", "duplicate", "the MRC price of 'Power User' is given twice, first in row 1")),
    ],
)
def test_a_fault_names_its_row_and_what_would_do(row: Row, fault: tuple[str, str, str]) -> None:
    prices, faults = prices_of([GOOD, row], catalogue())
    assert faults == [fault]
    assert prices == {("Power User", "MRC"): Decimal("19.90")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nine",
        "-0.01",
        "+1",
        "NaN",
        "Infinity",
        "1e99",
        "2E+4",
        "1_000",
        "1,000",
        "\uff11",
        " 1",
        "1.",
        ".5",
        "10000000.01",
        "0.123456789",
    ],
)
def test_a_price_that_is_no_price_is_refused(text: str) -> None:
    prices, (fault,) = prices_of([Row("Late Fee", "NRC", text)], catalogue())
    assert (prices, fault.pointer, fault.code) == ({}, "/prices/0/unit_price", "not-a-price")


def test_all_faults_of_a_row_come_at_once() -> None:
    _, faults = prices_of([Row("Elephants", "monthly", "much")], catalogue())
    assert [one.code for one in faults] == ["unknown-package", "not-a-price"]


def test_only_the_first_misspelt_packages_are_looked_up() -> None:
    _, faults = prices_of([Row(f"Power User {number}", "MRC", "1") for number in range(50)], catalogue())
    assert sum("did you mean" in one.detail for one in faults) == 20
    assert len(faults) == 50


def test_the_sample_lacks_nothing_and_one_price_all_others() -> None:
    assert unpriced(sample_prices().prices, catalogue()) == []
    lacks = unpriced({("Power User", "MRC"): Decimal(1)}, catalogue())
    assert len(lacks) == len(sample_prices().prices) - 1
    assert lacks[-1] == (NUMBER_PACKAGE, "MRC")


def test_what_differs_is_told_price_by_price() -> None:
    before = {("A", "MRC"): Decimal("1.00"), ("B", "MRC"): Decimal(2), ("C", "NRC"): Decimal(3)}
    after = {("A", "MRC"): Decimal(1), ("B", "MRC"): Decimal("2.50"), ("D", "usage"): Decimal(4)}
    assert changes(before, after) == [
        Change("B", "MRC", Decimal(2), Decimal("2.50")),
        Change("C", "NRC", Decimal(3), None),
        Change("D", "usage", None, Decimal(4)),
    ]
