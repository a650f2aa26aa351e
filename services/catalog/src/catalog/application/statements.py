"""What a customer was charged for a month, item by item."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from catalog.domain.money import summed
from catalog.store.postings import LedgerLine
from contracts.bounds import Money


@dataclass(frozen=True, slots=True)
class ItemOfStatement:
    """What was charged for an item of an order, and what of it was credited. Without an `item_id` people charged it."""

    order_id: str
    item_id: str
    lines: list[LedgerLine]
    credits: list[LedgerLine]
    charged: Money
    credited: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Sums:
    """Of rounded lines; credits are negative."""

    charged: Money
    credited: Money
    total: Money


def by_item(lines: Iterable[LedgerLine]) -> list[ItemOfStatement]:
    """By order and item, lines by their numbers."""
    ordered = sorted(lines, key=lambda line: (line.order_id, line.item_id, line.posting))
    return [
        _item(order_id, item_id, list(its))
        for (order_id, item_id), its in groupby(ordered, key=lambda line: (line.order_id, line.item_id))
    ]


def sums(lines: Iterable[LedgerLine]) -> Sums:
    its = list(lines)
    charged, credited = (summed(one.amount for one in its if one.is_credit is credit) for credit in (False, True))
    return Sums(charged, credited, summed([charged, credited]))


def _item(order_id: str, item_id: str, its: list[LedgerLine]) -> ItemOfStatement:
    of_it = sums(its)
    lines, back = ([one for one in its if one.is_credit is credit] for credit in (False, True))
    return ItemOfStatement(order_id, item_id, lines, back, of_it.charged, of_it.credited, of_it.total)
