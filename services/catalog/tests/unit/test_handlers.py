"""What the service promises before any message comes."""

from datetime import date

import pytest

from catalog import handlers
from catalog.application.books import Books
from catalog.sample import catalogue
from contracts import topics
from contracts.catalog import COMMANDS, PackageOffered
from contracts.partners import PartnerKey


def test_every_command_of_the_topic_has_a_handler() -> None:
    service = handlers.make(catalogue(), Books())
    assert set(service.handlers) == {*COMMANDS, PartnerKey, PackageOffered}
    assert service.listens_to == (topics.CATALOG_COMMANDS, topics.PARTNERS_KEYS, topics.CATALOG_PACKAGES)


def test_nobody_is_priced_before_the_books_are_loaded() -> None:
    with pytest.raises(RuntimeError, match="not loaded"):
        Books().on(date(2027, 1, 4), "p-1")
