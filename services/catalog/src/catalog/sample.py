"""The packages on sale and the sample price book, read from the data files of this package."""

from collections.abc import Iterable
from csv import DictReader
from datetime import date
from functools import cache
from importlib.resources import files

from catalog.domain.packages import Catalogue, package_from
from catalog.domain.price_books import PriceBookVersion
from catalog.domain.price_lists import Row, prices_of

SAMPLE_NAME = "sample-2026"  # invented prices: for demonstrations and tests
SAMPLE_FROM = date(2026, 1, 1)


@cache
def catalogue() -> Catalogue:
    """All packages, read once per process."""
    return Catalogue(package_from(row) for row in _rows("packages.csv"))


@cache
def sample_prices() -> PriceBookVersion:
    """The version `sample-2026`, which prices every package of the catalogue."""
    prices, faults = prices_of([Row(**row) for row in _rows("sample_price_book.csv")], catalogue())
    if faults:
        raise ValueError(faults)
    return PriceBookVersion(SAMPLE_NAME, SAMPLE_FROM, prices)


def _rows(name: str) -> Iterable[dict[str, str]]:
    """The rows of a data file; lines that begin with # are comments."""
    text = files("catalog").joinpath("data", name).read_text(encoding="utf-8")
    return DictReader(line for line in text.splitlines() if not line.startswith("#"))
