"""What an order would cost, by the very rules by which it is priced; nothing is kept of it."""

from dataclasses import dataclass
from datetime import date

from catalog.application.books import Books
from catalog.domain.allowances import own, share
from catalog.domain.packages import Catalogue
from catalog.domain.pricing import price_order
from catalog.store import allowances
from chassis.runtime.database import Pool
from contracts.catalog import ItemFault, OrderNotPriceable, OrderPriced, PriceOrder


class NotPriceable(ValueError):
    """`faults` say why, all at once."""

    def __init__(self, faults: tuple[ItemFault, ...]) -> None:
        super().__init__(faults[0].detail)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Quote:
    """`granted` are the free numbers of its own seats, `taken` those that the customer has left from earlier orders.

    It holds up to and without `until`, from which other prices are known to come; None where none are.
    """

    priced: OrderPriced
    granted: int
    taken: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Quoting:
    """What quotes are made with."""

    catalogue: Catalogue
    books: Books

    async def quote(self, order: PriceOrder, pool: Pool) -> Quote:
        """Raises NotPriceable."""
        unused = await allowances.of_customer(pool, order.customer_id, order.partner_id)
        taken = share(order, self.catalogue, unused).taken
        prices = self.books.on(order.submitted_on, order.partner_id)
        answer = price_order(order, self.catalogue, prices, taken)
        if isinstance(answer, OrderNotPriceable):
            raise NotPriceable(answer.faults)
        until = self.books.change_after(order.submitted_on, order.partner_id)
        return Quote(answer, own(order, self.catalogue), taken, until)
