"""Every start of catalog tells what is sold, one fact a package."""

from dataclasses import replace
from datetime import UTC, datetime

from catalog.__main__ import compose
from catalog.application.offers import Offers
from catalog.domain.packages import Catalogue
from catalog.sample import catalogue
from catalog.settings import Settings
from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.catalog import PackageOffered
from testkit.time import EPOCH

from .orders import Catalog


def undated(fact: PackageOffered) -> PackageOffered:
    return fact.model_copy(update={"changed_at": EPOCH})


async def test_every_start_tells_the_whole_catalogue(parts: Parts, catalog: Catalog) -> None:
    await parts.start()
    told = {one.name: one for one in await catalog.sent("catalog.packages")}
    assert told.keys() == catalogue().by_name.keys()
    seat, fee, fax = (told[name] for name in ("Power User", "Late Fee", "Virtual Fax ATA Basic"))
    assert (seat.order_type, seat.seats, seat.free_numbers, seat.number) == ("Hosted PBX Services", 1, 1, "optional")
    assert (seat.orderable, fee.orderable, fee.fulfilment) == (True, False, "billing")
    assert (fax.number, fax.charges, fax.withdrawn) == ("required", ("MRC",), False)
    either = [name for name, one in told.items() if one.either_or == "Call Control Tool Bar"]
    assert either == ["Call Control Tool Bar - MRC Option", "Call Control Tool Bar - NRC Option"]


async def test_a_later_start_tells_it_anew(settings: Settings, pool: Pool, catalog: Catalog) -> None:
    await (await compose(settings, pool)).start()
    first = await catalog.sent("catalog.packages")
    await (await compose(settings, pool)).start()
    again = await catalog.sent("catalog.packages")
    assert all(new.changed_at > old.changed_at for new, old in zip(again, first, strict=True))


async def test_it_is_told_again_once_in_a_while_and_newer_than_what_others_told(
    settings: Settings, pool: Pool, catalog: Catalog
) -> None:
    impatient = await compose(settings.model_copy(update={"facts_told_every": 1e-9}), pool)
    await impatient.start()
    first = await catalog.sent("catalog.packages")
    await impatient.jobs[-1][1]()
    again = await catalog.sent("catalog.packages")
    assert all(new.changed_at > old.changed_at for new, old in zip(again, first, strict=True))
    assert [undated(one) for one in again] == [undated(one) for one in first]


async def test_an_older_replica_that_repeats_itself_tells_what_the_newer_one_has_told(
    settings: Settings, pool: Pool, catalog: Catalog
) -> None:
    units, now = Units(pool, "catalog", settings.clock), catalogue()
    seat = now.by_name["Power User"]
    older = Offers(units, Catalogue((seat, replace(seat, name="Sold No More Soon"))))
    newer = Offers(units, Catalogue((replace(seat, free_numbers=7),)))
    for offers in (older, newer, older):
        await offers.tell()
    *_, last, left = await catalog.sent("catalog.packages")
    assert (last.name, last.free_numbers) == ("Power User", 7)
    assert left.name == "Sold No More Soon"


async def test_what_somebody_else_tells_is_contradicted_at_once(parts: Parts, catalog: Catalog) -> None:
    await parts.start()
    (true,) = [one for one in await catalog.sent("catalog.packages") if one.name == "Power User"]
    now = datetime.now(UTC)
    forged = true.model_copy(update={"withdrawn": True, "changed_at": now})
    invented = true.model_copy(update={"name": "Free Beer", "changed_at": now})
    await catalog.hear(forged, invented, true)
    again, gone = await catalog.sent("catalog.packages")
    assert undated(again) == undated(true)
    assert (gone.name, gone.withdrawn) == ("Free Beer", True)
    assert min(again.changed_at, gone.changed_at) > now
    await catalog.hear(again, gone)
    assert await catalog.sent("catalog.packages") == []


async def test_it_is_not_told_again_before_it_is_due(parts: Parts, catalog: Catalog) -> None:
    await parts.start()
    await catalog.sent("catalog.packages")
    await parts.jobs[-1][1]()
    assert await catalog.sent("catalog.packages") == []
