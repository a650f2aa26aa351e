"""The frame of a service process: database, consumer, relay, jobs and HTTP, started and stopped in the right order.

On SIGTERM: stop polling, finish the batch in hand, commit, end conversations, send what is in the outbox, leave.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from aiokafka.errors import KafkaError

from chassis.http.health import Health
from chassis.http.server import server_of
from chassis.messaging import inbox, outbox, unsendable
from chassis.messaging.boundary import Boundary
from chassis.messaging.consumers import Consumers
from chassis.messaging.producer import started_producer
from chassis.messaging.reaching import start_patiently
from chassis.messaging.relay import Relay
from chassis.messaging.standing import Standing
from chassis.observability import measures, metrics
from chassis.process.parts import Parts
from chassis.runtime import database
from chassis.runtime.database import OUTAGE, Pool
from chassis.runtime.jobs import Job, every
from chassis.runtime.settings import ServiceSettings

LAST_WORDS = 8.0  # seconds for what is in hand when we leave; the rest is for others to do again
log = structlog.get_logger()


class App:
    """One process of a service."""

    def __init__(self, parts: Parts, settings: ServiceSettings, pool: Pool) -> None:
        self._parts, self._settings, self._pool = parts, settings, pool
        self._service = parts.service
        self._health = Health()
        self._relay: Relay | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._boundary = Boundary(parts.service, pool, settings)
        self._workers = self._boundary.workers
        self._consumers = Consumers(
            parts.service, settings, self._boundary.handle, self._boundary.step_over, self._congested
        )
        self._standing = Standing(parts.service.name, pool, self._consumers)
        self._jobs: list[tuple[float, Job]] = [
            *parts.jobs,
            (self._workers.seconds / 5, self._workers.keep_up),
            (5.0, self._measure),
            (3600.0, self._prune),
        ]
        metrics.BUILD_INFO.labels(parts.service.name, settings.version, settings.commit).set(1)
        measures.initialise(parts.service)
        parts.api.router.routes.extend(self._health.routes())
        parts.api.add_route("/metrics", metrics.endpoint, include_in_schema=False)
        self._health.ready = {
            "database": partial(database.answers, pool),
            "migrations": partial(database.is_migrated, pool),
            **parts.ready,
        }
        self._health.messaging = self._standing.told

    async def serve(self) -> None:
        """Runs until SIGTERM or SIGINT."""
        server = server_of(self._parts.api, self._settings)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, server.leave)
        async with self._running(server.leave):
            await server.serve()
        log.info("stopped")

    @asynccontextmanager
    async def _running(self, leave: Callable[[], None]) -> AsyncIterator[None]:
        connecting = asyncio.create_task(self._connect())
        connecting.add_done_callback(lambda task: leave() if not task.cancelled() and task.exception() else None)
        self._tasks += [asyncio.create_task(self._health.heart()), connecting]
        try:
            yield
        finally:
            connecting.cancel()
            await asyncio.wait([connecting])
            await self._consumers.stop()
            await self._workers.stop(LAST_WORDS)
            await send_the_rest(self._pool)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._relay is not None:
                with contextlib.suppress(KafkaError, TimeoutError):
                    await asyncio.wait_for(self._relay.producer.stop(), 5)
            await self._parts.close()
        if not connecting.cancelled():
            connecting.result()

    async def _connect(self) -> None:
        """HTTP is served meanwhile: however long the broker keeps us waiting, requests are answered."""
        await self._parts.start()
        self._tasks += [asyncio.create_task(every(pause, job)) for pause, job in self._jobs]
        self._tasks.append(asyncio.create_task(self._workers.run()))
        self._health.started = True
        new_producer = partial(started_producer, self._service.name, self._settings)
        self._relay = Relay(self._service.name, self._settings.database_url, await new_producer(), renew=new_producer)
        self._tasks.append(asyncio.create_task(self._relay.run()))
        await start_patiently(self._consumers.start, "consumers", self._settings)
        tune_garbage_collector()
        log.info("started", port=self._settings.service_port)

    def _congested(self) -> bool:
        """Only who is waited for: what strangers keep from being sent must not stop the reading of replies."""
        return self._parts.service.answers and self._standing.congested()

    async def _measure(self) -> None:
        await self._standing.look()
        measures.show_lag(self._standing.lag)
        measures.show_partitions(await self._consumers.partitions())

    async def _prune(self) -> None:
        await inbox.prune(self._pool)
        await unsendable.prune(self._pool)


def tune_garbage_collector() -> None:
    """What a start leaves in memory stays; the garbage collector need not walk it again with every batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


async def send_the_rest(pool: Pool, patience: float = 5.0) -> None:
    """Give the relay up to `patience` seconds to send the last replies; what stays is sent at the next start."""
    deadline = asyncio.get_running_loop().time() + patience
    with contextlib.suppress(*OUTAGE):
        while await outbox.holds_messages(pool):
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.05)
