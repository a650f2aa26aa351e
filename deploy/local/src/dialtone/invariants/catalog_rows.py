"""What catalog shows of itself, row by row: how orders are billed, the ledger, and what the world was told of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

ONE_DAY = timedelta(days=1)
NUMBERS_ITEM = "numbers"  # the item id of what is charged for numbers: they are no item of the order
LineKey = int | tuple[str, int, date, int]


class Billing(NamedTuple):
    """Of the run that was priced last. The numbers are counts.

    `billed_from` activation: from the day of the pivot, if that is after the asked start.
    """

    order_id: str
    run: int
    partner_id: str
    customer_id: str
    state: str
    billing_start: date
    started_at: datetime | None
    numbers_at_start: int
    numbers_backordered: int
    numbers_late: int
    billed_from: str = "asked"


class PlanLine(NamedTuple):
    """A line of the plan of a run, planned or void; the lines of the first period are what is charged."""

    order_id: str
    run: int
    line: int
    item_id: str
    package: str
    kind: str
    quantity: int
    amount: Decimal
    from_date: date
    first_period: bool
    state: str


class Subscription(NamedTuple):
    """What is charged from `from_date` on: an MRC every month up to and without `to_date`, an NRC once.

    Every period that begins before `posted_to` is posted; `due_at` is when the next one is, None when there is none.
    """

    subscription_id: int
    partner_id: str
    customer_id: str
    order_id: str
    run: int
    line: int
    item_id: str
    package: str
    kind: str
    quantity: int
    unit_price: Decimal
    from_date: date
    to_date: date | None
    posted_to: date
    due_at: datetime | None

    @property
    def place(self) -> tuple[str, str]:
        """The order and the item."""
        return self.order_id, self.item_id

    @property
    def end(self) -> date | None:
        """Up to which it may be posted, if it ends."""
        return self.from_date + ONE_DAY if self.kind == "NRC" else self.to_date


class Posting(NamedTuple):
    """An entry of the ledger; `line` is that of the plan it comes from. One made by hand may have no subscription."""

    posting: int
    subscription_id: int | None
    partner_id: str
    customer_id: str
    order_id: str
    run: int
    line: int
    item_id: str
    package: str
    kind: str
    quantity: int
    unit_price: Decimal
    from_date: date
    to_date: date | None
    days: int | None
    days_in_period: int | None
    amount: Decimal
    reason: str
    posted_at: datetime
    reverses: int | None

    @property
    def end(self) -> date:
        """Up to and without which it is posted."""
        return self.to_date or self.from_date + ONE_DAY

    @property
    def whose(self) -> str:
        """The order, or the customer of what is of none."""
        return self.order_id or self.customer_id

    @property
    def unnumbered(self) -> LineKey:
        """What tells it apart on the topic where its number is not told."""
        return self.order_id, self.line, self.from_date, self.quantity


class PublishedLine(NamedTuple):
    """A charge line on `billing.events`; a record that was sent again, under its own id, counts once.

    Releases of before the ledger told no `posting`.
    """

    order_id: str
    line: int
    from_date: date
    quantity: int
    posting: int | None

    @property
    def key(self) -> LineKey:
        return self.posting if self.posting is not None else (self.order_id, self.line, self.from_date, self.quantity)
