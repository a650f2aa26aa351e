"""The users of an order: who gets which extension, number, pack and extra service."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from broadsoft_provisioner.domain.packages import Package, Packages
from contracts.broadsoft import Seats


@dataclass(slots=True)
class Seat:
    """A user to be: `extras` are services sold by themselves that this seat gets on top of its pack."""

    package: Package
    extension: str = ""
    number: str = ""
    extras: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order's items, sorted by what they are in BroadWorks."""

    seats: list[Seat]
    packs: list[Package]
    group_services: list[str]
    extras: list[str]

    @property
    def user_services(self) -> list[str]:
        """All that must be authorised at the enterprise: what packs hold, and what is sold by itself."""
        return _unique([*(service for pack in self.packs for service in pack.user_services), *self.extras])


def unknown(items: Iterable[Seats], packages: Packages) -> list[str]:
    """Packages that the mapping to BroadWorks does not have."""
    return [item.package for item in items if item.package not in packages]


def misfits(items: Iterable[Seats], packages: Packages) -> list[str]:
    """Items ordered as users whose package is no seat."""
    return [item.package for item in items if item.seats and packages[item.package].level != "seat"]


def wanted(items: Sequence[Seats], packages: Packages) -> Wanted:
    """Every package must be known (`unknown`) and fit (`misfits`). Seats are in the order of the items."""
    ordered = [(item, packages[item.package]) for item in items]
    seats = [Seat(package) for item, package in ordered if package.level == "seat" for _ in range(_users(item))]
    extras = [(item.quantity, package) for item, package in ordered if package.level == "user"]
    for quantity, package in extras:
        _give(package, quantity, seats)
    concerned = [package for _, package in ordered if package.level in ("seat", "user", "group")]
    return Wanted(
        seats,
        list({package.name: package for package in concerned if package.level == "seat"}.values()),
        _unique(service for package in concerned for service in package.group_services),
        _unique(service for _, package in extras for service in package.user_services),
    )


def number_seats(seats: Sequence[Seat], numbers: Iterable[str]) -> None:
    """Hands out numbers in order: desks first, then those that can do without. The rest stay in the group."""
    left = iter(numbers)
    for rule in ("first", "last"):
        for seat in (seat for seat in seats if seat.package.number == rule):
            seat.number = next(left, "")


def extend_seats(seats: Sequence[Seat], extensions: Iterator[str]) -> bool:
    """False when there are fewer free extensions than seats."""
    for seat in seats:
        seat.extension = next(extensions, "")
    return all(seat.extension for seat in seats)


def _users(item: Seats) -> int:
    return item.seats or item.quantity


def _give(package: Package, quantity: int, seats: Sequence[Seat]) -> None:
    """A user service sold by itself goes to the first new seats that lack it.

    What is left over stays authorised in the group for its administrator to assign.
    """
    for seat in seats:
        lacking = [s for s in package.user_services if s not in seat.package.user_services and s not in seat.extras]
        if quantity and lacking:
            seat.extras += lacking
            quantity -= 1


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
