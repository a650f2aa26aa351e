"""Composition root of order-intake: `python -m order_intake [serve|migrate|check-config]`."""

from functools import partial

from chassis.facts import telling
from chassis.facts.telling import Telling
from chassis.http.api import make_api
from chassis.http.keyring import Keyring
from chassis.http.principals import Principals
from chassis.messaging.hearing import LOOK_EVERY
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from order_intake import handlers, measures
from order_intake.api import changes, dead_letters, keys, orders, partners
from order_intake.application.door import Door
from order_intake.application.hearing import heard_by, hearing_of
from order_intake.application.kafka_submissions import Trust
from order_intake.application.keys import publish
from order_intake.application.runs import Runs
from order_intake.application.topics import Topics
from order_intake.application.waking import Hears, wake_due
from order_intake.settings import Settings
from order_intake.store.counts import EndedOrders
from order_intake.store.keys import fact_of, ids


async def compose(settings: Settings, pool: Pool, hears: Hears | None = None) -> Parts:
    """The service, for production and for tests; these may say themselves until when everything was heard."""
    runs = Runs(settings.clock, patience=settings.saga_patience, version=settings.saga_version)
    keyring = Keyring(partial(fact_of, pool), partial(ids, pool))
    door = Door(pool, settings.clock, fiction=settings.allow_fiction)
    service = handlers.make(runs, Trust(settings.signature_window, settings.bare_rejections), door)
    units = Units(pool, service.name, settings.clock)
    api = make_api(
        service.name,
        orders.router,
        changes.router,
        dead_letters.router,
        partners.router,
        keys.router,
        settings=settings,
        units=units,
        principals=Principals(settings.operator_keys, keyring),
        runs=runs,
        keyring=keyring,
        topics=Topics(settings),
        door=door,
        replay_limit=settings.replay_limit,
    )
    measures.initialise()
    hearing = hearing_of(service.name, settings)
    told = Telling(partial(publish, units), settings.facts_told_every)
    jobs = (
        (1.0, partial(wake_due, units, runs, hears or partial(heard_by, hearing))),
        (5.0, partial(measures.measure, pool, EndedOrders())),
        (LOOK_EVERY, hearing.look),
        (telling.LOOK_EVERY, told.when_due),
    )
    return Parts(service, api, jobs, close=hearing.close, start=told.now, ready={"menu": door.is_open})


if __name__ == "__main__":
    commands.main("order_intake", Settings, compose)
