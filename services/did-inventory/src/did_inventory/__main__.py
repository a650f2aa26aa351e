"""Composition root of did-inventory: `python -m did_inventory [serve|migrate|check-config]`."""

from functools import partial

from chassis import commands, database
from chassis.access import Operators
from chassis.app import App
from did_inventory import api
from did_inventory.handlers import did_inventory
from did_inventory.settings import Settings


async def serve(settings: Settings) -> None:
    pool = await database.connect(settings.database_url, connections=settings.database_connections)
    http = api.make(pool, Operators(settings.operator_keys), allow_fiction=settings.allow_fiction)
    await App(did_inventory, settings, pool, http, jobs=[(5.0, partial(api.measure, pool))]).serve()


if __name__ == "__main__":
    commands.main("did_inventory", Settings, serve)
