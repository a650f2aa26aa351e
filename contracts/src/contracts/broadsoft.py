"""broadsoft-provisioner: build and remove groups in BroadWorks. Ids and limits are BroadWorks' (1 to 30 bytes)."""

from typing import ClassVar

from contracts.message import E164, Command, Count, Quantity, Refusal, Reply, Value


class Enterprise(Value):
    """`new` asks for it to be built; otherwise it must exist."""

    service_provider_id: str
    name: str
    new: bool = False


class Group(Value):
    """`new` asks for it to be built; otherwise seats are added to the one that exists."""

    group_id: str
    name: str
    domain: str
    time_zone: str
    contact_name: str = ""
    contact_email: str = ""
    new: bool = True


class Seats(Value):
    """`quantity` users of a seat package, or `quantity` of a service for the group."""

    package: str
    quantity: Quantity
    seats: Count = 0


class ProvisionedUser(Value):
    """A user that was built for a seat; one without a number is reached by extension only."""

    user_id: str
    package: str
    extension: str
    number: E164 | None = None


class ProvisionGroup(Command):
    """Build the group with its seats and numbers, and the enterprise when it is new."""

    owner: ClassVar[str] = "broadsoft"
    topic: ClassVar[str] = "broadsoft.commands"
    enterprise: Enterprise
    group: Group
    items: tuple[Seats, ...]
    numbers: tuple[E164, ...] = ()


class GroupProvisioned(Reply):
    """`effects` counts the ledger entries of this order: what was really done in BroadWorks."""

    owner: ClassVar[str] = "broadsoft"
    service_provider_id: str
    group_id: str
    users: tuple[ProvisionedUser, ...]
    effects: Count


class ProvisioningRefused(Refusal):
    """BroadWorks or our own rules said no. `operation` is the OCI command, `oci_code` BroadWorks' number, if any.

    What was done before the refusal is in the ledger and is taken back by `RemoveGroup`.
    """

    owner: ClassVar[str] = "broadsoft"
    operation: str = ""
    oci_code: str = ""
    detail: str = ""


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
    service_provider_id: str
    group_id: str
    numbers: tuple[E164, ...]


class NumbersAdded(Reply):
    """The numbers are in the group and active."""

    owner: ClassVar[str] = "broadsoft"
    numbers: tuple[E164, ...]


COMMANDS = (ProvisionGroup, RemoveGroup, AddNumbers)
