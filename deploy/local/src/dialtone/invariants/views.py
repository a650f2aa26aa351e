"""The audit views: whose each is, what is asked of it, and what its rows become."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dialtone.invariants import catalog_rows, queries, rows
from dialtone.stack.services import (
    BROADSOFT_PROVISIONER,
    CATALOG,
    DID_INVENTORY,
    ORDER_INTAKE,
    SERVICES,
    TICKETING,
    Service,
)

R = TypeVar("R", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class View(Generic[R]):
    """The columns of the query are the fields of `row`, in the same order."""

    service: Service
    query: str
    row: type[R]


ORDERS = View(ORDER_INTAKE, queries.ORDERS, rows.Order)
ORDER_NUMBERS = View(ORDER_INTAKE, queries.ORDER_NUMBERS, rows.OrderNumber)
ORDER_DELIVERIES = View(ORDER_INTAKE, queries.ORDER_DELIVERIES, rows.OrderDelivery)
ORDER_USERS = View(ORDER_INTAKE, queries.ORDER_USERS, rows.OrderUser)
ORDER_ITEMS = View(ORDER_INTAKE, queries.ORDER_ITEMS, rows.OrderItem)
ACCOUNTS = View(ORDER_INTAKE, queries.ACCOUNTS, rows.Account)
DEAD_LETTERS = View(ORDER_INTAKE, queries.DEAD_LETTERS, rows.DeadLetter)
ACTS = View(ORDER_INTAKE, queries.ACTS, rows.Act)
NUMBERS = View(DID_INVENTORY, queries.NUMBERS, rows.Number)
BACKORDERS = View(DID_INVENTORY, queries.BACKORDERS, rows.Backorder)
BILLING = View(CATALOG, queries.BILLING, catalog_rows.Billing)
PLANS = View(CATALOG, queries.PLANS, catalog_rows.PlanLine)
SUBSCRIPTIONS = View(CATALOG, queries.SUBSCRIPTIONS, catalog_rows.Subscription)
POSTINGS = View(CATALOG, queries.POSTINGS, catalog_rows.Posting)
TICKETS = View(TICKETING, queries.TICKETS, rows.Ticket)
TICKET_ACTS = View(TICKETING, queries.TICKET_ACTS, rows.TicketAct)
EFFECTS = View(BROADSOFT_PROVISIONER, queries.EFFECTS, rows.Effect)
USES = View(BROADSOFT_PROVISIONER, queries.USES, rows.Use)
WORKPLACES = View(BROADSOFT_PROVISIONER, queries.WORKPLACES, rows.Workplace)
MESSAGES = {service.name: View(service, queries.MESSAGES, rows.Message) for service in SERVICES}
ALL: tuple[View[Any], ...] = (
    *(ORDERS, ORDER_NUMBERS, ORDER_DELIVERIES, ORDER_USERS, ORDER_ITEMS, ACCOUNTS, DEAD_LETTERS, ACTS),
    *(NUMBERS, BACKORDERS),
    *(BILLING, PLANS, SUBSCRIPTIONS, POSTINGS),
    *(TICKETS, TICKET_ACTS),
    *(EFFECTS, USES, WORKPLACES),
    *MESSAGES.values(),
)
