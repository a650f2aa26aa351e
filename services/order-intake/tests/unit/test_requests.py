"""What each step of the saga asks for."""

from datetime import date
from typing import Any

from contracts import broadsoft, catalog, numbers, tickets
from contracts.orders import E911, NumberSearch, OrderItem
from order_intake.domain import requests
from order_intake.domain.deliveries import Delivery

from ..builders import (
    BACKORDER,
    FOR_TRUNKING,
    NOW,
    PLAIN,
    SEATS,
    TRUNK,
    UNITY,
    customer,
    delivered,
    form,
    good_answer,
    priced,
    reserved,
    subject,
)

ORDER_ID = subject().order_id
SEARCH = NumberSearch(npa="973", nxx="555", quantity=2, trunking=True, backorder=False)
MIXED: dict[str, Any] = {"items": (SEATS, TRUNK), "numbers": (PLAIN, FOR_TRUNKING), "number_searches": (BACKORDER,)}


def in_flight(run: int = 2, **facts: Any) -> Any:
    """A mixed order, priced and reserved; three numbers are backordered."""
    order = subject(run=run, **{**MIXED, **facts})
    triples = [(one.package, one.quantity, "trunking" if one.trunk else "hosted") for one in order.form.items]
    answers = {"priced": priced(ORDER_ID, *triples), "reserved": reserved(requests.reserve_numbers(order))}
    return order.model_copy(update=answers)


def test_every_command_names_its_order_and_run() -> None:
    order = in_flight(run=2).model_copy(
        update={
            "group": broadsoft.GroupProvisioned(
                order_id=ORDER_ID, run=2, service_provider_id="sp", group_id="g", users=(), effects=1
            ),
            "delivered": delivered(),
            "delivered_at": NOW,
        }
    )
    makers = [
        requests.price_order,
        requests.discard_charges,
        requests.reserve_numbers,
        requests.release_numbers,
        requests.open_e911_ticket,
        requests.cancel_e911_ticket,
        requests.provision_group,
        requests.remove_group,
        requests.open_tickets,
        requests.cancel_tickets,
        requests.assign_numbers,
        requests.start_billing,
        requests.check_tickets,
        requests.check_backorder,
        requests.add_numbers,
        requests.bill_delivered,
        requests.close_tickets,
    ]
    commands = [make(order) for make in makers]
    assert {(one.order_id, one.run) for one in commands} == {(ORDER_ID, 2)}


def test_the_order_is_priced_for_its_submit_date_with_items_numbered_from_one() -> None:
    order = subject(
        submitted_on=date(2027, 2, 28),
        form=form(
            items=(SEATS, TRUNK),
            numbers=(PLAIN,),
            number_searches=(BACKORDER, SEARCH),
            billing_start=date(2027, 4, 1),
            customer=customer(time_zone="America/Chicago"),
        ),
    )
    assert requests.price_order(order) == catalog.PriceOrder(
        order_id=ORDER_ID,
        run=1,
        partner_id="p-1",
        customer_id="c-1",
        time_zone="America/Chicago",
        submitted_on=date(2027, 2, 28),
        billing_start=date(2027, 4, 1),
        items=(
            catalog.OrderedItem(item_id="1", package="Enterprise Standard", quantity=2),
            catalog.OrderedItem(item_id="2", package="Standard Select Voice Lines", quantity=4, trunking=True),
        ),
        numbers=6,
    )


def test_chosen_numbers_and_searches_are_reserved_as_they_were_asked_for() -> None:
    order = subject(numbers=(PLAIN, FOR_TRUNKING), number_searches=(BACKORDER, SEARCH))
    assert requests.reserve_numbers(order) == numbers.ReserveNumbers(
        order_id=ORDER_ID,
        run=1,
        partner_id="p-1",
        chosen=(
            numbers.ChosenNumber(number="+12015550142"),
            numbers.ChosenNumber(number="+12015550150", trunking=True),
        ),
        wanted=(
            numbers.WantedNumbers(npa="609", quantity=3),
            numbers.WantedNumbers(npa="973", nxx="555", quantity=2, trunking=True, backorder=False),
        ),
    )


def test_the_group_gets_hosted_items_and_plain_numbers_only() -> None:
    command = requests.provision_group(in_flight())
    assert command.items == (broadsoft.Seats(package="Enterprise Standard", quantity=2, seats=2),)
    assert command.numbers == (PLAIN.number,)
    assert command.enterprise == broadsoft.Enterprise(
        service_provider_id="harbor-dental-group-aaaaaa", name="Harbor Dental Group", new=True
    )
    assert command.group == broadsoft.Group(
        group_id="harbor-dental-morristo-bbbbbb",
        name="Harbor Dental Morristown",
        domain="harbordental.example",
        time_zone="America/New_York",
        contact_name="Ada Reyes",
        contact_email="ap@harbordental.example",
        new=True,
    )


def test_services_for_a_standing_group_do_not_build_it_again() -> None:
    order = in_flight(kind="add-services", enterprise_new=False, group_new=False, customer=customer(first_name=""))
    command = requests.provision_group(order)
    assert (command.enterprise.new, command.group.new) == (False, False)
    assert command.group.contact_name == "Reyes"


def test_items_that_are_only_billed_are_not_built() -> None:
    order = in_flight(items=(SEATS, OrderItem(package="Fee")))
    fee = priced(ORDER_ID, ("Enterprise Standard", 2, "hosted"), ("Fee", 1, "billing"))
    command = requests.provision_group(order.model_copy(update={"priced": fee}))
    assert [one.package for one in command.items] == ["Enterprise Standard"]


def test_a_hosted_order_has_one_ticket_and_a_mixed_one_with_backorder_has_three() -> None:
    assert [one.kind for one in requests.open_tickets(in_flight(items=(SEATS,), **PLAIN_ONLY)).tickets] == ["order"]
    assert [one.kind for one in requests.open_tickets(in_flight()).tickets] == ["order", "trunking", "backorder"]


PLAIN_ONLY: dict[str, Any] = {"numbers": (PLAIN,), "number_searches": ()}


def test_the_days_of_a_ticket_are_those_of_its_customer() -> None:
    wanted = requests.open_tickets(in_flight(customer=customer(time_zone="America/Denver"))).tickets
    assert {one.time_zone for one in wanted} == {"America/Denver"}


def test_a_missing_911_location_has_a_ticket_and_only_that_is_cancelled_with_it() -> None:
    order = subject(e911=E911())
    assert [one.kind for one in requests.open_e911_ticket(order).tickets] == ["e911"]
    assert requests.cancel_e911_ticket(order).kinds == ("e911",)
    assert requests.cancel_tickets(order).kinds == ()


def test_billing_starts_for_what_is_delivered_and_knows_what_is_backordered() -> None:
    assert requests.start_billing(in_flight()) == catalog.StartBilling(
        order_id=ORDER_ID, run=2, numbers=2, backordered=3
    )
    without = requests.start_billing(subject())
    assert (without.numbers, without.backordered) == (0, 0)


def test_numbers_are_assigned_to_the_customer() -> None:
    assert requests.assign_numbers(in_flight()).customer_id == "c-1"


def test_delivered_numbers_go_into_the_group_but_those_for_trunking_do_not() -> None:
    built = broadsoft.GroupProvisioned(
        order_id=ORDER_ID, run=2, service_provider_id="sp", group_id="g", users=(), effects=1
    )
    plain, trunking = delivered(2), delivered(1, trunking=True)
    order = in_flight().model_copy(update={"group": built, "delivered": (*plain, *trunking), "delivered_at": NOW})
    assert requests.add_numbers(order) == broadsoft.AddNumbers(
        order_id=ORDER_ID,
        run=2,
        service_provider_id="sp",
        group_id="g",
        numbers=tuple(one.number for one in plain),
    )
    assert requests.bill_delivered(order).numbers == 3


def test_delivered_numbers_are_billed_from_the_day_in_the_customers_zone() -> None:
    late = NOW.replace(hour=3)  # still February on the west coast
    order = in_flight(customer=customer(time_zone="America/Los_Angeles"))
    command = requests.bill_delivered(order.model_copy(update={"delivered": delivered(), "delivered_at": late}))
    assert command.delivered_on == date(2027, 2, 28)


def test_what_came_together_goes_into_the_group_together() -> None:
    built = broadsoft.GroupProvisioned(
        order_id=ORDER_ID, run=2, service_provider_id="sp", group_id="g", users=(), effects=1
    )
    first, trunking, rest = delivered(1), delivered(1, trunking=True), delivered(3)[1:]
    facts = {"group": built, "delivered": (*first, *trunking, *rest), "batches": (1, 2)}
    order = in_flight().model_copy(update=facts)
    assert requests.add_batch(order).numbers == tuple(one.number for one in first)
    later = order.model_copy(update={"added": 1})
    assert requests.add_batch(later).numbers == tuple(one.number for one in rest)


def test_deliveries_are_billed_by_their_number_one_after_another() -> None:
    order = in_flight().model_copy(update={"given": (Delivery(items=("2",), numbers=1, on=date(2027, 3, 2)),)})
    first = requests.bill_delivery(order)
    assert (first.delivery, first.items, first.on) == (0, tuple(order.deliveries()[0].items), None)
    billed = order.model_copy(update={"billed": good_answer(first)})
    second = catalog.BillDelivered(order_id=ORDER_ID, run=2, delivery=1, items=("2",), numbers=1, on=date(2027, 3, 2))
    assert requests.bill_delivery(billed) == second


def test_the_sides_are_assigned_apart_and_the_trunks_given_back() -> None:
    assert requests.assign_hosted_numbers(in_flight()).side == "hosted"
    assert requests.assign_trunk_numbers(in_flight()).side == "trunking"
    assert requests.return_trunk_numbers(in_flight()).side == "trunking"
    assert requests.release_numbers(in_flight()).side == "all"


def test_a_setup_ticket_names_what_people_set_up_elsewhere_and_nothing_else() -> None:
    order = subject(items=(SEATS, UNITY), priced=priced("o-1", ("Seat", 1, "hosted"), ("Unity Client", 2, "billing")))
    ticket = requests.open_setup_ticket(order)
    assert [one.value for one in ticket.details if one.name == "package"] == ["2 x Unity Client"]
    assert (ticket.due, ticket.time_zone) == (date(2027, 3, 4), "America/New_York")


def test_the_end_closes_all_tickets() -> None:
    assert isinstance(requests.close_tickets(in_flight()), tickets.CloseTickets)
