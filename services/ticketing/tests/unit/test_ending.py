"""Which tickets are cancelled with an order that is taken back, and which are closed when it has ended."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.tickets import CancelSetupTicket, CancelTickets, CloseTickets
from ticketing.domain.ending import cancel, close, ids_in_state
from ticketing.domain.kinds import BUILT_BY_PEOPLE, CLOSED_WITH_ORDER, KINDS, Kind
from ticketing.domain.states import ENDED, OPEN, State
from ticketing.domain.tickets import Ticket, applied

TICKETS = [
    Ticket(1, "o-1", "p-1", "order"),
    Ticket(2, "o-1", "p-1", "trunking", "2", "inProgress"),
    Ticket(3, "o-1", "p-1", "backorder", state="held"),
    Ticket(4, "o-1", "p-1", "e911", state="pending"),
    Ticket(5, "o-2", "p-1", "order"),
    Ticket(6, "o-1", "p-1", "setup", state="acknowledged"),
]


def test_all_kinds_are_cancelled_when_none_is_named() -> None:
    changes = cancel([CancelTickets(order_id="o-1", run=1, reason="Numbers are gone.")], TICKETS)
    assert [(one.ticket.ticket_id, one.ticket.state, one.why) for one in changes] == [
        (number, "cancelled", "Numbers are gone.") for number in (1, 2, 3, 4, 6)
    ]


def test_only_the_named_kinds_are_cancelled() -> None:
    changes = cancel([CancelTickets(order_id="o-1", run=1, kinds=("e911", "backorder"))], TICKETS)
    assert [one.ticket.kind for one in changes] == ["backorder", "e911"]
    assert changes[0].why


def test_the_setup_ticket_is_cancelled_alone() -> None:
    changes = cancel([CancelSetupTicket(order_id="o-1", run=1, reason="Not wanted.")], TICKETS)
    assert [(one.ticket.ticket_id, one.ticket.state, one.why) for one in changes] == [(6, "cancelled", "Not wanted.")]


def test_every_kind_is_either_closed_with_its_order_or_left_to_people() -> None:
    assert sorted([*CLOSED_WITH_ORDER, *BUILT_BY_PEOPLE]) == sorted(KINDS)


def test_what_has_ended_stays_as_it_ended() -> None:
    ended = [Ticket(number, "o-1", "p-1", "trunking", str(number), state) for number, state in enumerate(ENDED)]
    assert not cancel([CancelTickets(order_id="o-1", run=1)], ended)
    assert not close([CloseTickets(order_id="o-1", run=1)], ended)


def test_the_end_of_an_order_closes_its_tickets_but_leaves_to_people_what_they_build() -> None:
    changes = close([CloseTickets(order_id="o-1", run=1)], TICKETS)
    assert [(one.ticket.kind, one.ticket.state) for one in changes] == [
        ("order", "closed"),
        ("backorder", "closed"),
        ("e911", "closed"),
    ]


def test_an_old_run_ends_nothing_that_a_newer_run_has_asked_for() -> None:
    assert not cancel([CancelTickets(order_id="o-1", run=1)], [Ticket(1, "o-1", "p-1", "order", run=2)])


def test_two_commands_for_one_order_end_each_ticket_once() -> None:
    changes = cancel(
        [CancelTickets(order_id="o-1", run=1, reason="first"), CancelTickets(order_id="o-1", run=1)], TICKETS
    )
    assert [(one.ticket.ticket_id, one.why) for one in changes] == [(n, "first") for n in (1, 2, 3, 4, 6)]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(OPEN + ENDED)), max_size=8))
def test_a_repeat_ends_nothing_more_and_answers_the_same(parts: list[tuple[Kind, State]]) -> None:
    tickets = [Ticket(number, "o-1", "p-1", kind, str(number), state) for number, (kind, state) in enumerate(parts, 1)]
    command = [CancelTickets(order_id="o-1", run=1)]
    after = applied(tickets, [one.ticket for one in cancel(command, tickets)])
    assert not any(one.is_open for one in after)
    assert not cancel(command, after)
    assert len(ids_in_state(after, KINDS, "cancelled")) == sum(one.state == "cancelled" for one in after)
