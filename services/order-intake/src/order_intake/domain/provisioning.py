"""The saga of an order, on one screen: what each step sends, what may come back, and how it is undone.

What the commands carry is in requests.py, what the gate asks in e911.py.
"""

from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.broadsoft import GroupProvisioned, GroupRemoved, NumbersAdded, ProvisioningRefused
from contracts.catalog import BillingStarted, ChargesDiscarded, DeliveredNumbersBilled, OrderNotPriceable, OrderPriced
from contracts.numbers import (
    BackorderChecked,
    BackorderFilled,
    NumbersAssigned,
    NumbersReleased,
    NumbersReserved,
    NumbersUnavailable,
)
from contracts.tickets import TicketResolved, TicketsCancelled, TicketsChecked, TicketsClosed, TicketsOpened
from order_intake.domain import e911, requests
from order_intake.domain.subject import Subject, absorb

PRICE = Step(
    "price order",
    requests.price_order,
    OrderPriced,
    undo=requests.discard_charges,
    undone=ChargesDiscarded,
    refused=(OrderNotPriceable,),
)
RESERVE = Step(
    "reserve numbers",
    requests.reserve_numbers,
    NumbersReserved,
    undo=requests.release_numbers,
    undone=NumbersReleased,
    refused=(NumbersUnavailable,),
    when=Subject.wants_numbers,
)
ASK_FOR_LOCATION = Step(
    "ask for the 911 location",
    requests.open_e911_ticket,
    TicketsOpened,
    undo=requests.cancel_e911_ticket,
    undone=TicketsCancelled,
    when=e911.lacks_location,
)
PROVISION = Step(
    "provision group",
    requests.provision_group,
    GroupProvisioned,
    undo=requests.remove_group,
    undone=GroupRemoved,
    refused=(ProvisioningRefused,),
    when=Subject.hosted,
    within=minutes(5),
    leaves_traces=True,
)
OPEN_TICKETS = Step(
    "open tickets", requests.open_tickets, TicketsOpened, undo=requests.cancel_tickets, undone=TicketsCancelled
)
ASSIGN = Step("assign numbers", requests.assign_numbers, NumbersAssigned, when=Subject.wants_numbers)
START_BILLING = Step("start billing", requests.start_billing, BillingStarted)
TRUNKING = Wait(
    "trunking tickets", requests.waits_for_tickets, requests.check_tickets, answer=TicketsChecked, signal=TicketResolved
)
BACKORDER = Wait(
    "backorder",
    requests.waits_for_backorder,
    requests.check_backorder,
    answer=BackorderChecked,
    signal=BackorderFilled,
)
ADD_NUMBERS = Step(
    "add backordered numbers",
    requests.add_numbers,
    NumbersAdded,
    refused=(ProvisioningRefused,),
    when=requests.has_hosted_delivery,
)
BILL_NUMBERS = Step(
    "bill backordered numbers", requests.bill_delivered, DeliveredNumbersBilled, when=Subject.backordered
)
CLOSE_TICKETS = Step("close tickets", requests.close_tickets, TicketsClosed)

PROVISION_ORDER = Saga[Subject](
    "provision order",
    version=1,
    absorb=absorb,
    parts=(
        Stage((PRICE, RESERVE, ASK_FOR_LOCATION)),
        Gate("911", verdict=e911.verdict),
        Stage((PROVISION, OPEN_TICKETS)),
        Pivot(),
        Stage((ASSIGN, START_BILLING)),
        Waits((TRUNKING, BACKORDER)),
        Stage((ADD_NUMBERS, BILL_NUMBERS)),
        Stage((CLOSE_TICKETS,)),
    ),
)
DEFINITIONS = {PROVISION_ORDER.version: PROVISION_ORDER}
REPLIES = frozenset(kind for saga in DEFINITIONS.values() for kind in saga.replies())
STEPS = frozenset(step.name for saga in DEFINITIONS.values() for step in saga.steps())
QUESTIONS = frozenset(wait.name for saga in DEFINITIONS.values() for wait in saga.waits())
SIGNALS = frozenset(kind for saga in DEFINITIONS.values() for kind in saga.signals())
