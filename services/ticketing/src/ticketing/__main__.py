"""Composition root of ticketing: `python -m ticketing [serve|migrate|check-config]`."""

from functools import partial

from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from ticketing import handlers, measures
from ticketing.api import tickets
from ticketing.settings import Settings


async def compose(settings: Settings, pool: Pool) -> Parts:
    """The service, for production and for tests."""
    service = handlers.make()
    units = Units(pool, service.name, settings.clock)
    principals = Principals(settings.operator_keys, local_keyring(pool))
    api = make_api(service.name, tickets.router, settings=settings, units=units, principals=principals)
    return Parts(service, api, jobs=((5.0, partial(measures.measure, pool)),))


if __name__ == "__main__":
    commands.main("ticketing", Settings, compose)
