"""How the trunking tickets of an order stand."""

from datetime import UTC, date, datetime

from contracts.tickets import ResolvedTicket
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket, applied, trunking_progress

DONE = Resolution("done", activated_on=date(2027, 3, 1), trunk_group="T1", numbers_confirmed=True)


def signed(form: Resolution) -> SignedResolution:
    return SignedResolution(form, "r.chen", datetime(2027, 3, 1, 12, tzinfo=UTC))


def test_only_trunking_tickets_count_and_cancelled_ones_do_not() -> None:
    tickets = [
        Ticket(1, "o-1", "p-1", "order"),
        Ticket(2, "o-1", "p-1", "trunking", "2", "held"),
        Ticket(3, "o-1", "p-1", "trunking", "3", "resolved", 1, signed(DONE)),
        Ticket(4, "o-1", "p-1", "trunking", "4", "cancelled"),
        Ticket(5, "o-1", "p-1", "e911", state="resolved", resolution=signed(Resolution("done"))),
    ]
    done = ResolvedTicket(
        ticket_id="T-000003", kind="trunking", item_id="3", outcome="done", activated_on=date(2027, 3, 1)
    )
    assert trunking_progress(tickets, 1) == (1, (done,))


def test_an_order_without_trunks_waits_for_none() -> None:
    assert trunking_progress([Ticket(1, "o-1", "p-1", "order")], 1) == (0, ())


def test_a_change_takes_the_place_of_the_ticket_it_changed() -> None:
    before, other = Ticket(1, "o-1", "p-1", "order"), Ticket(2, "o-2", "p-1", "order")
    after = Ticket(1, "o-1", "p-1", "order", state="closed")
    assert applied([before, other], [after]) == [after, other]
