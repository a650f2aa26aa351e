"""Where real customers are billed the sample prices are not loaded."""

import pytest

from catalog.settings import Settings
from catalog.store import price_books

from .orders import Catalog, order


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sample_prices": False})


async def test_nobody_is_priced_before_there_is_a_price_book(catalog: Catalog) -> None:
    assert await price_books.read(catalog.pool) == {}
    (refused,) = await catalog.send(order())
    assert [fault.code for fault in refused.faults] == ["no-price-book"]
