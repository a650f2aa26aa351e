"""What the edge answers, for the OpenAPI document. Values come from `views`; what is not named here is let through."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from chassis.saga.progress import Phase
from contracts.broadsoft import ProvisionedUser
from contracts.catalog import ChargeLine
from contracts.numbers import ReservedNumber
from contracts.orders import Fault, OrderKind, OrderState


class Answer(BaseModel):
    model_config = ConfigDict(extra="allow")


class Submitted(Answer):
    """`warnings` are what the partner should look at."""

    id: str
    external_id: str
    state: OrderState
    warnings: list[Fault] = []


class OrderBrief(Answer):
    """One line of a list."""

    id: str
    external_id: str
    partner_id: str
    kind: OrderKind
    account_name: str
    state: OrderState
    reason: str
    run: int
    submitted_at: datetime
    ended_at: datetime | None


class Saga(Answer):
    """`due` is when the engine is asked again."""

    name: str
    version: int
    phase: Phase
    due: datetime | None


class Item(Answer):
    id: str
    package: str
    quantity: int
    trunking: bool
    state: str


class Enterprise(Answer):
    name: str
    service_provider_id: str


class Customer(Answer):
    id: str
    group_id: str


class Numbers(Answer):
    """`returned` are those of a trunk that could not be built."""

    reserved: list[ReservedNumber]
    returned: list[ReservedNumber]
    backordered: list[dict[str, Any]]
    delivered: list[ReservedNumber]


class Posted(Answer):
    lines: int
    amount: Decimal


class Charges(Answer):
    """USD. `lines` are the plan; `posted` is what was due of it when it was delivered."""

    price_book: str
    billing_start: date
    first_invoice: Decimal
    monthly: Decimal
    currency: str
    before_taxes: bool
    posted: Posted | None
    lines: list[ChargeLine]


class Moment(Answer):
    """`seconds` is the time since the step was sent, where this answers it."""

    at: datetime
    what: str
    step: str
    detail: str
    seconds: float | None = None


class OperatorAction(Answer):
    who: str
    action: str
    why: str
    dl_id: str | None
    at: datetime


class Order(OrderBrief):
    """`version` is the ETag; `form` is what was submitted, or what an operator made of it."""

    version: int
    final: bool
    saga: Saga
    items: list[Item]
    enterprise: Enterprise
    customer: Customer
    numbers: Numbers
    charges: Charges | None
    users: list[ProvisionedUser]
    timeline: list[Moment]
    operator_actions: list[OperatorAction]
    form: dict[str, Any]


class Resumed(Answer):
    id: str


class LetterLine(Answer):
    """One line of a list of dead letters."""

    dl_id: str
    kind: str
    order_id: str | None
    service: str
    source_topic: str
    error_code: str
    error_message: str
    retriable: bool
    attempts: int
    failed_at: datetime
    state: str
    closed_at: datetime | None
    closed_by: str | None


class Letter(LetterLine):
    """With the record as text for people."""

    key: str
    value: str
    headers: dict[str, str]


class Closed(Answer):
    """What became of a dead letter."""

    dl_id: str
    state: str
    order_id: str | None


class Adopted(Answer):
    account_id: str
    name: str
