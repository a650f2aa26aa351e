"""Composition root of did-inventory: `python -m did_inventory [serve|migrate|check-config]`."""

from functools import partial

from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from did_inventory import handlers, measures
from did_inventory.api import imports, numbers
from did_inventory.settings import Settings


async def compose(settings: Settings, pool: Pool) -> Parts:
    """The service, for production and for tests."""
    service = handlers.make()
    units = Units(pool, service.name, settings.clock)
    principals = Principals(settings.operator_keys, local_keyring(pool))
    api = make_api(
        service.name,
        numbers.router,
        imports.router,
        settings=settings,
        units=units,
        principals=principals,
        larger_bodies={"/numbers/import": settings.http_import_bytes},
        allow_fiction=settings.allow_fiction,
    )
    return Parts(service, api, jobs=((5.0, partial(measures.measure, pool)),))


if __name__ == "__main__":
    commands.main("did_inventory", Settings, compose)
