"""Tickets carry what people need to work, so that nobody fills in a form of paper."""

from datetime import date, datetime

from contracts import numbers
from contracts.orders import E911, NumberSearch, OrderItem, Trunk
from contracts.tickets import TicketRequest
from order_intake.domain import ticket_bodies
from order_intake.domain.requests import reserve_numbers
from order_intake.domain.subject import Subject

from ..builders import FOR_TRUNKING, MARKET_STREET, NOW, PLAIN, SEATS, TRUNK, priced, reserved, subject


def details(ticket: TicketRequest) -> dict[str, str]:
    return {one.name: one.value for one in ticket.details}


def with_numbers(order: Subject) -> Subject:
    return order.model_copy(update={"reserved": reserved(reserve_numbers(order))})


def test_the_order_ticket_tells_whose_order_it_is() -> None:
    order = subject(notes="Fax line stays analog.").model_copy(update={"priced": priced("o-1", ("S", 1, "hosted"))})
    ticket = ticket_bodies.order(order)
    assert (ticket.kind, ticket.item_id) == ("order", "")
    assert ticket.summary == "Order PO-1: Harbor Dental Morristown"
    assert details(ticket) == {
        "order": order.order_id,
        "external id": "PO-1",
        "enterprise": "Harbor Dental Group",
        "customer": "Harbor Dental Morristown",
        "domain": "harbordental.example",
        "time zone": "America/New_York",
        "requested activation": "2027-03-04T12:00:00+00:00",
        "billing start": "2027-03-04",
        "notes": "Fax line stays analog.",
    }


def test_what_an_order_does_not_have_is_left_out_of_its_ticket() -> None:
    told = details(ticket_bodies.order(subject(requested_activation=None)))
    assert {"requested activation", "billing start", "notes"}.isdisjoint(told)


def test_a_trunking_ticket_carries_the_trunk_group_its_numbers_and_the_911_location() -> None:
    order = with_numbers(subject(items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING)))
    (ticket,) = ticket_bodies.trunking(order)
    assert (ticket.kind, ticket.item_id) == ("trunking", "2")
    assert ticket.summary == "Trunking Main PBX: Harbor Dental Morristown"
    told = details(ticket)
    assert told["package"] == "4 x Standard Select Voice Lines"
    assert told["trunk group"] == "Main PBX"
    assert told["call paths"] == "4"
    assert told["PBX"] == "Asterisk 20"
    assert told["registration"] == "registers"
    assert told["codecs"] == "G711"
    assert told["numbers"] == FOR_TRUNKING.number
    assert told["911 location"] == "18 Market St Suite 210, Morristown, NJ 07960"


def test_a_trunking_ticket_is_due_a_week_before_activation() -> None:
    (ticket,) = ticket_bodies.trunking(
        subject(items=(TRUNK,), requested_activation=datetime(2027, 3, 15, tzinfo=NOW.tzinfo))
    )
    assert ticket.due == date(2027, 3, 8)
    (ticket,) = ticket_bodies.trunking(subject(items=(TRUNK,), requested_activation=None))
    assert ticket.due is None


def test_a_static_trunk_tells_its_address_and_an_unknown_pbx_is_not_told() -> None:
    static = Trunk(name="B", registration="static-ip", static_ip="192.0.2.7", codecs=("G722", "G711"))
    (ticket,) = ticket_bodies.trunking(subject(items=(OrderItem(package="T", trunk=static),)))
    told = details(ticket)
    assert (told["registration"], told["PBX"], told["codecs"]) == ("static IP 192.0.2.7", "not told", "G722, G711")
    assert told["numbers"] == "none"


def test_every_trunk_group_has_a_ticket_of_its_own() -> None:
    second = OrderItem(package="T", trunk=Trunk(name="Second PBX"))
    made = list(ticket_bodies.trunking(subject(items=(TRUNK, SEATS, second))))
    assert [(one.item_id, details(one)["trunk group"]) for one in made] == [("1", "Main PBX"), ("3", "Second PBX")]


def test_numbers_for_trunking_without_a_trunk_group_have_one_ticket() -> None:
    search = NumberSearch(npa="973", quantity=2, trunking=True)
    order = with_numbers(subject(numbers=(FOR_TRUNKING,), number_searches=(search,)))
    (ticket,) = ticket_bodies.trunking(order)
    assert (ticket.item_id, ticket.summary) == ("", "Trunking numbers for trunking: Harbor Dental Morristown")
    assert details(ticket)["numbers"] == "+12015550150, +19735559000, +19735559001"


def test_an_order_without_trunking_has_no_trunking_ticket() -> None:
    assert list(ticket_bodies.trunking(subject(numbers=(PLAIN,)))) == []


def test_a_trunking_ticket_says_why_there_is_no_911_location() -> None:
    reason = E911(required=False, reason="trunk_customer_ali")
    (ticket,) = ticket_bodies.trunking(subject(items=(TRUNK,), e911=reason))
    assert details(ticket)["911 location"] == "trunk_customer_ali"
    (ticket,) = ticket_bodies.trunking(subject(items=(TRUNK,), e911=E911()))
    assert details(ticket)["911 location"] == "missing"


def test_a_backorder_ticket_tells_how_many_are_missing_and_where() -> None:
    wanted = (
        numbers.WantedNumbers(npa="609", quantity=3),
        numbers.WantedNumbers(npa="609", nxx="555", quantity=2),
    )
    missing = numbers.NumbersReserved(order_id="o-1", run=1, numbers=(), backordered=wanted)
    ticket = ticket_bodies.backorder(subject(reserved=missing))
    assert (ticket.kind, ticket.summary) == ("backorder", "5 numbers backordered for Harbor Dental Morristown")
    told = details(ticket)
    assert (told["609"], told["609-555"]) == ("3 numbers", "2 numbers")


def test_a_911_ticket_names_the_customer() -> None:
    ticket = ticket_bodies.e911(subject(e911=E911()))
    assert (ticket.kind, ticket.summary) == ("e911", "911 location missing for Harbor Dental Morristown")
    assert details(ticket)["customer"] == "Harbor Dental Morristown"


def test_an_address_is_one_line() -> None:
    assert ticket_bodies.address_line(MARKET_STREET) == "18 Market St Suite 210, Morristown, NJ 07960"
    assert ticket_bodies.address_line(MARKET_STREET.model_copy(update={"unit": ""})).startswith("18 Market St, ")
