"""broadsoft-provisioner: build and remove groups in BroadWorks.

Ids are BroadWorks' (1 to 30 bytes). Its limits are judged by the provisioner, which refuses in words; the bounds here
are wider.
"""

from typing import ClassVar

from contracts.bounds import (
    E164,
    Count,
    Domain,
    Email,
    Extension,
    Identifier,
    Line,
    Name,
    Paragraph,
    PerItem,
    PerNumber,
    PerSeat,
    Quantity,
    TimeZone,
    UserId,
)
from contracts.message import Command, Refusal, Reply, Value


class Enterprise(Value):
    """`new` asks for it to be built; otherwise it must exist."""

    service_provider_id: Identifier
    name: Name
    new: bool = False


class Group(Value):
    """`new` asks for it to be built; otherwise seats are added to the one that exists."""

    group_id: Identifier
    name: Name
    domain: Domain
    time_zone: TimeZone
    contact_name: Name = ""
    contact_email: Email = ""
    new: bool = True


class Seats(Value):
    """`quantity` users of a seat package, or `quantity` of a service for the group."""

    package: Name
    quantity: Quantity
    seats: Count = 0


class ProvisionedUser(Value):
    """A user that was built for a seat; one without a number is reached by extension only."""

    user_id: UserId
    package: Name
    extension: Extension
    number: E164 | None = None


class ProvisionGroup(Command):
    """Build the group with its seats and numbers, and the enterprise when it is new."""

    owner: ClassVar[str] = "broadsoft"
    topic: ClassVar[str] = "broadsoft.commands"
    enterprise: Enterprise
    group: Group
    items: PerItem[Seats]
    numbers: PerNumber[E164] = ()


class GroupProvisioned(Reply):
    """`effects` counts the ledger entries of this order: what was really done in BroadWorks."""

    owner: ClassVar[str] = "broadsoft"
    service_provider_id: Identifier
    group_id: Identifier
    users: PerSeat[ProvisionedUser]
    effects: Count


class ProvisioningRefused(Refusal):
    """BroadWorks or our own rules said no. `operation` is the OCI command, `oci_code` BroadWorks' number, if any.

    What was done before the refusal is in the ledger and is taken back by `RemoveGroup`.
    """

    owner: ClassVar[str] = "broadsoft"
    operation: Line = ""
    oci_code: Line = ""
    detail: Paragraph = ""


class RemoveGroup(Command):
    """Takes back, from the ledger, everything this order did in BroadWorks, and nothing else."""

    owner: ClassVar[str] = "broadsoft"
    topic: ClassVar[str] = "broadsoft.commands"


class GroupRemoved(Reply):
    """`effects` ledger entries were taken back; nothing of the order is left in BroadWorks."""

    owner: ClassVar[str] = "broadsoft"
    effects: Count


class AddNumbers(Command):
    """Backordered numbers of a hosted order have come: add them to its group."""

    owner: ClassVar[str] = "broadsoft"
    topic: ClassVar[str] = "broadsoft.commands"
    service_provider_id: Identifier
    group_id: Identifier
    numbers: PerNumber[E164]


class NumbersAdded(Reply):
    """The numbers are in the group and active."""

    owner: ClassVar[str] = "broadsoft"
    numbers: PerNumber[E164]


COMMANDS = (ProvisionGroup, RemoveGroup, AddNumbers)
