"""The price books in memory, where orders are priced."""

from datetime import date

import structlog

from catalog.domain.price_books import PriceBook, PricesInEffect, in_effect, next_change
from catalog.store import price_books
from chassis.runtime.database import Pool

NONE = PriceBook()
log = structlog.get_logger()


class Books:
    """Empty until the first load, and asking it then is an error: nobody would be served."""

    def __init__(self) -> None:
        self._books: dict[str | None, PriceBook] | None = None

    async def load(self, pool: Pool) -> None:
        """Read all books again; what is being priced meanwhile sees the old ones or the new ones."""
        versions = await price_books.read(pool)
        if not versions:
            log.warning("no price book: every order is refused until one is added (dialtone prices import)")
        self._books = {partner_id: PriceBook(its) for partner_id, its in versions.items()}

    def on(self, submitted_on: date, partner_id: str) -> PricesInEffect | None:
        """What the partner pays, see `price_books.in_effect`. Raises RuntimeError before the load."""
        return in_effect(*self._both(partner_id), submitted_on)

    def change_after(self, today: date, partner_id: str) -> date | None:
        """The day from which the partner may pay other prices, as far as it is known. Raises RuntimeError, see `on`."""
        return next_change(*self._both(partner_id), today)

    def _both(self, partner_id: str) -> tuple[PriceBook, PriceBook]:
        """The partner's own and everybody's."""
        if self._books is None:
            raise RuntimeError("the price books are not loaded")
        return self._books.get(partner_id, NONE), self._books.get(None, NONE)
