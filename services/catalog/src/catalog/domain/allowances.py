"""Free numbers belong to the customer, not to the order (telecom rule 17)."""

from dataclasses import dataclass

from catalog.domain.packages import Catalogue
from contracts.catalog import PriceOrder


@dataclass(frozen=True, slots=True)
class Share:
    """What an order takes of the free numbers that its customer has left, and what it leaves of its own."""

    taken: int = 0
    left: int = 0


def own(order: PriceOrder, catalogue: Catalogue, *, trunks: bool = True) -> int:
    """The free numbers that the items of the order bring; an unknown package brings none."""
    packages = ((item, catalogue.by_name.get(item.package)) for item in order.items if trunks or not item.trunking)
    return sum(item.quantity * one.seats * one.free_numbers for item, one in packages if one is not None)


def share(order: PriceOrder, catalogue: Catalogue, unused: int) -> Share:
    """Of the customer's `unused` ones only as many as its own do not cover. People may yet fail to build a trunk, so
    that leaves none.
    """
    beyond = max(0, order.numbers - own(order, catalogue))
    left = max(0, own(order, catalogue, trunks=False) - order.numbers)
    return Share(taken=min(beyond, unused), left=left)
