"""Forms, orders in flight and good answers, as every test of order-intake needs them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts import broadsoft, catalog, numbers, tickets
from contracts.message import Command, Reply
from contracts.orders import E911, Address, Customer, NumberChoice, NumberSearch, OrderForm, OrderItem, Trunk
from order_intake.domain.subject import Subject

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MARKET_STREET = Address(street="18 Market St", unit="Suite 210", city="Morristown", state="NJ", zip="07960")
MAIN_STREET = Address(street="5 Main St", city="Trenton", state="NJ", zip="08608")
SEATS = OrderItem(package="Enterprise Standard", quantity=2)
LINES = "Standard Select Voice Lines"
UNITY = OrderItem(package="Unity Client", quantity=2)  # which people set up elsewhere
UNITY_FEE = OrderItem(package="Unity Client NRC", quantity=1)
TRUNK = OrderItem(package=LINES, quantity=4, trunk=Trunk(name="Main PBX", call_paths=4, pbx="Asterisk 20"))
OUT_OF_STOCK = "609"  # nobody has numbers of it: what is wanted there is backordered
PLAIN = NumberChoice(number="+12015550142")
FOR_TRUNKING = NumberChoice(number="+12015550150", trunking=True)
BACKORDER = NumberSearch(npa=OUT_OF_STOCK, quantity=3)


def offered(name: str, seats: int = 0, **facts: Any) -> catalog.PackageOffered:
    """A package as the catalogue publishes it."""
    plain = {
        "changed_at": NOW,
        "order_type": "Hosted PBX Services",
        "charges": ("MRC",),
        "fulfilment": "hosted",
        "free_numbers": seats,
        "number": "optional" if seats else "none",
        "orderable": True,
    }
    return catalog.PackageOffered(name=name, seats=seats, **{**plain, **facts})


MENU = {
    one.name: one
    for one in (
        offered("Enterprise Standard", 1),
        offered("Enterprise Basic", 1),
        offered(LINES, 1),
        offered("Auto Attendant", number="or-extension"),
        offered("Hunt Group", number="or-extension"),
        offered("Call Control Tool Bar - MRC Option", either_or="Call Control Tool Bar"),
        offered("Call Control Tool Bar - NRC Option", either_or="Call Control Tool Bar"),
        offered("Unity Client", fulfilment="billing"),
        offered("Unity Client NRC", fulfilment="billing", charges=("NRC",)),
        offered("Late Fee", fulfilment="billing", orderable=False),
        offered("Enterprise Old", 1, withdrawn=True),
    )
}


def customer(**facts: Any) -> Customer:
    plain = {
        "account_name": "Harbor Dental Morristown",
        "first_name": "Ada",
        "last_name": "Reyes",
        "email": "ap@harbordental.example",
        "domain": "harbordental.example",
        "time_zone": "America/New_York",
    }
    return Customer(**{**plain, **facts})


def form(now: datetime = NOW, **facts: Any) -> OrderForm:
    """A hosted order for a new enterprise whose 911 gate is open: activation is three days from `now`."""
    plain: dict[str, Any] = {
        "external_id": "PO-1",
        "kind": "new-enterprise",
        "enterprise": "Harbor Dental Group",
        "customer": customer(),
        "requested_activation": now + timedelta(days=3),
        "e911": E911(location=MARKET_STREET),
        "items": (SEATS,),
    }
    return OrderForm(**{**plain, **facts})


def subject(**facts: Any) -> Subject:
    """The order of `form()`; facts of the form go into the form, all others into the subject."""
    of_form = {name: facts.pop(name) for name in list(facts) if name in OrderForm.model_fields}
    made = facts.pop("form", None) or form(**of_form)
    plain: dict[str, Any] = {
        "order_id": "0190c0de-0000-7000-8000-000000000001",
        "partner_id": "p-1",
        "submitted_at": NOW,
        "submitted_on": NOW.date(),
        "form": made,
        "enterprise_id": "e-1",
        "customer_id": "c-1",
        "service_provider_id": "harbor-dental-group-aaaaaa",
        "group_id": "harbor-dental-morristo-bbbbbb",
        "enterprise_new": True,
        "location_accepted_at": NOW if made.e911.location else None,
    }
    return Subject(**{**plain, **facts})


def priced(order_id: str, *items: tuple[str, int, str], run: int = 1) -> catalog.OrderPriced:
    """From (package, quantity, fulfilment) triples; each item has as many seats as its quantity when it is hosted."""
    parents = {package: str(index) for index, (package, *_) in enumerate(items, 1)}
    return catalog.OrderPriced(
        order_id=order_id,
        run=run,
        price_book="p-1 v3",
        billing_start=date(2027, 3, 4),
        items=tuple(
            catalog.PricedItem(
                item_id=str(index),
                package=package,
                quantity=quantity,
                fulfilment=fulfilment,
                seats=quantity if fulfilment == "hosted" else 0,
                elsewhere=package == UNITY.package,
                parent=parents.get(UNITY.package, "") if package == UNITY_FEE.package else "",
            )
            for index, (package, quantity, fulfilment) in enumerate(items, 1)
        ),
        lines=(),
        free_numbers=2,
        first_invoice=Decimal("31.40"),
        monthly=Decimal("34.90"),
    )


def _fulfilment(item: catalog.OrderedItem) -> str:
    if item.trunking:
        return "trunking"
    return "billing" if item.package in (UNITY.package, UNITY_FEE.package) else "hosted"


def reserved(command: numbers.ReserveNumbers) -> numbers.NumbersReserved:
    """All that is chosen, and what is wanted outside the area that is out of stock."""
    found = [
        numbers.ReservedNumber(number=f"+1{wish.npa}5559{index:03}", trunking=wish.trunking)
        for wish in command.wanted
        if wish.npa != OUT_OF_STOCK
        for index in range(wish.quantity)
    ]
    chosen = [numbers.ReservedNumber(number=one.number, trunking=one.trunking) for one in command.chosen]
    missing = tuple(wish for wish in command.wanted if wish.npa == OUT_OF_STOCK)
    ids = {"order_id": command.order_id, "run": command.run}
    return numbers.NumbersReserved(**ids, numbers=(*chosen, *found), backordered=missing)


def delivered(quantity: int = 3, *, trunking: bool = False) -> tuple[numbers.ReservedNumber, ...]:
    """Numbers of the area that was out of stock."""
    return tuple(
        numbers.ReservedNumber(number=f"+1{OUT_OF_STOCK}5558{index:03}", trunking=trunking) for index in range(quantity)
    )


ACTIVATED = date(2027, 3, 2)


def resolved(outcome: tickets.Outcome = "done", item_id: str = "1", on: date = ACTIVATED) -> tickets.ResolvedTicket:
    """A trunk with its proof, or why there is none."""
    told = {"activated_on": on} if outcome == "done" else {"reason": "no such address"}
    return tickets.ResolvedTicket(ticket_id="T-000002", kind="trunking", item_id=item_id, outcome=outcome, **told)


def set_up(outcome: tickets.Outcome = "done", on: date = ACTIVATED) -> tickets.SetupResolution:
    """How people ended what they set up elsewhere."""
    told = {"activated_on": on} if outcome == "done" else {"reason": "the platform is full"}
    return tickets.SetupResolution(ticket_id="T-000003", outcome=outcome, **told)


def good_answer(command: Command) -> Reply:
    """What a participant says to whom nothing is wrong. Trunking tickets stay open and stock does not come."""
    ids: dict[str, Any] = {"order_id": command.order_id, "run": command.run}
    match command:
        case catalog.PriceOrder(items=items):
            triples = [(one.package, one.quantity, _fulfilment(one)) for one in items]
            return priced(command.order_id, *triples, run=command.run)
        case catalog.DiscardCharges():
            return catalog.ChargesDiscarded(**ids)
        case catalog.StartBilling():
            return catalog.BillingStarted(**ids, billing_start=date(2027, 3, 4), lines=1)
        case catalog.BillDelivered(delivery=delivery):
            told = {"billing_start": date(2027, 3, 4), "deliveries": delivery + 1, "lines": delivery + 1}
            return catalog.DeliveryBilled(**ids, **told, posted=Decimal("10.00") * (delivery + 1))
        case catalog.BillDeliveredNumbers():
            return catalog.DeliveredNumbersBilled(**ids, lines=1)
        case numbers.ReserveNumbers():
            return reserved(command)
        case numbers.ReleaseNumbers():
            return numbers.NumbersReleased(**ids, numbers=())
        case numbers.AssignNumbers():
            return numbers.NumbersAssigned(**ids, numbers=())
        case numbers.CheckBackorder():
            return numbers.BackorderChecked(**ids, filled=(), missing=3)
        case _:
            return _of_provisioning(command, ids)


def _of_provisioning(command: Command, ids: dict[str, Any]) -> Reply:
    match command:
        case broadsoft.ProvisionGroup(enterprise=enterprise, group=group):
            where = {"service_provider_id": enterprise.service_provider_id, "group_id": group.group_id}
            return broadsoft.GroupProvisioned(**ids, **where, users=(), effects=7)
        case broadsoft.RemoveGroup():
            return broadsoft.GroupRemoved(**ids, effects=7)
        case broadsoft.AddNumbers():
            return broadsoft.NumbersAdded(**ids, numbers=command.numbers)
        case _:
            return _of_ticketing(command, ids)


def _of_ticketing(command: Command, ids: dict[str, Any]) -> Reply:
    match command:
        case tickets.OpenTickets():
            opened = [
                tickets.OpenedTicket(ticket_id=f"T-{index:06}", kind=one.kind, item_id=one.item_id)
                for index, one in enumerate(command.tickets, 1)
            ]
            return tickets.TicketsOpened(**ids, tickets=tuple(opened))
        case tickets.CancelTickets():
            return tickets.TicketsCancelled(**ids, tickets=())
        case tickets.CheckTickets():
            return tickets.TicketsChecked(**ids, open=1, resolved=())
        case tickets.CloseTickets():
            return tickets.TicketsClosed(**ids, tickets=())
        case tickets.OpenSetupTicket():
            return tickets.SetupTicketOpened(**ids, ticket_id="T-000003")
        case tickets.CancelSetupTicket():
            return tickets.SetupTicketCancelled(**ids)
        case tickets.CheckSetupTicket():
            return tickets.SetupTicketChecked(**ids)
    raise AssertionError(command)
