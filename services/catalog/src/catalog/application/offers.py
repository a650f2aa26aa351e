"""What is sold is told to whoever takes orders: one fact for each package, on `catalog.packages`."""

from datetime import datetime

from catalog.domain.packages import Catalogue, Package
from chassis.messaging.unit import Units
from contracts.catalog import PackageOffered


async def publish(units: Units, catalogue: Catalogue) -> None:
    """The whole catalogue, at every start: so it is known again after the broker has lost everything."""
    async with units.begin() as unit:
        for package in catalogue.packages:
            unit.emit(offered(package, unit.now))


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
