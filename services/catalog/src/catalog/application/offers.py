"""What is sold is told to whoever takes orders: one fact for each package, on `catalog.packages`."""

from datetime import datetime

from catalog.domain.packages import Catalogue, Package
from catalog.store import offers
from chassis.facts.owning import Truth
from chassis.messaging.unit import Units
from contracts.catalog import PackageOffered


class Offers:
    """The catalogue of this process, written down when it is told first; afterwards what stands there is told anew.

    So a replica of an older version that is still there does not take back what a newer one has told. One that starts
    later does, until all are of one version.
    """

    def __init__(self, units: Units, catalogue: Catalogue) -> None:
        self._units, self._catalogue = units, catalogue
        self._written = False

    async def tell(self) -> None:
        """Dated now, and so newer than whatever somebody else has told meanwhile."""
        async with self._units.begin() as unit:
            if not self._written:
                sold = [offered(package, unit.now) for package in self._catalogue.packages]
                await offers.put(unit.connection, sold, unit.now)
            for fact in await offers.renewed(unit.connection, await offers.names(unit.connection), unit.now):
                unit.emit(fact)
        self._written = True


def offered(package: Package, now: datetime) -> PackageOffered:
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


def withdrawn(fact: PackageOffered, at: datetime) -> PackageOffered:
    """Of a package that nobody sells."""
    return fact if fact.withdrawn else fact.model_copy(update={"withdrawn": True, "changed_at": at})


TRUTH = Truth(offers.known, offers.renewed, withdrawn)
