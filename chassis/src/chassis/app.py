"""The frame of a service process: database, consumer, relay, timers and HTTP, started and stopped in the right order.

On SIGTERM: stop polling, finish the batch in hand, commit, send what is in the outbox, leave.
"""

import asyncio
import contextlib
import gc
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from zlib import crc32

import structlog
import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import Depends, FastAPI
from prometheus_client import Gauge

from chassis import metrics, problems
from chassis.access import Operators
from chassis.database import OUTAGE, Pool
from chassis.health import Health
from chassis.messaging import inbox, parking
from chassis.messaging import relay as relays
from chassis.messaging.boundary import Boundary
from chassis.messaging.consumer import BATCHES, CONSUMED, REVIVED, Consumer
from chassis.messaging.dead_letters import DEAD
from chassis.messaging.reading import NotReadable, UnknownMessage
from chassis.messaging.relay import Relay
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLED, OUTCOMES
from chassis.settings import ServiceSettings

LAG = Gauge("kafka_consumergroup_lag", "Messages behind the end.", ["consumergroup", "topic", "partition"])
# A dead letter is larger than the record it keeps (default limit 1 MiB); its topic allows as much.
LARGEST_RECORD = 2_097_152
Job = Callable[[], Awaitable[None]]
log = structlog.get_logger()


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: they end the process before the batch in hand is finished."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def leave(self) -> None:
        self.should_exit = True


class App:
    """`jobs` are (seconds, coroutine function) pairs: each is called again and again with that pause between."""

    def __init__(
        self,
        service: Service,
        settings: ServiceSettings,
        pool: Pool,
        api: FastAPI,
        *,
        jobs: Sequence[tuple[float, Job]] = (),
    ) -> None:
        self._service, self._settings, self._pool, self._api = service, settings, pool, api
        self._health = Health()
        self._boundary = Boundary(service, pool, settings)
        self._consumer = Consumer(service, settings, self._boundary.handle)
        self._jobs: list[tuple[float, Job]] = [
            *jobs,
            (1.0, self._retry_parked),
            (2.0, self._measure_lag),
            (2.0, partial(relays.measure, pool, service.name)),
            (3600.0, self._prune),
        ]
        metrics.BUILD_INFO.labels(service.name, settings.version, settings.commit).set(1)
        initialise(service)
        api.router.routes.extend(self._health.routes())
        operator = Depends(Operators(settings.operator_keys))
        api.add_api_route("/openapi.json", api.openapi, dependencies=[operator], include_in_schema=False)
        api.add_route("/metrics", metrics.endpoint, include_in_schema=False)
        problems.install(api)
        self._health.ready = {"database": self._database_answers, "partitions": self._consumer.assigned}

    async def serve(self) -> None:
        """Runs until SIGTERM or SIGINT."""
        config = uvicorn.Config(
            self._api,
            host=self._settings.service_host,
            port=self._settings.service_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=75,  # longer than any client keeps an idle connection, or both would race to close it
            timeout_graceful_shutdown=5,
        )
        server = Server(config)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, server.leave)
        async with self._running():
            await server.serve()
        log.info("stopped")

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        relay = Relay(
            self._service.name, self._settings.database_url, await self._new_producer(), renew=self._new_producer
        )
        tasks = [asyncio.create_task(self._health.heart()), asyncio.create_task(relay.run())]
        try:
            await start_patiently(self._consumer.start, "consumer")
            tasks += [asyncio.create_task(every(pause, job)) for pause, job in self._jobs]
            spare_the_collector()
            self._health.started = True
            log.info("started", port=self._settings.service_port)
            yield
        finally:
            await self._consumer.stop()
            await relay_rest(self._pool)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(relay.producer.stop(), 5)
            with contextlib.suppress(*OUTAGE):
                await asyncio.wait_for(self._pool.close(), 5)

    async def _new_producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_bootstrap.split(","),
            client_id=f"{self._service.name}-relay",
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            partitioner=partition_of,
            max_batch_size=131_072,
            max_request_size=LARGEST_RECORD,
            request_timeout_ms=10_000,
            retry_backoff_ms=100,
            metadata_max_age_ms=self._settings.kafka_metadata_max_age_ms,
        )
        await start_patiently(producer.start, "producer")
        return producer

    async def _database_answers(self) -> bool:
        return bool(await self._pool.fetchval("SELECT true", timeout=2))

    async def _retry_parked(self) -> None:
        async with self._pool.acquire() as connection:
            keys = await parking.heads(connection)
        await asyncio.gather(*(self._boundary.retry(key) for key in keys))

    async def _measure_lag(self) -> None:
        behind_now = await self._consumer.lag()
        LAG.clear()  # a partition that was given to another replica is its business now
        for (topic, partition), behind in behind_now.items():
            LAG.labels(self._service.name, topic, str(partition)).set(behind)

    async def _prune(self) -> None:
        await inbox.prune(self._pool)


def spare_the_collector() -> None:
    """What a start leaves in memory stays; the garbage collector need not walk it again with every batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def initialise(service: Service) -> None:
    """A healthy service shows zero, not nothing, and its first failure is an increase."""
    inbox.DUPLICATES.labels(service.name)
    BATCHES.labels(service.name)
    REVIVED.labels(service.name)
    for kind in service.handlers:
        for outcome in OUTCOMES:
            HANDLED.labels(service.name, kind.__name__, outcome)
    for topic in service.listens_to:
        CONSUMED.labels(service.name, topic.name)
        for failure in (NotReadable, UnknownMessage):
            DEAD.labels(service.name, topic.name, failure.code)


def partition_of(key: bytes | None, partitions: list[int], available: list[int]) -> int:
    """CRC32, as librdkafka's clients do it: the client library's murmur2 is pure Python and costs ten times more."""
    return random.choice(available or partitions) if key is None else partitions[crc32(key) % len(partitions)]  # noqa: S311


async def every(pause: float, job: Job) -> None:
    """Runs `job` for ever; a failure of one round is logged and does not end the next."""
    while True:
        try:
            await job()
        except OUTAGE as error:
            log.warning("job waits for the database", job=name_of(job), error=repr(error))
        except Exception as error:
            log.exception("job failed", job=name_of(job), exc_info=error)
        await asyncio.sleep(pause)


async def start_patiently(start: Job, what: str, patience: timedelta = timedelta(minutes=2)) -> None:
    """A broker that is still starting is waited for; after `patience` the last error escapes."""
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    while True:
        try:
            return await start()
        except (KafkaError, OSError) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.info("waiting for the broker", what=what, error=repr(error))
            await asyncio.sleep(0.5)


async def relay_rest(pool: Pool, patience: float = 5.0) -> None:
    """Give the relay a moment to send the last replies; what stays is sent at the next start."""
    deadline = asyncio.get_running_loop().time() + patience
    with contextlib.suppress(*OUTAGE):
        while await pool.fetchval("SELECT EXISTS (SELECT FROM outbox)"):
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.05)


def name_of(job: Job) -> str:
    function = job.func if isinstance(job, partial) else job
    return getattr(function, "__qualname__", repr(function))
