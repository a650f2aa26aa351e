"""What is sold is told to whoever takes orders: one fact for each package, on `catalog.packages`."""

from datetime import datetime

from catalog.domain.packages import Catalogue, Package
from chassis.messaging.unit import Units
from contracts.catalog import PackageOffered


class Offers:
    """The whole catalogue of this process, told as often as one likes: told again, it is no newer than at the start.

    So a replica of an older version that is still there does not take back what a newer one has told.
    """

    def __init__(self, units: Units, catalogue: Catalogue) -> None:
        self._units, self._catalogue = units, catalogue
        self._since: datetime | None = None

    async def tell(self) -> None:
        async with self._units.begin() as unit:
            self._since = self._since or unit.now
            for package in self._catalogue.packages:
                unit.emit(offered(package, self._since))


def offered(package: Package, now: datetime) -> PackageOffered:
    """A replica of an older version that starts later tells the older catalogue, until all are of one version."""
    return PackageOffered(
        changed_at=now,
        name=package.name,
        order_type=package.order_type,
        charges=package.charges,
        fulfilment=package.fulfilment,
        seats=package.seats,
        free_numbers=package.free_numbers,
        number=package.number,
        orderable=package.orderable,
        either_or=package.either_or,
        withdrawn=package.withdrawn,
    )
