"""Where responders are sent: a place that they can find."""

from typing import Any

import pytest

from order_intake.domain.door.places import location_faults

from ..builders import MARKET_STREET


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"unit": ""},
        {"street": "18B Market St"},
        {"street": "1 Boxwood Lane"},
        {"street": "100 5th Ave"},
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
        ({"street": "12-18 Market St"}, "street", "no-house-number"),
        ({"street": "18"}, "street", "no-house-number"),
        ({"state": "XX"}, "state", "unknown-state"),
        ({"state": "ON"}, "state", "unknown-state"),
        ({"state": "AE"}, "state", "unknown-state"),
        ({"street": "0 Market St"}, "street", "no-house-number"),
        ({"street": "18 42"}, "street", "no-house-number"),
        ({"city": "12345"}, "city", "no-city"),
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
