"""Composition root of order-intake: `python -m order_intake [serve|migrate|check-config]`."""

from functools import partial

from chassis.http import access
from chassis.http.access import Operators
from chassis.http.api import make_api
from chassis.messaging.consumers import group_of
from chassis.messaging.hearing import LOOK_EVERY, Hearing
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts import topics
from order_intake import handlers, measures
from order_intake.api import changes, dead_letters, orders, principals
from order_intake.api import partners as partners_api
from order_intake.application.runs import Runs
from order_intake.application.waking import Heard, wake_due
from order_intake.settings import Settings
from order_intake.store.partners import Partners


async def compose(settings: Settings, pool: Pool, heard: Heard | None = None) -> Parts:
    """The service, for production and for tests; these may say themselves until when all replies were `heard`."""
    runs = Runs(patience=settings.saga_patience, ahead=settings.business_time_ahead)
    partners = Partners(pool)
    service = handlers.make(runs, partners)
    units = Units(pool, service.name, settings.clock)
    api = make_api(
        service.name,
        orders.router,
        changes.router,
        dead_letters.router,
        partners_api.router,
        units=units,
        operators=Operators(settings.operator_keys),
        runs=runs,
        partners=partners,
        replay_limit=settings.replay_limit,
    )
    api.dependency_overrides[access.operator] = principals.operator  # the routes of all services know partners here
    measures.initialise()
    hearing = Hearing(group_of(service.name, "ours"), topics.ORDERS_REPLIES, settings)
    jobs = (
        (0.25, partial(wake_due, units, runs, heard or hearing.until)),
        (2.0, partial(measures.measure, pool)),
        (LOOK_EVERY, hearing.look),
    )
    return Parts(service, api, jobs, hearing.close)


if __name__ == "__main__":
    commands.main("order_intake", Settings, compose)
