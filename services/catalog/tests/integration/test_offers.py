"""Every start of catalog tells what is sold, one fact a package."""

from catalog.__main__ import compose
from catalog.sample import catalogue
from catalog.settings import Settings
from chassis.process.parts import Parts
from chassis.runtime.database import Pool

from .orders import Catalog


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


async def test_it_is_told_again_once_in_a_while_and_is_no_newer(
    settings: Settings, pool: Pool, catalog: Catalog
) -> None:
    """An older replica that repeats itself must not take back what a newer one has told."""
    impatient = await compose(settings.model_copy(update={"facts_told_every": 1e-9}), pool)
    await impatient.start()
    first = await catalog.sent("catalog.packages")
    await impatient.jobs[-1][1]()
    assert first
    assert await catalog.sent("catalog.packages") == first


async def test_it_is_not_told_again_before_it_is_due(parts: Parts, catalog: Catalog) -> None:
    await parts.start()
    await catalog.sent("catalog.packages")
    await parts.jobs[-1][1]()
    assert await catalog.sent("catalog.packages") == []
