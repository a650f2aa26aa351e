"""Composition root of catalog: `python -m catalog [serve|migrate|check-config]`."""

from functools import partial

from catalog import api, books, handlers
from catalog.sample import sample_prices
from catalog.settings import Settings
from chassis.runtime import commands, database
from chassis.http.access import Operators
from chassis.runtime.app import App


async def serve(settings: Settings) -> None:
    pool = await database.connect(settings.database_url, connections=settings.database_connections)
    if settings.sample_prices:
        await books.put(pool, None, sample_prices())
    await handlers.books.load(pool)
    http = api.make(pool, Operators(settings.operator_keys))
    jobs = [(60.0, partial(handlers.books.load, pool))]
    await App(handlers.service, settings, pool, http, jobs=jobs).serve()


if __name__ == "__main__":
    commands.main("catalog", Settings, serve)
