"""What OpenTickets opens, reopens and leaves alone."""

from datetime import UTC, date, datetime

import pytest

from contracts.tickets import Detail, OpenTickets, TicketRequest
from ticketing.domain.opening import WITHHELD, decide_opening, details_without_secrets, requests
from ticketing.domain.states import State
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket

ORDER = TicketRequest(kind="order", summary="Order 417")
TRUNK = TicketRequest(kind="trunking", item_id="2", summary="Build trunk")
DONE = Resolution("done", activated_on=date(2027, 3, 1), trunk_group="T1", numbers_confirmed=True)


def resolved(form: Resolution, run: int = 1) -> Ticket:
    signed = SignedResolution(form, "r.chen", datetime(2027, 3, 1, 12, tzinfo=UTC))
    return Ticket(7, "o-1", "p-1", "trunking", "2", "resolved", run, signed)


def asks(*tickets: TicketRequest, run: int = 1, order_id: str = "o-1") -> OpenTickets:
    return OpenTickets(order_id=order_id, run=run, partner_id="p-1", tickets=tickets)


def test_what_is_not_open_yet_is_new_in_the_order_of_the_requests() -> None:
    opening = decide_opening([asks(ORDER, TRUNK), asks(ORDER, order_id="o-2")], [])
    assert list(opening.new) == [("o-1", "", "order"), ("o-1", "2", "trunking"), ("o-2", "", "order")]
    assert not opening.changes


def test_what_is_open_is_not_opened_again() -> None:
    opening = decide_opening([asks(ORDER, TRUNK)], [Ticket(1, "o-1", "p-1", "order")])
    assert list(opening.new) == [("o-1", "2", "trunking")]
    assert not opening.changes


def test_the_same_request_twice_in_a_batch_is_one_ticket() -> None:
    assert len(decide_opening([asks(ORDER), asks(ORDER)], []).new) == 1


def test_two_requests_of_one_kind_and_item_mean_one_ticket() -> None:
    other = ORDER.model_copy(update={"summary": "Another"})
    assert list(requests(asks(ORDER, other)).values()) == [ORDER]


def test_a_replay_reopens_the_cancelled_ticket_with_its_new_body() -> None:
    cancelled = Ticket(7, "o-1", "p-1", "order", state="cancelled", run=1)
    opening = decide_opening([asks(ORDER, run=2)], [cancelled])
    change = opening.changes[7]
    assert not opening.new
    assert (change.ticket.state, change.ticket.run, change.what) == ("acknowledged", 2, "reopened")
    assert change.request == ORDER


def test_a_late_repeat_of_the_run_that_was_cancelled_reopens_nothing() -> None:
    cancelled = Ticket(7, "o-1", "p-1", "order", state="cancelled", run=1)
    assert not decide_opening([asks(ORDER, run=1)], [cancelled]).changes


def test_a_replay_refreshes_what_is_still_open_without_moving_it() -> None:
    change = decide_opening([asks(TRUNK, run=2)], [Ticket(7, "o-1", "p-1", "trunking", "2", "inProgress")]).changes[7]
    assert (change.ticket.state, change.ticket.run, change.what) == ("inProgress", 2, "updated")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (DONE, "done: trunk group T1; activated on 2027-03-01; numbers confirmed"),
        (Resolution("cannot-do", "No SIP."), "cannot-do: No SIP."),
    ],
)
def test_a_replay_reopens_a_resolved_trunk_and_keeps_in_words_who_had_said_what(form: Resolution, text: str) -> None:
    change = decide_opening([asks(TRUNK, run=2)], [resolved(form)]).changes[7]
    assert (change.ticket.state, change.ticket.run, change.ticket.resolution) == ("acknowledged", 2, None)
    assert (change.what, change.request) == ("reopened", TRUNK)
    before = f"r.chen had resolved it on 2027-03-01 12:00 UTC as {text}"
    assert change.why == f"Run 2 of the order asks for it again. {before}"


@pytest.mark.parametrize("run", [1, 2])
def test_what_people_resolved_in_this_run_stays_resolved_when_an_old_or_the_same_run_asks(run: int) -> None:
    assert not decide_opening([asks(TRUNK, run=run)], [resolved(DONE, run=2)]).changes


def test_a_replay_leaves_alone_a_resolved_follow_up() -> None:
    follow_up = TicketRequest(kind="backorder", summary="2 numbers are missing")
    ended = Ticket(7, "o-1", "p-1", "backorder", state="resolved")
    assert not decide_opening([asks(follow_up, run=2)], [ended]).changes


@pytest.mark.parametrize("state", ["closed", "rejected"])
def test_a_replay_leaves_alone_what_the_end_of_the_order_has_ended_or_people_rejected(state: State) -> None:
    opening = decide_opening([asks(TRUNK, run=2)], [Ticket(7, "o-1", "p-1", "trunking", "2", state)])
    assert not opening.new
    assert not opening.changes


@pytest.mark.parametrize(
    "name", ["SIP password", "sipAuthenticationPassword", "Port PIN", "Shared secret", "API token"]
)
def test_the_value_of_a_secret_is_not_kept(name: str) -> None:
    request = TicketRequest(kind="trunking", summary="", details=(Detail(name=name, value="hunter2"),))
    assert details_without_secrets(request) == [Detail(name=name, value=WITHHELD)]


@pytest.mark.parametrize("name", ["Call paths", "City: Pinecrest", "Shipping address", "Vault entry of the password"])
def test_other_lines_are_kept_as_they_are(name: str) -> None:
    request = TicketRequest(kind="trunking", summary="", details=(Detail(name=name, value="4"),))
    assert details_without_secrets(request) == [Detail(name=name, value="4")]
