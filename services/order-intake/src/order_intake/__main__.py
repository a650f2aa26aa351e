"""Composition root of order-intake: `python -m order_intake [serve|migrate|check-config]`."""

from functools import partial

from chassis.runtime import commands, database
from chassis.http.access import Operators
from chassis.runtime.app import App
from chassis.runtime.database import Pool
from chassis.messaging.relay import stalled_shards
from chassis.messaging.unit import unit_of_work
from order_intake import handlers
from order_intake.api import app
from order_intake.application import measures
from order_intake.application.runs import SOURCE, Runs
from order_intake.settings import Settings
from order_intake.store.partners import Partners


async def wake_due(pool: Pool, runs: Runs) -> None:
    """Runs until nothing is due: after an outage there may be thousands.

    While an outbox shard does not drain nobody can have answered what is in it, so the deadlines of its orders stand
    still: a broker that is away for an hour costs the orders an hour and nothing else.
    """
    stalled = await stalled_shards(pool)
    while True:
        async with unit_of_work(pool, SOURCE) as unit:
            woken = await runs.wake_due(unit, stalled=stalled)
        if woken == 0:
            return


async def serve(settings: Settings) -> None:
    pool = await database.connect(settings.database_url, connections=settings.database_connections)
    runs, partners = Runs(patience=settings.saga_patience), Partners(pool)
    operators = Operators(settings.operator_keys)
    http = app.make(pool, runs, partners, operators, replay_limit=settings.replay_limit)
    measures.initialise()
    jobs = [(0.25, partial(wake_due, pool, runs)), (2.0, partial(measures.measure, pool))]
    await App(handlers.make(runs, partners), settings, pool, http, jobs=jobs).serve()


if __name__ == "__main__":
    commands.main("order_intake", Settings, serve)
