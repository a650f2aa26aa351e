"""The 911 gate: a dispatchable location, accepted 48 hours before activation, to the second."""

from datetime import timedelta

from contracts.orders import E911
from order_intake.domain import e911

from ..builders import NOW, subject

TWO_DAYS = timedelta(hours=48)
SECOND = timedelta(seconds=1)


def test_a_location_accepted_exactly_48_hours_before_activation_opens_the_gate() -> None:
    assert e911.verdict(subject(requested_activation=NOW + TWO_DAYS), NOW) is None


def test_a_second_less_than_48_hours_keeps_it_shut_until_they_have_gone() -> None:
    held = e911.verdict(subject(requested_activation=NOW + TWO_DAYS - SECOND), NOW)
    assert held is not None
    assert (held.state, held.until) == ("held", NOW + TWO_DAYS)
    assert (NOW + TWO_DAYS).isoformat() in held.reason


def test_an_order_for_as_soon_as_possible_waits_48_hours() -> None:
    soon = subject(requested_activation=None)
    assert e911.verdict(soon, NOW + TWO_DAYS - SECOND) is not None
    assert e911.verdict(soon, NOW + TWO_DAYS) is None


def test_the_gate_opens_late_when_the_requested_day_has_come_too_early() -> None:
    early = subject(requested_activation=NOW + timedelta(hours=1))
    assert e911.verdict(early, NOW + timedelta(hours=2)) is not None
    assert e911.verdict(early, NOW + TWO_DAYS) is None


def test_the_48_hours_count_from_acceptance_and_not_from_submit() -> None:
    late = subject(requested_activation=NOW + timedelta(hours=60), location_accepted_at=NOW + timedelta(hours=13))
    held = e911.verdict(late, NOW + timedelta(hours=13))
    assert held is not None
    assert held.until == NOW + timedelta(hours=61)


def test_without_a_location_the_order_is_pending_for_as_long_as_it_takes() -> None:
    missing = subject(e911=E911())
    held = e911.verdict(missing, NOW + timedelta(days=365))
    assert held is not None
    assert (held.state, held.until) == ("pending", None)
    assert e911.lacks_location(missing)


def test_an_order_without_911_passes_at_once() -> None:
    fax = subject(e911=E911(required=False, reason="fax_only"), requested_activation=None)
    assert e911.verdict(fax, NOW) is None
    assert not e911.lacks_location(fax)


def test_an_accepted_location_is_not_lacking() -> None:
    assert not e911.lacks_location(subject())
