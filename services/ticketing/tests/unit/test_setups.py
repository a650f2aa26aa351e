"""The setup ticket of an order: opened by its own command under the rules of all, and told to the saga by itself."""

from datetime import UTC, date, datetime

import pytest

from contracts.tickets import Detail, OpenSetupTicket, OpenTickets, SetupResolution, TicketRequest
from ticketing.domain.opening import WITHHELD, decide_opening, details_without_secrets
from ticketing.domain.setups import how_resolved
from ticketing.domain.states import ENDED, OPEN, State
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket, trunking_progress

KEY = ("o-1", "", "setup")
DONE = Resolution("done", activated_on=date(2027, 3, 1))


def asks(run: int = 1) -> OpenSetupTicket:
    return OpenSetupTicket(order_id="o-1", run=run, partner_id="p-1", summary="Set up Call Recording")


def setup(state: State = "acknowledged", run: int = 1, form: Resolution | None = None) -> Ticket:
    signed = SignedResolution(form, "r.chen", datetime(2027, 3, 1, 12, tzinfo=UTC)) if form else None
    return Ticket(7, "o-1", "p-1", "setup", state=state, run=run, resolution=signed)


def test_an_order_has_one_setup_ticket_however_often_it_is_asked_for() -> None:
    opening = decide_opening([asks(), asks()], [])
    assert list(opening.new) == [KEY]
    assert not decide_opening([asks()], [setup()]).new


def test_both_commands_open_in_the_order_in_which_they_came() -> None:
    order = OpenTickets(
        order_id="o-1", run=1, partner_id="p-1", tickets=(TicketRequest(kind="order", summary="Order 417"),)
    )
    assert list(decide_opening([asks(), order], []).new) == [KEY, ("o-1", "", "order")]


@pytest.mark.parametrize("state", OPEN)
def test_a_newer_run_refreshes_what_is_open(state: State) -> None:
    change = decide_opening([asks(run=2)], [setup(state)]).changes[7]
    assert (change.ticket.state, change.ticket.run, change.what) == (state, 2, "updated")
    assert change.request == asks(run=2)


@pytest.mark.parametrize(
    "ended",
    [
        setup("cancelled"),
        setup("resolved", form=DONE),
        setup("resolved", form=Resolution("cannot-do", "No plan.")),
    ],
)
def test_a_newer_run_reopens_what_was_cancelled_or_resolved(ended: Ticket) -> None:
    change = decide_opening([asks(run=2)], [ended]).changes[7]
    assert (change.ticket.state, change.ticket.run, change.what) == ("acknowledged", 2, "reopened")
    assert change.ticket.resolution is None
    assert ("r.chen had resolved it on" in change.why) == (ended.state == "resolved")


@pytest.mark.parametrize("ticket", [setup(), setup("cancelled"), setup("resolved", form=DONE)])
def test_the_same_run_changes_nothing(ticket: Ticket) -> None:
    opening = decide_opening([asks()], [ticket])
    assert not opening.new
    assert not opening.changes


def test_the_value_of_a_secret_is_not_kept() -> None:
    lines = (Detail(name="Portal password", value="hunter2"), Detail(name="Seats", value="4"))
    kept = details_without_secrets(asks().model_copy(update={"details": lines}))
    assert kept == [Detail(name="Portal password", value=WITHHELD), lines[1]]


@pytest.mark.parametrize("state", [one for one in OPEN + ENDED if one != "resolved"])
def test_nothing_is_told_of_what_people_have_not_resolved(state: State) -> None:
    assert how_resolved([setup(state)]) is None


def test_nothing_is_told_of_an_order_without_a_setup_ticket() -> None:
    signed = SignedResolution(Resolution("done"), "r.chen", datetime(2027, 3, 1, 12, tzinfo=UTC))
    assert how_resolved([]) is None
    assert how_resolved([Ticket(8, "o-1", "p-1", "e911", state="resolved", resolution=signed)]) is None


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (DONE, SetupResolution(ticket_id="T-000007", outcome="done", activated_on=date(2027, 3, 1))),
        (
            Resolution("cannot-do", "No plan."),
            SetupResolution(ticket_id="T-000007", outcome="cannot-do", reason="No plan."),
        ),
    ],
)
def test_what_people_said_is_told(form: Resolution, told: SetupResolution) -> None:
    tickets = [Ticket(6, "o-1", "p-1", "order"), setup("resolved", form=form)]
    assert how_resolved(tickets) == told
    assert trunking_progress(tickets, 1) == (0, ())
