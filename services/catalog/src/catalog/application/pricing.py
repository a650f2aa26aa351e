"""Orders are priced, and what they were priced at is kept: their plan of charges, and what they take for free."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.application.books import Books
from catalog.domain.allowances import Share, own, share
from catalog.domain.order_billing import OrderBilling, planned, replaceable
from catalog.domain.packages import Catalogue
from catalog.domain.pricing import price_order
from catalog.store import allowances, changes, order_billing
from chassis.messaging.unit import Unit
from contracts.catalog import OrderNotPriceable, OrderPriced, PriceOrder
from contracts.message import Reply


def started_later(order: PriceOrder, moved: date | None) -> PriceOrder:
    """Billed from where its start was moved to, if that is after what it asks for."""
    if moved is None or moved <= (order.billing_start or order.submitted_on):
        return order
    return order.model_copy(update={"billing_start": moved})


@dataclass(frozen=True, slots=True)
class Pricing:
    """What orders are priced with."""

    catalogue: Catalogue
    books: Books

    async def price(self, commands: Sequence[PriceOrder], unit: Unit) -> Sequence[Reply]:
        """A run that is priced again gets its frozen answer; a newer run replaces the plan of the one before.

        What that one took of the customer's free numbers is there again for the newer; a start that it was moved to
        stays, if that is later.
        """
        known = await order_billing.lock(unit.connection, [one.order_id for one in commands])
        before = dict(known)
        moved = await changes.moved(unit.connection, [one.order_id for one in commands if one.order_id in known])
        unused = Counter(await self._unused(commands, known, unit))
        standing = Counter(unused)
        fresh: dict[str, OrderBilling] = {}
        replies: list[Reply] = []
        for one in commands:
            billing = known.get(one.order_id)
            if billing is not None and billing.run == one.run:
                replies.append(billing.priced)
                continue
            replaces = replaceable(billing, one.run)
            back = billing.free_numbers_taken if billing is not None and replaces else 0
            wish = started_later(one, moved.get(one.order_id))
            free, answer = self._priced(wish, unused[one.customer_id] + back)
            if replaces and isinstance(answer, OrderPriced):
                unused[one.customer_id] += back - free.taken
                known[one.order_id] = fresh[one.order_id] = planned(one, answer, free)
            replies.append(answer)
        replaced = [(order_id, before[order_id].run) for order_id in fresh if order_id in before]
        await order_billing.plan(unit.connection, list(fresh.values()), replaced, unit.business_now)
        await allowances.change(unit.connection, {it: unused[it] - standing[it] for it in unused})
        return replies

    def _priced(self, order: PriceOrder, unused: int) -> tuple[Share, OrderPriced | OrderNotPriceable]:
        free = share(order, self.catalogue, unused)
        return free, price_order(order, self.catalogue, self.books.on(order.submitted_on, order.partner_id), free.taken)

    async def _unused(
        self, commands: Sequence[PriceOrder], known: dict[str, OrderBilling], unit: Unit
    ) -> dict[str, int]:
        """By customer, where anybody needs it: orders whose own seats cover their numbers do not ask."""
        short = {one.customer_id for one in commands if one.numbers > own(one, self.catalogue)}
        took = {one.customer_id for one in known.values() if one.free_numbers_taken}
        wanted = short | took
        return await allowances.left(unit.connection, wanted) if wanted else {}
