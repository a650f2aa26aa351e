"""What the form must say before a ticket counts as resolved."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from ticketing.domain.kinds import Kind
from ticketing.domain.resolving import (
    Days,
    activation_days,
    earlier_resolution_text,
    faults,
    resolution_text,
    resolve,
)
from ticketing.domain.states import NotAllowed, State
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket

TODAY = date(2027, 3, 1)
BUILT = Resolution("done", activated_on=TODAY, trunk_group="HSD Trunk 1", numbers_confirmed=True)
TRUNK = Ticket(7, "o-1", "p-1", "trunking", "2")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAYS = Days(date(2027, 1, 20), TODAY)


def by_chen(ticket: Ticket, form: Resolution) -> Ticket:
    return resolve(ticket, form, "r.chen", NOW)


def found(kind: Kind, form: Resolution) -> dict[str, str]:
    return {fault.field: fault.code for fault in faults(kind, form, DAYS)}


def test_a_built_trunk_with_date_name_and_confirmed_numbers_is_done() -> None:
    assert found("trunking", BUILT) == {}


def test_a_trunk_without_proof_is_told_everything_that_is_missing() -> None:
    assert found("trunking", Resolution("done")) == {
        "activated_on": "missing",
        "trunk_group": "missing",
        "numbers_confirmed": "not-confirmed",
    }


@pytest.mark.parametrize("kind", ["backorder", "e911"])
def test_a_follow_up_needs_no_proof(kind: Kind) -> None:
    assert found(kind, Resolution("done")) == {}


@pytest.mark.parametrize("form", [Resolution("done", activated_on=TODAY), BUILT])
def test_a_setup_is_done_with_its_day_and_may_say_more(form: Resolution) -> None:
    assert found("setup", form) == {}


def test_a_setup_without_its_day_is_told_the_days_that_are_taken() -> None:
    (fault,) = faults("setup", replace(BUILT, activated_on=None), DAYS)
    assert (fault.field, fault.code) == ("activated_on", "missing")
    assert "expected a date from 2027-01-20 to 2027-03-01" in fault.detail


@pytest.mark.parametrize("kind", ["trunking", "backorder", "e911", "setup"])
def test_what_cannot_be_done_needs_a_reason(kind: Kind) -> None:
    assert found(kind, Resolution("cannot-do")) == {"reason": "missing"}
    assert found(kind, Resolution("cannot-do", reason="The PBX has no SIP.")) == {}


@pytest.mark.parametrize(
    ("said", "at_fault"),
    [
        ({"activated_on": TODAY}, {"activated_on"}),
        ({"trunk_group": "tg-1"}, {"trunk_group"}),
        ({"numbers_confirmed": True}, {"numbers_confirmed"}),
        ({"activated_on": TODAY, "trunk_group": "tg-1", "numbers_confirmed": True},) * 2,
    ],
)
def test_what_cannot_be_done_has_no_proof_of_having_been_done(said: dict[str, Any], at_fault: Iterable[str]) -> None:
    found_so = found("trunking", Resolution("cannot-do", "No SIP.", **said))
    assert found_so == dict.fromkeys(at_fault, "contradiction")


@pytest.mark.parametrize("kind", ["trunking", "backorder", "e911", "setup"])
@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(1900, 1, 1), {"activated_on": "too-early"}),
        (DAYS.first - timedelta(days=1), {"activated_on": "too-early"}),
        (DAYS.first, {}),
        (DAYS.last, {}),
        (DAYS.last + timedelta(days=1), {"activated_on": "in-the-future"}),
    ],
)
def test_an_activation_is_of_the_days_in_which_it_can_have_been(kind: Kind, day: date, codes: dict[str, str]) -> None:
    assert found(kind, replace(BUILT, activated_on=day)) == codes


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2027, 3, 2)])
def test_a_wrong_activation_is_told_with_the_days_that_are_taken(day: date) -> None:
    (fault,) = faults("trunking", replace(BUILT, activated_on=day), DAYS)
    assert str(day) in fault.detail
    assert "expected a date from 2027-01-20 to 2027-03-01" in fault.detail


@pytest.mark.parametrize(
    ("zone", "hour", "last"),
    [
        ("America/Los_Angeles", 7, date(2027, 2, 28)),
        ("America/Los_Angeles", 8, date(2027, 3, 1)),
        ("Pacific/Guam", 13, date(2027, 3, 1)),
        ("Pacific/Guam", 14, date(2027, 3, 2)),
    ],
)
def test_the_last_day_of_an_activation_is_that_of_the_customer(zone: str, hour: int, last: date) -> None:
    at = datetime(2027, 3, 1, hour, tzinfo=UTC)
    assert activation_days(at, at, zone).last == last


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc", "America"])
@pytest.mark.parametrize(("hour", "last"), [(9, date(2027, 3, 1)), (10, date(2027, 3, 2))])
def test_where_the_zone_is_not_known_the_day_is_that_where_it_begins_first(zone: str, hour: int, last: date) -> None:
    at = datetime(2027, 3, 1, hour, 59, tzinfo=UTC)
    assert activation_days(at, at, zone).last == last


def test_what_was_built_a_month_before_its_ticket_counts() -> None:
    """Billing may start on the first of the month in which an order comes."""
    opened = datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert activation_days(opened, NOW, "America/New_York") == Days(date(2026, 12, 31), TODAY)


def test_when_the_clock_was_set_back_today_counts_all_the_same() -> None:
    opened = NOW + timedelta(days=90)
    assert activation_days(opened, NOW, "UTC") == Days(date(2027, 1, 29), TODAY)


def test_a_resolved_ticket_keeps_its_form_with_who_and_when() -> None:
    after = by_chen(TRUNK, BUILT)
    assert (after.state, after.resolution) == ("resolved", SignedResolution(BUILT, "r.chen", NOW))


def test_the_same_form_again_changes_nothing_whoever_sends_it() -> None:
    after = by_chen(TRUNK, BUILT)
    assert resolve(after, BUILT, "m.alvarez", NOW + timedelta(days=1)) is after


@pytest.mark.parametrize(
    ("ticket", "code"),
    [
        (by_chen(TRUNK, replace(BUILT, note="another")), "resolved-otherwise"),
        (replace(TRUNK, state="cancelled"), "ticket-ended"),
        (replace(TRUNK, state="closed"), "ticket-ended"),
        (replace(TRUNK, state="rejected"), "ticket-ended"),
        (replace(TRUNK, kind="order"), "order-ticket"),
    ],
)
def test_a_ticket_that_is_not_open_for_people_is_not_resolved(ticket: Ticket, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        by_chen(ticket, BUILT)
    assert refused.value.code == code


@pytest.mark.parametrize("state", ["acknowledged", "inProgress", "pending", "held"])
def test_people_may_resolve_whatever_has_not_ended(state: State) -> None:
    assert by_chen(replace(TRUNK, state=state), BUILT).state == "resolved"


def test_the_history_tells_the_form_in_one_line() -> None:
    form = replace(BUILT, note="second attempt")
    said = "done: trunk group HSD Trunk 1; activated on 2027-03-01; numbers confirmed; second attempt"
    assert resolution_text(form) == said
    assert resolution_text(Resolution("cannot-do", "No SIP.")) == "cannot-do: No SIP."
    assert resolution_text(Resolution("done")) == "done"


def test_what_was_said_before_names_who_and_when_in_utc() -> None:
    at = datetime(2027, 3, 1, 20, 30, tzinfo=timezone(timedelta(hours=-5)))
    said = earlier_resolution_text(SignedResolution(Resolution("cannot-do", "No SIP."), "r.chen", at))
    assert said == "r.chen had resolved it on 2027-03-02 01:30 UTC as cannot-do: No SIP."
