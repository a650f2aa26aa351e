"""Orders are priced, and what they were priced at is kept: their plan of charges."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.application.books import Books
from catalog.domain.order_billing import OrderBilling, planned, replaceable
from catalog.domain.packages import Catalogue
from catalog.domain.pricing import price_order
from catalog.store import order_billing
from chassis.messaging.unit import Unit
from contracts.catalog import OrderPriced, PriceOrder
from contracts.message import Reply


@dataclass(frozen=True, slots=True)
class Pricing:
    """What orders are priced with."""

    catalogue: Catalogue
    books: Books

    async def price(self, commands: Sequence[PriceOrder], unit: Unit) -> Sequence[Reply]:
        """A run that is priced again gets its frozen answer; a newer run replaces the plan of the one before.

        Free numbers left over from a customer's earlier orders do not count yet: two orders of one customer may be
        priced at the same time, and both would use them. So add-services has the allowance of its own seats only.
        """
        known = await order_billing.lock(unit.connection, [one.order_id for one in commands])
        before = {order_id: billing.run for order_id, billing in known.items()}
        fresh: dict[str, OrderBilling] = {}
        replies: list[Reply] = []
        for one in commands:
            billing = known.get(one.order_id)
            if billing is not None and billing.run == one.run:
                replies.append(billing.priced)
                continue
            replace = replaceable(billing, one.run)
            answer = price_order(one, self.catalogue, self.books.on(one.submitted_on, one.partner_id))
            if replace and isinstance(answer, OrderPriced):
                known[one.order_id] = fresh[one.order_id] = planned(one, answer)
            replies.append(answer)
        replaced = [(order_id, before[order_id]) for order_id in fresh if order_id in before]
        await order_billing.plan(unit.connection, list(fresh.values()), replaced, unit.business_now)
        return replies
