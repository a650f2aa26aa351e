"""What a run waits for past the pivot, and what is to be done meanwhile: the conditions of its steps and waits."""

from order_intake.domain.deliveries import proofs
from order_intake.domain.subject import Subject


def for_tickets(order: Subject) -> bool:
    """People work trunks, and have not closed all of them yet."""
    return order.trunking() and order.tickets_open != 0


def for_setup(order: Subject) -> bool:
    """People set up something elsewhere, and have not said how that ended."""
    return has_setup(order) and order.setup is None


def has_setup(order: Subject) -> bool:
    """Do people set up something elsewhere?"""
    return bool(order.elsewhere())


def for_backorder(order: Subject) -> bool:
    """Numbers for seats are missing, or some for a trunk that may still be built."""
    sides = (False,) if order.trunk_refused() else (False, True)
    return any(_came(order, trunking=side) < _wanted(order, trunking=side) for side in sides)


def for_whole_backorder(order: Subject) -> bool:
    """Version 1: numbers are missing, and not all have come yet."""
    return order.backordered() and order.backorder_missing != 0


def has_hosted_numbers(order: Subject) -> bool:
    """Are numbers for seats reserved or backordered?"""
    form = order.form
    return any(not one.trunking for one in form.numbers) or any(not one.trunking for one in form.number_searches)


def has_trunk_numbers(order: Subject) -> bool:
    """Are numbers for trunking reserved or backordered?"""
    form = order.form
    return any(one.trunking for one in form.numbers) or any(one.trunking for one in form.number_searches)


def trunk_numbers_are_due(order: Subject) -> bool:
    """A trunk is proven, and there are numbers for it."""
    return has_trunk_numbers(order) and bool(proofs(order.resolved))


def trunk_numbers_are_in_vain(order: Subject) -> bool:
    """No trunk could be built, and there are numbers for one."""
    return has_trunk_numbers(order) and order.trunk_refused()


def has_batch(order: Subject) -> bool:
    """Has stock brought numbers for seats that are not in the group yet?"""
    return order.group is not None and order.added < len(order.batches)


def has_late_delivery(order: Subject) -> bool:
    """Version 1: did a backorder bring numbers that go into the group?"""
    return order.group is not None and any(not one.trunking for one in order.delivered)


def has_standing(order: Subject) -> bool:
    """Is something delivered at the pivot?"""
    return len(order.deliveries()) > len(order.given)


def has_delivery(order: Subject) -> bool:
    """Is something delivered that is not billed yet?"""
    return (order.billed.deliveries if order.billed else 0) < len(order.deliveries())


def nothing_is_delivered(order: Subject) -> bool:
    """People could build none of it, and it has nothing else."""
    return not order.deliveries()


def _wanted(order: Subject, *, trunking: bool) -> int:
    backordered = order.reserved.backordered if order.reserved else ()
    return sum(one.quantity for one in backordered if one.trunking == trunking)


def _came(order: Subject, *, trunking: bool) -> int:
    return sum(one.trunking == trunking for one in order.delivered)
