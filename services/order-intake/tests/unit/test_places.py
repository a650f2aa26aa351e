"""Where responders are sent: a place that they can find."""

from typing import Any

import pytest

from contracts.orders import E911
from order_intake.domain.door.places import location_faults, place_warnings

from ..builders import MARKET_STREET, form


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"unit": ""},
        {"street": "18B Market St"},
        {"street": "1 Boxwood Lane"},
        {"street": "100 5th Ave"},
        {"street": "37-20 Prince St", "city": "Flushing", "state": "NY", "zip": "11354"},
        {"street": "18-20 Market St"},
        {"street": "18-B Market St"},
        {"street": "123 1/2 Main St"},
        {"street": "123\u00bd Main St"},
        {"street": "W140N5678 Main St", "city": "Menomonee Falls", "state": "WI", "zip": "53051"},
        {"street": "N6W23001 Bluemound Rd", "city": "Waukesha", "state": "WI", "zip": "53188"},
        {"street": "N6 W23001 Bluemound Rd", "city": "Waukesha", "state": "WI", "zip": "53188"},
        {"street": "842 E 1700 S", "city": "Salt Lake City", "state": "UT", "zip": "84105"},
        {"street": "1 <b>Market</b> St"},
        {"city": "Unknown Springs"},
        {"city": "Xenia", "state": "OH", "zip": "45385"},
        {"street": "7 \u00c9toile Ct"},
        {"state": "DC", "zip": "20500"},
        {"state": "PR", "zip": "00901"},
        {"zip": "07960-1234"},
    ],
)
def test_a_place_that_responders_can_find_has_no_fault(facts: dict[str, Any]) -> None:
    assert list(location_faults(MARKET_STREET.model_copy(update=facts), "")) == []


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        ({"street": "PO Box 12"}, "street", "not-a-place"),
        ({"street": "P.O. Box 12"}, "street", "not-a-place"),
        ({"street": "p o box 12"}, "street", "not-a-place"),
        ({"street": "General Delivery"}, "street", "not-a-place"),
        ({"street": "12 Mail Drop"}, "street", "not-a-place"),
        ({"street": "12 Private Mailbox Rd"}, "street", "not-a-place"),
        ({"street": "Market St"}, "street", "no-house-number"),
        ({"street": "5th Ave"}, "street", "no-house-number"),
        ({"street": "0-0 Market St"}, "street", "no-house-number"),
        ({"street": "N0W0 Market St"}, "street", "no-house-number"),
        ({"street": "123 1/2"}, "street", "no-house-number"),
        ({"street": "1 <script>"}, "street", "no-house-number"),
        ({"street": "18"}, "street", "no-house-number"),
        ({"state": "XX"}, "state", "unknown-state"),
        ({"state": "ON"}, "state", "unknown-state"),
        ({"state": "AE"}, "state", "unknown-state"),
        ({"street": "0 Market St"}, "street", "no-house-number"),
        ({"street": "18 42"}, "street", "no-house-number"),
        ({"city": "12345"}, "city", "no-city"),
        ({"city": "N/A"}, "city", "no-city"),
        ({"city": "n.a."}, "city", "no-city"),
        ({"city": "None"}, "city", "no-city"),
        ({"city": "TBD"}, "city", "no-city"),
        ({"city": "Unknown"}, "city", "no-city"),
        ({"city": "test"}, "city", "no-city"),
        ({"city": "xxx"}, "city", "no-city"),
        ({"city": "<br>"}, "city", "no-city"),
        ({"zip": "07960-0000"}, "zip", "no-zip-plus-four"),
        ({"zip": "90210"}, "zip", "zip-of-another-state"),
        ({"zip": "00000"}, "zip", "zip-of-another-state"),
    ],
)
def test_a_place_that_responders_cannot_find_is_refused(facts: dict[str, Any], field: str, code: str) -> None:
    ((where, what, detail),) = location_faults(MARKET_STREET.model_copy(update=facts), "")
    assert (where, what) == (f"/{field}", code)
    assert str(facts[field]) in detail


def test_a_mail_drop_in_the_unit_is_told_of_the_unit() -> None:
    ((field, code, detail),) = location_faults(MARKET_STREET.model_copy(update={"unit": "PMB 12"}), "")
    assert (field, code) == ("/unit", "not-a-place")
    assert "PMB 12" in detail


def test_every_fault_of_a_location_is_told_at_once() -> None:
    nowhere = MARKET_STREET.model_copy(update={"street": "PO Box 1", "state": "ZZ"})
    assert {code for _, code, _ in location_faults(nowhere, "")} == {"not-a-place", "unknown-state"}


@pytest.mark.parametrize("street", ["One World Trade Center", "Twenty-One Main St", "Fifteen Elm St"])
def test_a_house_number_in_words_is_asked_for_in_digits(street: str) -> None:
    ((_, code, detail),) = location_faults(MARKET_STREET.model_copy(update={"street": street}), "")
    assert (code, "write it in digits" in detail) == ("no-house-number", True)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"street": "18-20 Market St"}, ["house-number-range"]),
        ({"street": "37-20 Prince St"}, []),
        ({"street": "37-40 Prince St", "city": "Flushing", "state": "NY", "zip": "11354"}, []),
        ({"street": "18 Market St"}, []),
    ],
)
def test_what_may_be_a_range_of_house_numbers_is_a_warning(facts: dict[str, Any], told: list[str]) -> None:
    order = form(e911=E911(location=MARKET_STREET.model_copy(update=facts)))
    assert [one.code for one in place_warnings(order)] == told
