"""Composition root of catalog: `python -m catalog [serve|migrate|check-config]`."""

from functools import partial

from catalog import handlers
from catalog.api import (
    back_office,
    billing_dates,
    charges,
    lines,
    packages,
    quotes,
    reconciliation,
    statements,
    subscriptions,
)
from catalog.api import price_books as price_books_api
from catalog.application import recurring
from catalog.application.books import Books
from catalog.application.manual_charges import BackOffice
from catalog.application.offers import Offers
from catalog.application.quoting import Quoting
from catalog.sample import catalogue, sample_prices
from catalog.settings import Settings
from catalog.store import price_books
from chassis.facts import telling
from chassis.facts.telling import Telling
from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool


async def compose(settings: Settings, pool: Pool) -> Parts:
    """The service, for production and for tests."""
    if settings.sample_prices:
        async with pool.acquire() as connection, connection.transaction():
            await price_books.add(connection, None, sample_prices(), "sample")
    books = Books()
    await books.load(pool)
    sold = catalogue()
    service = handlers.make(sold, books)
    units = Units(pool, service.name, settings.clock)
    api = make_api(
        service.name,
        packages.router,
        price_books_api.router,
        quotes.router,
        charges.router,
        billing_dates.router,
        lines.router,
        subscriptions.router,
        statements.router,
        back_office.router,
        reconciliation.router,
        settings=settings,
        units=units,
        principals=Principals(settings.operator_keys, local_keyring(pool)),
        catalogue=sold,
        back_office=BackOffice(sold, books),
        quoting=Quoting(sold, books),
    )
    told = Telling(Offers(units, sold).tell, settings.facts_told_every)
    jobs = (
        (60.0, partial(books.load, pool)),
        (recurring.LOOK_EVERY, partial(recurring.post_due, units)),
        (telling.LOOK_EVERY, told.when_due),
    )
    return Parts(service, api, jobs, start=told.now)


if __name__ == "__main__":
    commands.main("catalog", Settings, compose)
