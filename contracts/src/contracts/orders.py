"""order-intake: what a portal submits, and the events of an order's life."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.message import Event, Message, Value

OrderKind = Literal["new-enterprise", "new-group", "add-services"]
OrderState = Literal[
    "acknowledged",
    "rejected",
    "pending",
    "held",
    "inProgress",
    "cancelled",
    "completed",
    "failed",
    "partial",
    "assessingCancellation",
    "pendingCancellation",
]
NoE911Reason = Literal[
    "location_later", "fax_only", "toll_free_only", "no_outbound", "supplied_by_other_provider", "trunk_customer_ali"
]


class Address(Value):
    """A postal address; `state` is the two-letter USPS code, `zip` has 5 or 5-4 digits."""

    street: str = Field(min_length=1, max_length=150)
    unit: str = Field(default="", max_length=60)
    city: str = Field(min_length=1, max_length=50)
    state: str = Field(pattern=r"^[A-Z]{2}$")
    zip: str = Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$")


class Customer(Value):
    """The customer block of the order form. `account_name` names the account, the group and the invoice."""

    account_name: str = Field(min_length=1, max_length=80)
    first_name: str = Field(default="", max_length=30)
    last_name: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=80)
    domain: str = Field(default="", max_length=80)
    time_zone: str = Field(default="America/New_York", max_length=64)
    address: Address | None = None


class E911(Value):
    """The dispatchable location, or why there is none."""

    required: bool = True
    location: Address | None = None
    reason: NoE911Reason | None = None


class Trunk(Value):
    """The trunk group that people build; replaces the paper form."""

    name: str = Field(min_length=1, max_length=30)
    call_paths: int = Field(default=1, ge=1, le=100_000)
    pbx: str = ""
    registration: Literal["register", "static-ip"] = "register"
    static_ip: str = ""
    codecs: tuple[str, ...] = ("G711",)


class OrderItem(Value):
    """One package with a quantity; an item with a `trunk` is a trunking item."""

    package: str = Field(min_length=1, max_length=80)
    quantity: int = Field(default=1, ge=1, le=10_000)
    trunk: Trunk | None = None


class NumberChoice(Value):
    """One number by name, in E.164; `trunking` says that it goes to a trunk and not to a seat."""

    number: str = Field(min_length=10, max_length=20)
    trunking: bool = False


class NumberSearch(Value):
    """Any `quantity` numbers of an area code, or of an area code and exchange; `backorder` allows waiting for them."""

    npa: str = Field(pattern=r"^[2-9][0-9]{2}$")
    nxx: str | None = Field(default=None, pattern=r"^[2-9][0-9]{2}$")
    quantity: int = Field(ge=1, le=10_000)
    trunking: bool = False
    backorder: bool = True


class OrderForm(Value):
    """What a portal submits, by HTTP or by Kafka. `external_id` is the partner's own, unique for ever."""

    external_id: str = Field(min_length=1, max_length=100)
    kind: OrderKind
    enterprise: str = Field(min_length=1, max_length=80)
    customer: Customer
    billing_start: date | None = None
    requested_activation: datetime | None = None
    e911: E911
    items: tuple[OrderItem, ...] = Field(default=(), max_length=200)
    numbers: tuple[NumberChoice, ...] = Field(default=(), max_length=1000)
    number_searches: tuple[NumberSearch, ...] = Field(default=(), max_length=50)
    notes: str = Field(default="", max_length=4000)


class SubmitOrder(Message):
    """A portal's submission by Kafka, signed in its headers. `order_id` is the record key: the external id will do."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.submissions"
    form: OrderForm


class Fault(Value):
    """`pointer` is a JSON pointer into the submitted form (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class OrderRejected(Event):
    """A Kafka submission that is not accepted, with all its faults. `order_id` echoes the submission's key."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.rejections"
    partner_id: str = ""
    submission_id: str
    external_id: str = ""
    faults: tuple[Fault, ...]


class OrderSubmitted(Event):
    """An order was accepted and its saga has begun."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.events"
    partner_id: str
    external_id: str
    kind: OrderKind
    enterprise: str
    account_name: str
    submitted_at: AwareDatetime
    form: OrderForm


class OrderStateChanged(Event):
    """The state at the edge is another one (TMF622's words); `reason` says why where it is not plain progress."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.events"
    partner_id: str
    external_id: str
    run: int
    state: OrderState
    reason: str = ""
    at: AwareDatetime


class StoryLine(Value):
    """One line of a run's time line."""

    at: AwareDatetime
    what: str
    step: str = ""
    detail: str = ""


class OrderFallout(Event):
    """An order whose saga failed and was undone, with its whole story; an operator replays or discards it."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "dead-letters"
    partner_id: str
    external_id: str
    run: int
    step: str
    code: str
    reason: str
    form: OrderForm
    story: tuple[StoryLine, ...]


COMMANDS: tuple[type[Message], ...] = ()
