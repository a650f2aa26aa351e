"""did-inventory: reserve, release and assign telephone numbers. Numbers are E.164 (`+1NPANXXXXXX`)."""

from typing import ClassVar, Literal

from contracts.bounds import E164, Count, Identifier, Instant, PerNumber, PerSearch, Place, Quantity, ThreeDigits
from contracts.message import Command, Event, Refusal, Reply, Value

Side = Literal["all", "hosted", "trunking"]


class ChosenNumber(Value):
    """This number and no other; `trunking` says that it goes to a trunk and not to a seat."""

    number: E164
    trunking: bool = False


class WantedNumbers(Value):
    """Any `quantity` free numbers of an NPA, or of an NPA-NXX. `backorder` says whether to wait for what is missing."""

    npa: ThreeDigits
    nxx: ThreeDigits | None = None
    quantity: Quantity
    trunking: bool = False
    backorder: bool = True


class ReservedNumber(Value):
    """A number that the order holds, with what it is for and where it rings from.

    `came_at` is when stock brought it to a backorder (business time), where that is told.
    """

    number: E164
    trunking: bool = False
    rate_center: Place = ""
    came_at: Instant | None = None


class ReserveNumbers(Command):
    """Keep numbers for an order in flight: all that is chosen or nothing, and what a search finds."""

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.commands"
    partner_id: Identifier
    chosen: PerNumber[ChosenNumber] = ()
    wanted: PerSearch[WantedNumbers] = ()


class NumbersReserved(Reply):
    """`backordered` is what the inventory lacks; it waits in the queue, first come, first served."""

    owner: ClassVar[str] = "numbers"
    numbers: PerNumber[ReservedNumber]
    backordered: PerSearch[WantedNumbers]


class NumbersUnavailable(Refusal):
    """Nothing was reserved. `unavailable` are chosen numbers that are not free, `short` what a search lacks."""

    owner: ClassVar[str] = "numbers"
    unavailable: PerNumber[E164] = ()
    short: PerSearch[WantedNumbers] = ()


class ReleaseNumbers(Command):
    """What the run reserved on this side is free again, and its backorders are cancelled: undo of `ReserveNumbers`.

    What is assigned stays so.
    """

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.commands"
    side: Side = "all"


class NumbersReleased(Reply):
    """What was given back; empty when nothing was reserved."""

    owner: ClassVar[str] = "numbers"
    numbers: PerNumber[E164]


class AssignNumbers(Command):
    """Every number reserved for this side of the order, now or later by backorder, becomes the customer's."""

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.commands"
    customer_id: Identifier
    side: Side = "all"


class NumbersAssigned(Reply):
    """Every number of the order that is the customer's now."""

    owner: ClassVar[str] = "numbers"
    numbers: PerNumber[E164]


class CheckBackorder(Command):
    """Asks how the backorder of an order stands; heals a lost `BackorderFilled`."""

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.commands"


class BackorderChecked(Reply):
    """`filled` are the numbers delivered so far, `missing` how many are still wanted."""

    owner: ClassVar[str] = "numbers"
    filled: PerNumber[ReservedNumber]
    missing: Count
    filled_at: Instant | None = None


class BackorderAdvanced(Event):
    """Stock came to an order's backorder. `numbers` is all that was delivered so far, `missing` is still wanted."""

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.events"
    partner_id: Identifier
    run: Quantity
    numbers: PerNumber[ReservedNumber]
    missing: Count
    advanced_at: Instant


class BackorderFilled(Event):
    """The last number of an order's backorder has been delivered. `numbers` is everything that was delivered."""

    owner: ClassVar[str] = "numbers"
    topic: ClassVar[str] = "numbers.events"
    partner_id: Identifier
    run: Quantity
    numbers: PerNumber[ReservedNumber]
    filled_at: Instant


COMMANDS = (ReserveNumbers, ReleaseNumbers, AssignNumbers, CheckBackorder)
