"""order-intake: what a portal submits, and the events of an order's life."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from contracts import bounds
from contracts.bounds import (
    Code,
    Day,
    Domain,
    EchoedId,
    EchoedMessageId,
    Email,
    Identifier,
    Instant,
    Line,
    Name,
    Paragraph,
    PerItem,
    PerNumber,
    PerSearch,
    Pointer,
    Quantity,
    Sentence,
    ThreeDigits,
    TimeZone,
)
from contracts.cutting import fewer
from contracts.faults import MORE, more_faults
from contracts.message import Event, OrderMessage, Value

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

    street: str = Field(min_length=1, max_length=bounds.STREET)
    unit: str = Field(default="", max_length=bounds.UNIT)
    city: str = Field(min_length=1, max_length=bounds.CITY)
    state: str = Field(pattern=r"^[A-Z]{2}$", description="a USPS code such as NJ")
    zip: str = Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$", description="a ZIP code such as 07960 or 07960-1234")


class Customer(Value):
    """The customer block of the order form. `account_name` names the account, the group and the invoice.

    `time_zone` is an IANA name: it says which day it is for the customer. No new order is taken without it; the default
    is for messages from before that rule. `address` is for the invoice.
    """

    account_name: str = Field(min_length=1, max_length=bounds.NAME)
    first_name: str = Field(default="", max_length=bounds.PERSON)
    last_name: str = Field(default="", max_length=bounds.PERSON)
    email: Email = ""
    domain: Domain = ""
    time_zone: TimeZone = "America/New_York"
    address: Address | None = None


class E911(Value):
    """The dispatchable location, or why there is none."""

    required: bool = True
    location: Address | None = None
    reason: NoE911Reason | None = None


Codec = Annotated[str, Field(min_length=1, max_length=bounds.CODEC)]


class Trunk(Value):
    """The trunk group that people build; replaces the paper form.

    `call_paths` is how many calls it carries at a time, `pbx` the customer's own equipment, in free words; `codecs`
    are in order of preference. `static_ip` is for a trunk of that registration only.
    """

    name: str = Field(min_length=1, max_length=bounds.TRUNK_NAME)
    call_paths: int = Field(default=1, ge=1, le=bounds.CALL_PATHS)
    pbx: str = Field(default="", max_length=bounds.PBX)
    registration: Literal["register", "static-ip"] = "register"
    static_ip: str = Field(default="", max_length=bounds.IP_ADDRESS)
    codecs: tuple[Codec, ...] = Field(default=("G711",), max_length=bounds.CODECS)


class OrderItem(Value):
    """One package with a quantity; an item with a `trunk` is a trunking item."""

    package: str = Field(min_length=1, max_length=bounds.NAME)
    quantity: int = Field(default=1, ge=1, le=bounds.ITEM_QUANTITY)
    trunk: Trunk | None = None


class NumberChoice(Value):
    """One number by name, in E.164; `trunking` says that it goes to a trunk and not to a seat."""

    number: str = Field(min_length=10, max_length=bounds.TYPED_NUMBER)
    trunking: bool = False


class NumberSearch(Value):
    """Any `quantity` numbers of an area code, or of an area code and exchange; `backorder` allows waiting for them."""

    npa: ThreeDigits
    nxx: ThreeDigits | None = None
    quantity: int = Field(ge=1, le=bounds.NUMBERS)
    trunking: bool = False
    backorder: bool = True


class OrderForm(Value):
    """What a portal submits, by HTTP or by Kafka. `external_id` is the partner's own, unique for ever, kept in NFC.

    `enterprise` names the account above the customer's. `billing_start` counts in the customer's time zone and is the
    day of the submit when it is missing; `requested_activation` needs an offset. Rules beyond sizes and shapes are
    judged at the door.
    """

    external_id: str = Field(min_length=1, max_length=bounds.EXTERNAL_ID)
    kind: OrderKind
    enterprise: str = Field(min_length=1, max_length=bounds.NAME)
    customer: Customer
    billing_start: Day | None = None
    requested_activation: Annotated[datetime, Field(ge=bounds.EARLIEST, le=bounds.LATEST)] | None = None
    e911: E911
    items: PerItem[OrderItem] = ()
    numbers: PerNumber[NumberChoice] = ()
    number_searches: PerSearch[NumberSearch] = ()
    notes: str = Field(default="", max_length=bounds.NOTES)


class SubmitOrder(OrderMessage):
    """A portal's submission by Kafka, signed in its headers. `order_id` is the record key: the external id will do."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.submissions"
    form: OrderForm


class Fault(Value):
    """`pointer` is a JSON pointer into the submitted form (RFC 6901).

    It is empty for the form as a whole, and for what is wrong with the message around it, which `detail` names.
    """

    pointer: Pointer
    code: Code
    detail: Sentence


def fewer_faults(found: Sequence[Fault]) -> tuple[Fault, ...]:
    """At most a hundred; of more the last counts the others."""
    return tuple(fewer(bounds.FAULTS, bounds.FAULTS - 1, _rest_of_faults)(tuple(found)))


def _rest_of_faults(left_out: Sequence[Any]) -> Fault:
    return Fault(pointer="", code=MORE, detail=more_faults([_code(one) for one in left_out]))


def _code(fault: Any) -> str:
    return str(fault.get("code") if isinstance(fault, Mapping) else getattr(fault, "code", ""))


class OrderRejected(Event):
    """A Kafka submission that is not accepted, with its faults; of more than a hundred the last counts the others.

    `order_id` echoes the submission's key, `submission_id` its `ce_id`, `external_id` what stands in the form: each of
    them cut where it is too long to be accepted.
    """

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.rejections"
    order_id: EchoedId
    partner_id: Identifier = ""
    submission_id: EchoedMessageId
    external_id: EchoedId = ""
    faults: Annotated[
        tuple[Fault, ...],
        BeforeValidator(fewer(bounds.FAULTS, bounds.FAULTS - 1, _rest_of_faults)),
        Field(max_length=bounds.FAULTS),
    ]


class OrderSubmitted(Event):
    """An order was accepted and its saga has begun; `warnings` are what its partner should look at."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.events"
    partner_id: Identifier
    external_id: Identifier
    kind: OrderKind
    enterprise: Name
    account_name: Name
    submitted_at: Instant
    form: OrderForm
    warnings: Annotated[tuple[Fault, ...], Field(max_length=bounds.FAULTS)] = ()


class OrderStateChanged(Event):
    """The state at the edge is another one (TMF622's words); `reason` says why where it is not plain progress."""

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "orders.events"
    partner_id: Identifier
    external_id: Identifier
    run: Quantity
    state: OrderState
    reason: Sentence = ""
    at: Instant


class StoryLine(Value):
    """One line of a run's time line: `what` happened, to which `step` of the saga if to one, and the facts."""

    at: Instant
    what: Line
    step: Name = ""
    detail: Sentence = ""


def _rest_of_story(left_out: Sequence[Any]) -> StoryLine:
    first = left_out[0]
    at = first.get("at") if isinstance(first, Mapping) else getattr(first, "at", None)
    return StoryLine(at=at, what="left out", detail=f"{len(left_out)} lines")


class OrderFallout(Event):
    """An order whose saga failed and was undone, with its story; an operator replays or discards it.

    A story of very many lines has its beginning and its end, and a line that counts what was left out between them.
    """

    owner: ClassVar[str] = "orders"
    topic: ClassVar[str] = "dead-letters"
    partner_id: Identifier
    external_id: Identifier
    run: Quantity
    step: Name
    code: Code
    reason: Paragraph
    form: OrderForm
    story: Annotated[
        tuple[StoryLine, ...],
        BeforeValidator(fewer(bounds.STORY, bounds.STORY_BEGINNING, _rest_of_story)),
        Field(max_length=bounds.STORY),
    ]
