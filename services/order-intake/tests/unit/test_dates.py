"""How far ahead dates of a form may be: years of the calendar, days of the customer's zone."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts import documents
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules

from ..builders import MENU, NOW, customer, form

EVENING = datetime(2028, 3, 1, 4, tzinfo=UTC)  # still 29 February in New York


def codes(now: datetime = NOW, zone: str = "America/New_York", **facts: Any) -> list[str]:
    plain = {"customer": customer(time_zone=zone), "requested_activation": None}
    sent = form(now, **{**plain, **facts}).model_dump_json()
    return [fault.code for fault in judge(documents.read(sent), Rules(now, MENU, fiction=True)).faults]


@pytest.mark.parametrize(
    ("now", "zone", "last", "beyond"),
    [
        (NOW, "America/New_York", date(2029, 3, 1), date(2029, 3, 2)),
        (EVENING, "America/New_York", date(2030, 2, 28), date(2030, 3, 1)),
        (EVENING, "Europe/London", date(2030, 3, 1), date(2030, 3, 2)),
    ],
)
def test_billing_starts_within_two_years(now: datetime, zone: str, last: date, beyond: date) -> None:
    assert codes(now, zone, billing_start=last) == []
    assert codes(now, zone, billing_start=beyond) == ["too-late"]


@pytest.mark.parametrize(
    ("now", "zone", "last", "beyond"),
    [
        (NOW, "America/New_York", "2032-03-01T23:59:59-05:00", "2032-03-02T00:00:00-05:00"),
        (NOW, "Pacific/Honolulu", "2032-03-02T09:59:59Z", "2032-03-02T10:00:00Z"),
        (EVENING, "America/New_York", "2033-03-01T04:59:59Z", "2033-03-01T05:00:00Z"),
        (NOW, "UTC", "2032-03-01T23:59:59Z", "9998-12-30T00:00:59-23:59"),
    ],
)
def test_a_service_is_activated_within_five_years(now: datetime, zone: str, last: str, beyond: str) -> None:
    assert codes(now, zone, requested_activation=datetime.fromisoformat(last)) == []
    assert codes(now, zone, requested_activation=datetime.fromisoformat(beyond)) == ["too-late"]


def test_an_activation_in_the_past_is_told_with_what_is_taken() -> None:
    sent = form(NOW, requested_activation=datetime(2020, 1, 1, tzinfo=UTC)).model_dump_json()
    (told,) = judge(documents.read(sent), Rules(NOW, MENU, fiction=True)).faults
    assert told.detail == (
        f"2020-01-01T00:00:00+00:00 is in the past; now it is {NOW:%Y-%m-%dT%H:%M}Z, and the latest is 2032-03-01"
    )


@pytest.mark.parametrize("sent", ["9999-12-31", "0001-01-01", "soon", 5])
def test_a_date_that_no_calendar_of_ours_has_is_told_with_the_days_that_are_taken(sent: object) -> None:
    """Those of all zones, for the customer's may not be known."""
    document = json.loads(form(NOW).model_dump_json()) | {"billing_start": sent, "requested_activation": sent}
    told = {one.pointer: one.detail for one in judge(document, Rules(NOW, MENU, fiction=True)).faults}
    assert told["/billing_start"].endswith("expected a date from 2027-03-01 to 2029-03-01, as text")
    until = "a date and time with its offset, until 2032-03-01, as text such as 2027-01-18T14:00:00Z"
    assert told["/requested_activation"].endswith(f"expected {until}")


def test_where_the_zone_is_not_known_only_the_past_is() -> None:
    late, past = datetime(2040, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    assert codes(zone="Mars/Olympus", billing_start=date(2040, 1, 1), requested_activation=late) == [
        "unknown-time-zone"
    ]
    assert codes(zone="Mars/Olympus", requested_activation=past) == ["unknown-time-zone", "past"]
