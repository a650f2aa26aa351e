"""Composition root of ticketing: `python -m ticketing [serve|migrate|check-config]`."""

from functools import partial

from chassis.runtime import commands, database
from chassis.http.access import Operators
from chassis.runtime.app import App
from ticketing import api
from ticketing.handlers import ticketing
from ticketing.settings import Settings


async def serve(settings: Settings) -> None:
    pool = await database.connect(settings.database_url, connections=settings.database_connections)
    http = api.make(pool, Operators(settings.operator_keys))
    await App(ticketing, settings, pool, http, jobs=[(5.0, partial(api.measure, pool))]).serve()


if __name__ == "__main__":
    commands.main("ticketing", Settings, serve)
