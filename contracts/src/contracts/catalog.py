"""catalog: price an order, start its billing. Money is USD before tax, as decimal strings in JSON."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from contracts import bounds
from contracts.bounds import (
    Code,
    Count,
    Day,
    Identifier,
    Money,
    Name,
    PerCharge,
    PerItem,
    Quantity,
    Sentence,
    ShortId,
    TimeZone,
    Whole,
)
from contracts.cutting import fewer
from contracts.message import Command, Event, Fact, Refusal, Reply, Value

ChargeKind = Literal["MRC", "NRC", "usage"]
Fulfilment = Literal["hosted", "trunking", "billing"]
PostingReason = Literal["delivery", "change", "credit", "recurring", "end", "manual"]
BilledFrom = Literal["asked", "activation"]
NeedOfNumber = Literal["none", "optional", "or-extension", "required"]


class OrderedItem(Value):
    """`trunking` marks an item that people build from a ticket."""

    item_id: ShortId
    package: Name
    quantity: Quantity = 1
    trunking: bool = False


class ChargeLine(Value):
    """One charge; `amount` is recomputable from the line alone. `price_book` is the version that has the unit price.

    Periods are half-open `[from_date, to_date)` of calendar dates in the customer's zone; `days` of `days_in_period`
    prorate an MRC. `first_period` lines are due on the billing start; the rest describes the first full month.

    `posting` is its number in the ledger, without gaps, where it is posted; `line` is that of the plan it comes from.
    """

    line: Count
    item_id: ShortId
    package: Name
    kind: ChargeKind
    quantity: Whole
    unit_price: Money
    price_book: Name = ""
    from_date: Day
    to_date: Day | None = None
    days: Count | None = None
    days_in_period: Count | None = None
    amount: Money
    first_period: bool = True
    posting: Quantity | None = None


class PricedItem(Value):
    """How an item is fulfilled. `seats` counts BroadWorks users, 0 for what is no seat.

    `elsewhere`: people set it up on another platform. `parent` is the item that a fee is delivered with, if there is
    one.
    """

    item_id: ShortId
    package: Name
    quantity: Quantity
    fulfilment: Fulfilment
    seats: Count = 0
    elsewhere: bool = False
    parent: ShortId = ""


class UsagePrice(Value):
    """What a unit of an item's usage costs, in USD before tax, by which version: frozen with the order, rated later."""

    item_id: ShortId
    package: Name
    unit_price: Money
    price_book: Name


class PriceOrder(Command):
    """`submitted_on` is the date of the submit in the customer's zone: it selects the version of the price book."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.commands"
    partner_id: Identifier
    customer_id: Identifier
    time_zone: TimeZone
    submitted_on: Day
    billing_start: Day | None = None
    items: PerItem[OrderedItem] = ()
    numbers: Count = 0


class OrderPriced(Reply):
    """The order's charges, frozen with the version of the price book; money is USD before tax.

    What a partner's own version lacks is charged at the standard one's price: lines say whose theirs is. What is
    `billed_from` its activation is charged from the asked billing start or from the day on which it stands, the later.
    """

    owner: ClassVar[str] = "catalog"
    price_book: Name
    billing_start: Day
    items: PerItem[PricedItem]
    lines: PerCharge[ChargeLine]
    free_numbers: Count
    first_invoice: Money
    monthly: Money
    currency: Annotated[str, Field(max_length=3)] = "USD"
    usage: PerItem[UsagePrice] = ()
    billed_from: BilledFrom = "asked"


class ItemFault(Value):
    """One reason why an order has no price; an empty `item_id` concerns the order as a whole."""

    item_id: ShortId
    code: Code
    detail: Sentence


def _rest(left_out: Sequence[Any]) -> ItemFault:
    return ItemFault(item_id="", code="more-faults", detail=f"{len(left_out)} more faults are not listed.")


class OrderNotPriceable(Refusal):
    """All faults of the order's items and dates at once; nothing was stored.

    Of more than a hundred the last one counts those that are not listed.
    """

    owner: ClassVar[str] = "catalog"
    faults: Annotated[
        tuple[ItemFault, ...],
        BeforeValidator(fewer(bounds.FAULTS, bounds.FAULTS - 1, _rest)),
        Field(max_length=bounds.FAULTS),
    ] = ()


class DiscardCharges(Command):
    """Undo of pricing: the planned charges of the order are void."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.commands"


class ChargesDiscarded(Reply):
    """No planned charge of the run is left."""

    owner: ClassVar[str] = "catalog"


class StartBilling(Command):
    """Posts the planned charges. `numbers` are delivered now; `backordered` ones are billed on delivery."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.commands"
    numbers: Count = 0
    backordered: Count = 0


class BillingStarted(Reply):
    """`lines` charges are posted."""

    owner: ClassVar[str] = "catalog"
    billing_start: Day
    lines: Count


class BillDeliveredNumbers(Command):
    """Backordered numbers have come: charge those beyond the free allowance from `delivered_on` (customer's zone)."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.commands"
    numbers: Quantity
    delivered_on: Day


class DeliveredNumbersBilled(Reply):
    """`lines` charges were added for delivered numbers."""

    owner: ClassVar[str] = "catalog"
    lines: Count


class BillDelivered(Command):
    """Something was delivered: charge it from `on` (customer's zone), or from the billing start if that is later.

    `delivery` counts the deliveries of the run from 0: what was billed by its number is not billed again. `numbers` are
    delivered now; those of all deliveries together use up the free allowance.
    """

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.commands"
    delivery: Count
    items: PerItem[ShortId] = ()
    numbers: Count = 0
    on: Day | None = None


class DeliveryBilled(Reply):
    """`deliveries` of the run are billed by now, with so many `lines`, which come to `posted` USD before tax."""

    owner: ClassVar[str] = "catalog"
    billing_start: Day
    deliveries: Count
    lines: Count
    posted: Money


class BillingActivated(Event):
    """Billing of an order has begun: `lines` are the charges that were posted with it."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "billing.events"
    partner_id: Identifier
    customer_id: Identifier
    price_book: Name
    billing_start: Day
    lines: PerCharge[ChargeLine]


class ChargesPosted(Event):
    """Charges of an order were posted after its start of billing, and why: each posted line is in one event only."""

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "billing.events"
    partner_id: Identifier
    customer_id: Identifier
    reason: PostingReason
    lines: PerCharge[ChargeLine]


class PackageOffered(Fact):
    """A package of the catalogue, as whoever takes orders must know it; its name is its key.

    Not `orderable`: only the back office applies it. `withdrawn`: it is sold no more. `seats` counts the BroadWorks
    users that one of it is, `free_numbers` what each of these brings. Of the packages of one `either_or` group an order
    has one. An item of it with a trunk is built by people, whatever its `fulfilment`.
    """

    owner: ClassVar[str] = "catalog"
    topic: ClassVar[str] = "catalog.packages"
    name: Name
    order_type: Name
    charges: Annotated[tuple[ChargeKind, ...], Field(max_length=bounds.KINDS)]
    fulfilment: Fulfilment
    seats: Count
    free_numbers: Count
    number: NeedOfNumber
    orderable: bool
    either_or: Name = ""
    withdrawn: bool = False

    @property
    def key(self) -> str:
        return self.name


COMMANDS = (PriceOrder, DiscardCharges, StartBilling, BillDeliveredNumbers, BillDelivered)
