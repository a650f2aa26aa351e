"""What is delivered (design, section 1), in the order in which the saga heard of it: each delivery is billed once.

Hosted items stand past the pivot, with their numbers and with fees that come with nothing else. What people build, and
what stock brings, follows by and by.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from contracts.catalog import PricedItem
from contracts.message import Value
from contracts.numbers import ReservedNumber
from contracts.tickets import ResolvedTicket


class Delivery(Value):
    """Items by id, and how many numbers. `on` is the day in the customer's zone, None for what stands at the pivot."""

    items: tuple[str, ...] = ()
    numbers: int = 0
    on: date | None = None


def at_pivot(items: Iterable[PricedItem], reserved: Iterable[ReservedNumber]) -> Delivery | None:
    """What the pivot delivers; None when that is nothing."""
    priced = {item.item_id: item for item in items}
    stand = tuple(item_id for item_id, item in priced.items() if not by_people(item, priced))
    numbers = sum(not one.trunking for one in reserved)
    return Delivery(items=stand, numbers=numbers) if stand or numbers else None


def by_people(item: PricedItem, priced: Mapping[str, PricedItem]) -> bool:
    """Do people deliver it, or what it is a fee of?"""
    it = priced.get(item.parent, item)
    return it.elsewhere or it.fulfilment == "trunking"


def with_fees(item_ids: Iterable[str], items: Iterable[PricedItem]) -> tuple[str, ...]:
    """Items, and the fees that are delivered with them."""
    wanted = set(item_ids)
    return tuple(one.item_id for one in items if one.item_id in wanted or (one.parent and one.parent in wanted))


def arrivals(numbers: Iterable[ReservedNumber], known: Iterable[ReservedNumber]) -> tuple[ReservedNumber, ...]:
    """Those of `numbers` that are not among the known ones; one that was for a trunk may come again for a seat."""
    before = {(one.number, one.trunking) for one in known}
    return tuple(one for one in numbers if (one.number, one.trunking) not in before)


def by_day(
    numbers: Iterable[ReservedNumber], zone: ZoneInfo, otherwise: date, activated: date | None
) -> Iterator[Delivery]:
    """One delivery for the numbers of each day, the earliest first; `otherwise` for those that do not say when.

    Those for a trunk are not delivered before it was `activated`.
    """

    def day(one: ReservedNumber) -> date:
        came = one.came_at.astimezone(zone).date() if one.came_at else otherwise
        return max(came, activated) if one.trunking and activated else came

    for on, its in groupby(sorted(numbers, key=day), key=day):
        yield Delivery(numbers=len(list(its)), on=on)


def proofs(resolved: Iterable[ResolvedTicket]) -> dict[str, date]:
    """By item, when it was activated; what has no item are numbers for trunking without a trunk group."""
    return {one.item_id: one.activated_on for one in resolved if one.outcome == "done" and one.activated_on}
