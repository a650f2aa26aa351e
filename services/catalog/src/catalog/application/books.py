"""The price books in memory, where orders are priced."""

from catalog.domain.price_books import PriceBook
from catalog.store import price_books
from chassis.runtime.database import Pool


class Books:
    """Empty until the first load, and asking it then is an error: nobody would be served."""

    def __init__(self) -> None:
        self._books: dict[str | None, PriceBook] | None = None

    async def load(self, pool: Pool) -> None:
        """Read all books again; what is being priced meanwhile sees the old ones or the new ones."""
        versions = await price_books.read(pool)
        self._books = {partner_id: PriceBook(its) for partner_id, its in versions.items()}

    def of(self, partner_id: str) -> PriceBook:
        """The partner's own book, or the one for everybody if it has none. Raises RuntimeError before the load."""
        if self._books is None:
            raise RuntimeError("the price books are not loaded")
        return self._books.get(partner_id) or self._books.get(None) or PriceBook()
