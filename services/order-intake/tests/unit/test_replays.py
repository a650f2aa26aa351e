"""From when a replayed order is billed: not for time before its service."""

from datetime import UTC, date, datetime, timedelta

import pytest

from order_intake.domain import requests
from order_intake.domain.replays import new_run

from ..builders import NOW, customer, form, subject

LATER = NOW + timedelta(days=45)  # 15 April
FIRST_ASKED = [(None, NOW.date()), (date(2027, 3, 9), date(2027, 3, 9)), (date(2027, 6, 1), date(2027, 6, 1))]


@pytest.mark.parametrize(("asked", "start"), FIRST_ASKED)
def test_a_first_run_is_billed_from_where_it_asked(asked: date | None, start: date) -> None:
    assert requests.price_order(subject(billing_start=asked)).billing_start == start


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        (None, LATER.date()),
        (date(2027, 3, 9), LATER.date()),
        (date(2027, 4, 16), date(2027, 4, 16)),
    ],
)
def test_a_start_that_has_passed_becomes_the_day_of_the_replay(asked: date | None, start: date) -> None:
    again, faults = new_run(subject(billing_start=asked), None, (), LATER)
    command = requests.price_order(again)
    assert faults == []
    assert (command.run, command.billing_start) == (2, start)
    assert command.submitted_on == NOW.date()  # whose prices count


def test_the_day_of_a_replay_is_the_customers() -> None:
    far = subject(customer=customer(time_zone="America/Los_Angeles"))
    again, _ = new_run(far, None, (), datetime(2027, 4, 16, 5, tzinfo=UTC))
    assert requests.price_order(again).billing_start == date(2027, 4, 15)


def test_a_start_within_the_month_can_be_kept() -> None:
    soon = NOW + timedelta(days=20)
    again, faults = new_run(subject(billing_start=date(2027, 3, 9)), None, (), soon, keep_start=True)
    assert (faults, requests.price_order(again).billing_start) == ([], date(2027, 3, 9))


def test_a_start_before_the_month_cannot_be_kept() -> None:
    _, (fault,) = new_run(subject(billing_start=date(2027, 3, 9)), None, (), LATER, keep_start=True)
    assert (fault.pointer, fault.code) == ("/billing_start", "too-early")
    assert fault.detail == "2027-03-09 is before the present month: the start can be kept from 2027-04-01 on"


def test_an_edited_start_counts_by_the_same_rule() -> None:
    order = subject(billing_start=date(2027, 3, 9))
    moved, _ = new_run(order, form(billing_start=date(2027, 5, 1)), (), LATER)
    assert requests.price_order(moved).billing_start == date(2027, 5, 1)


def test_each_replay_has_its_own_day() -> None:
    second, _ = new_run(subject(), None, (), LATER)
    third, _ = new_run(second, None, (), LATER + timedelta(days=3))
    assert requests.price_order(third).billing_start == (LATER + timedelta(days=3)).date()
