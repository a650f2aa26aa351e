"""The saga of an order, on one screen: what each step sends, what may come back, and how it is undone.

What the commands carry is in requests.py, what the gate asks in e911.py, and what is waited for in waiting.py.
"""

from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.broadsoft import GroupProvisioned, GroupRemoved, NumbersAdded, ProvisioningRefused
from contracts.catalog import ChargesDiscarded, DeliveryBilled, OrderNotPriceable, OrderPriced
from contracts.numbers import (
    BackorderAdvanced,
    BackorderChecked,
    NumbersAssigned,
    NumbersReleased,
    NumbersReserved,
    NumbersUnavailable,
)
from contracts.tickets import (
    SetupTicketCancelled,
    SetupTicketChecked,
    SetupTicketOpened,
    SetupTicketResolved,
    TicketResolved,
    TicketsCancelled,
    TicketsChecked,
    TicketsClosed,
    TicketsOpened,
)
from order_intake.domain import e911, requests, waiting
from order_intake.domain.absorbing import absorb
from order_intake.domain.subject import Subject

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
ASK_FOR_SETUP = Step(
    "ask for the setup elsewhere",
    requests.open_setup_ticket,
    SetupTicketOpened,
    undo=requests.cancel_setup_ticket,
    undone=SetupTicketCancelled,
    when=waiting.has_setup,
)
ASSIGN = Step("assign numbers", requests.assign_hosted_numbers, NumbersAssigned, when=waiting.has_hosted_numbers)
START_BILLING = Step("start billing", requests.bill_delivery, DeliveryBilled, when=waiting.has_standing)
TRUNKING = Wait(
    "trunking tickets", waiting.for_tickets, requests.check_tickets, answer=TicketsChecked, signal=TicketResolved
)
SETUP = Wait(
    "setup elsewhere",
    waiting.for_setup,
    requests.check_setup_ticket,
    answer=SetupTicketChecked,
    signal=SetupTicketResolved,
)
BACKORDER = Wait(
    "backorder", waiting.for_backorder, requests.check_backorder, answer=BackorderChecked, signal=BackorderAdvanced
)
ASSIGN_TRUNK = Step(
    "assign trunk numbers", requests.assign_trunk_numbers, NumbersAssigned, when=waiting.trunk_numbers_are_due
)
ADD_NUMBERS = Step(
    "add backordered numbers",
    requests.add_batch,
    NumbersAdded,
    refused=(ProvisioningRefused,),
    when=waiting.has_batch,
    again=True,
)
BILL_DELIVERY = Step(
    "bill what is delivered", requests.bill_delivery, DeliveryBilled, when=waiting.has_delivery, again=True
)
RETURN_NUMBERS = Step(
    "give trunk numbers back", requests.return_trunk_numbers, NumbersReleased, when=waiting.trunk_numbers_are_in_vain
)
CLOSE_TICKETS = Step("close tickets", requests.close_tickets, TicketsClosed)
VOID_CHARGES = Step("void charges", requests.discard_charges, ChargesDiscarded, when=waiting.nothing_is_delivered)

PROVISION_ORDER = Saga[Subject](
    "provision order",
    version=2,
    absorb=absorb,
    parts=(
        Stage((PRICE, RESERVE, ASK_FOR_LOCATION)),
        Gate("911", verdict=e911.verdict),
        Stage((PROVISION, OPEN_TICKETS, ASK_FOR_SETUP)),
        Pivot(),
        Stage((ASSIGN, START_BILLING)),
        Waits(
            (TRUNKING, SETUP, BACKORDER),
            (ASSIGN_TRUNK, ADD_NUMBERS, BILL_DELIVERY, RETURN_NUMBERS),
        ),
        Stage((CLOSE_TICKETS, VOID_CHARGES)),
    ),
)
