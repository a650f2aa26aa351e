"""Every start of catalog tells what is sold, one fact a package."""

from catalog.sample import catalogue
from chassis.process.parts import Parts

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


async def test_a_later_start_tells_it_anew(parts: Parts, catalog: Catalog) -> None:
    await parts.start()
    first = await catalog.sent("catalog.packages")
    await parts.start()
    again = await catalog.sent("catalog.packages")
    assert all(new.changed_at > old.changed_at for new, old in zip(again, first, strict=True))
