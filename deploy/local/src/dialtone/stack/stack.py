"""The whole stack: what is started after what, and what a test may do to it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self

from dialtone.stack import configuration, parts, stackfile
from dialtone.stack.brokers import Broker, EmbeddedBroker
from dialtone.stack.configuration import BroadWorks, Options
from dialtone.stack.errors import StackError
from dialtone.stack.kafka import Kafka
from dialtone.stack.locks import FileLock
from dialtone.stack.ports import FIXED, LOOPBACK, free_port
from dialtone.stack.postgres import EmbeddedPostgres, ExternalPostgres, Postgres
from dialtone.stack.postgres_wheel import opened_for_reading
from dialtone.stack.processes import Child
from dialtone.stack.services import BY_NAME, SERVICES, Service, require_installed
from dialtone.stack.stackfile import Partner, Running, RunningBroker, Simulator, StackFile

Progress = Callable[[str, str], None]  # the name of a part, and what is happening to it
BROADWORKS_PATH = "/webservice/services/ProvisioningService"


class Part(Protocol):
    """Anything that runs in a stack. What somebody else runs has no child."""

    @property
    def child(self) -> Child | None: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...


class Stack:
    """`async with Stack(options) as stack:`, or `start` and `stop`. Use it on the main thread (see lifeline).

    Parts are named `postgres`, `broker`, `simulator`, and by the names of the services; further replicas of a service
    are `catalog-2`, `catalog-3`.
    """

    def __init__(self, options: Options | None = None, *, progress: Progress = lambda _name, _state: None) -> None:
        self.options = options or Options()
        self.folder = self.options.folder.resolve()
        self._say = progress
        self._lock = FileLock(self.folder / "lock")
        self._ports = {name: port if self.options.fixed_ports else free_port() for name, port in FIXED.items()}
        self._logs = self.folder / "logs"
        self.postgres = self._make_postgres()
        self.broker = self._make_broker()
        port = self._ports["simulator"]
        self.broadworks = BroadWorks(f"http://{LOOPBACK}:{port}{BROADWORKS_PATH}")
        self.simulator = parts.simulator(
            port=port,
            state=self.folder / "broadworks",
            environment=configuration.of_simulator(self.options, self.broadworks),
            logs=self._logs,
        )
        self.services: dict[str, parts.ServiceProcess] = {}
        self.replicas: dict[str, parts.ServiceProcess] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Everything up and ready, or everything down again and StackError."""
        require_installed()
        self._lock.take()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Services first, so that each can finish what it has in hand."""
        await _all(self._stop_part(name, part) for name, part in self._processes().items())
        await self._stop_part("simulator", self.simulator)
        await _all([self._stop_part("broker", self.broker), self._stop_part("postgres", self.postgres)])
        if self._lock.taken:
            stackfile.remove(self.folder)
        self._lock.release()

    async def watch(self) -> StackError:
        """Returns when a part has ended that nobody stopped or killed: with the sentence that says so."""
        while True:
            for part in self._parts().values():
                if part.child is not None and (lost := part.child.lost()):
                    return lost
            await asyncio.sleep(0.5)

    async def kill(self, name: str) -> None:
        """SIGKILL to one part."""
        await self._part(name).kill()
        self._write_down()

    async def add_replica(self, service: str) -> str:
        """One process more of a service, on a port of its own; the name of the new part."""
        name = f"{service}-{len(self.replicas_of(service)) + 1}"
        self.replicas[name] = self._make_service(BY_NAME[service], name=name, port=free_port())
        await self._start_part(name, self.replicas[name])
        return name

    def replicas_of(self, service: str) -> list[str]:
        """The names of the parts that are this service, the first one included."""
        return [service, *(name for name in self.replicas if name.startswith(f"{service}-"))]

    def freeze(self, name: str) -> None:
        """It stands still with all that it holds (SIGSTOP) until `thaw`."""
        self._process(name).child.freeze()

    def thaw(self, name: str) -> None:
        self._process(name).child.thaw()

    async def deploy(self, name: str) -> None:
        """As a rolling restart does it: asked to end, waited for, started again on its port."""
        await self._process(name).stop()
        await self.start_service(name)

    async def start_service(self, name: str) -> None:
        """Start one part that was killed, on its old port, and wait until it is ready."""
        await self._part(name).start()
        self._write_down()

    async def start_without_broker(self, name: str) -> None:
        """Start a service that was killed, and wait only until it takes requests."""
        await self.services[name].start(hearing=False)
        self._write_down()

    async def restart_broker_empty(self) -> None:
        """The broker loses everything (records, groups, offsets) and is back on the same address."""
        await self.broker.restart_empty()
        self._write_down()

    def url(self, name: str) -> str:
        """Where a service, or the simulator, answers HTTP."""
        part = self._part(name)
        if not isinstance(part, parts.HttpProcess):
            raise StackError(f"{name} does not speak HTTP.")
        return part.url

    def dsn(self, name: str) -> str:
        """Of the database of a service."""
        return self.postgres.dsn(BY_NAME[name].database)

    def pid(self, name: str) -> int | None:
        return self._part(name).pid

    def remember_partner(self, partner: Partner) -> None:
        """Called by whoever seeds the demonstration."""
        keys = stackfile.read_keys(self.folder)
        stackfile.write_keys(self.folder, keys.model_copy(update={"partner": partner}))
        self._write_down()

    def _make_postgres(self) -> Postgres:
        if self.options.postgres_url:
            return ExternalPostgres(self.options.postgres_url)
        return EmbeddedPostgres(self.folder / "postgres", log=self._logs / "postgres.log")

    def _make_broker(self) -> Broker:
        if self.options.broker == "kafka":
            return Kafka(self.folder, port=self._ports["broker"])
        return EmbeddedBroker(self.folder, port=self._ports["broker"])

    def _make_service(self, service: Service, *, name: str = "", port: int = 0) -> parts.ServiceProcess:
        port = port or self._ports[service.name]
        environment = configuration.of_service(
            service,
            self.options,
            port=port,
            dsn=self.postgres.dsn(service.database),
            broker=self.broker,
            broadworks=self.broadworks,
            operator=stackfile.read_keys(self.folder).operator,
        )
        return parts.ServiceProcess(service, name=name, port=port, environment=environment, logs=self._logs)

    async def _start(self) -> None:
        await _all([self._start_postgres(), self._start_part("broker", self.broker)])
        self.services = {service.name: self._make_service(service) for service in SERVICES}
        await _all(
            [
                self._start_part("simulator", self.simulator),
                *(self._start_migrated(name, part) for name, part in self.services.items()),
            ]
        )
        self._write_down()

    async def _start_postgres(self) -> None:
        if not self.options.postgres_url and (opened := opened_for_reading(self.folder / "postgres")):
            self._say("postgres", f"run as root, it lets everybody read {', '.join(map(str, opened))}")
        await self._start_part("postgres", self.postgres)
        await self.postgres.create_databases(service.database for service in SERVICES)

    async def _start_migrated(self, name: str, part: parts.ServiceProcess) -> None:
        self._say(name, "migrating")
        await part.migrate()
        await self._start_part(name, part)

    async def _start_part(self, name: str, part: Part) -> None:
        self._say(name, "starting")
        began = monotonic()
        await part.start()
        self._say(name, f"ready after {monotonic() - began:.1f} s")

    async def _stop_part(self, name: str, part: Part) -> None:
        if part.pid is not None:
            self._say(name, "stopping")
        await part.stop()

    def _parts(self) -> dict[str, Part]:
        servers: dict[str, Part] = {"postgres": self.postgres, "broker": self.broker, "simulator": self.simulator}
        return {**servers, **self._processes()}

    def _processes(self) -> dict[str, parts.ServiceProcess]:
        return {**self.services, **self.replicas}

    def _process(self, name: str) -> parts.ServiceProcess:
        part = self._part(name)
        if not isinstance(part, parts.ServiceProcess):
            raise StackError(f"{name} is no service.")
        return part

    def _part(self, name: str) -> Part:
        known = self._parts()
        if name not in known:
            raise StackError(f"Nothing named {name} runs here: there are {', '.join(known)}.")
        return known[name]

    def _write_down(self) -> None:
        keys = stackfile.read_keys(self.folder)
        running = StackFile(
            services={name: Running(url=part.url, pid=part.pid) for name, part in self.services.items()},
            broker=RunningBroker(
                kind=self.broker.kind, bootstrap=self.broker.bootstrap, pid=self.broker.pid, since=self.broker.since
            ),
            database={service.name: self.postgres.dsn(service.database) for service in SERVICES},
            postgres_pid=self.postgres.pid,
            simulator=Simulator(
                url=self.simulator.url,
                pid=self.simulator.pid,
                user=self.broadworks.user,
                password=self.broadworks.password,
            ),
            operator=keys.operator,
            partner=keys.partner,
        )
        stackfile.write(self.folder, running)


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Side by side. The first failure ends the others and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
