"""Numbers beside items: a trunk takes those that are flagged for trunking, everything else the others."""

from collections.abc import Iterator

from contracts.echo import quoted
from contracts.faults import Told
from contracts.orders import OrderForm
from order_intake.domain.door.rules import Rules

PARTS = ("/items", "/numbers", "/number_searches")


def side_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """Not judged where a part of what is compared is not known."""
    if _all_known(rules):
        yield from _too_few(form, rules)
        if form.kind != "add-services" and rules.may_judge("/kind"):
            detail = "it is for trunking, and the order has no item with a trunk; add the trunk, or leave the flag out"
            yield from (Told(at, "no-trunk", detail) for at in _flags_without_trunk(form))


def side_warnings(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """A customer that is there may have its trunk already, and the numbers of a trunk may come later, or be ported."""
    if not _all_known(rules):
        return
    if form.kind == "add-services":
        detail = "the order has no item with a trunk; it is taken that the number goes to a trunk that is there"
        yield from (Told(at, "no-trunk", detail) for at in _flags_without_trunk(form))
    if not _numbers(form, trunking=True):
        others = _numbers(form, trunking=False)
        hint = f"; {others} are, and not flagged for trunking" if others else ""
        for index, item in enumerate(form.items):
            if item.trunk is not None:
                detail = f"no number for trunking is ordered{hint}; the trunk is built without numbers"
                yield Told(f"/items/{index}/trunk", "trunk-without-numbers", detail)


def _too_few(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """Told where the need goes beyond what is ordered. Seats can do without: they leave the numbers to the others."""
    needed = {True: 0, False: 0}
    have = {trunking: _numbers(form, trunking=trunking) for trunking in needed}
    for index, item in enumerate(form.items):
        offer = rules.offers.get(item.package)
        if offer is None or offer.number != "required":
            continue
        trunking = item.trunk is not None
        needed[trunking] += item.quantity
        if needed[trunking] > have[trunking]:
            side = "for trunking" if trunking else "beside those for trunking"
            counts = f"{needed[trunking]} are needed, and {side} there are {have[trunking]}"
            detail = f"each {quoted(item.package)} needs a number: {counts}"
            yield Told(f"/items/{index}", "too-few-numbers", f"{detail}; choose or search for more")


def _flags_without_trunk(form: OrderForm) -> Iterator[str]:
    if all(item.trunk is None for item in form.items):
        yield from (f"/numbers/{index}/trunking" for index, one in enumerate(form.numbers) if one.trunking)
        searches = enumerate(form.number_searches)
        yield from (f"/number_searches/{index}/trunking" for index, one in searches if one.trunking)


def _numbers(form: OrderForm, *, trunking: bool) -> int:
    """Chosen and searched for, of this side."""
    chosen = sum(one.trunking == trunking for one in form.numbers)
    return chosen + sum(one.quantity for one in form.number_searches if one.trunking == trunking)


def _all_known(rules: Rules) -> bool:
    return not any(not one or one.startswith(PARTS) for one in rules.wrong)
