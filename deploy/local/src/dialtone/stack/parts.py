"""The parts of a stack that answer HTTP: a process, its port, and how we know that it is ready."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx

from dialtone.stack.ports import LOOPBACK, require_free
from dialtone.stack.processes import Child
from dialtone.stack.services import SIMULATOR, Service

READY, MESSAGING = "/health/ready", "/health/messaging"


class HttpProcess:
    """Started, killed and started again on the same port; ready when a GET of each of `health` answers 200."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        health: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.child = Child(name, command, log, environment)
        self._port = port
        self._health = health

    @property
    def pid(self) -> int | None:
        return self.child.pid

    async def start(self) -> None:
        require_free(self._port, self.child.name)
        self.child.start()
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            for path in self._health:
                await self.child.until(partial(_is_ok, client, self.url + path))

    async def stop(self) -> None:
        await self.child.stop()

    async def kill(self) -> None:
        await self.child.kill()


class ServiceProcess(HttpProcess):
    """A replica of one of the five services, with its migrations; ready when it takes requests and messages."""

    def __init__(
        self, service: Service, *, name: str = "", port: int, environment: Mapping[str, str], logs: Path
    ) -> None:
        name = name or service.name
        log = logs / f"{name}.log"
        super().__init__(name, service.command("serve"), port=port, health=[READY], environment=environment, log=log)
        self._migration = Child(f"the migration of {service.name}", service.command("migrate"), log, environment)

    async def start(self, *, hearing: bool = True) -> None:
        """Without `hearing` it need not have found the broker."""
        self._health = [READY, MESSAGING] if hearing else [READY]
        await super().start()

    async def migrate(self) -> None:
        self._migration.start()
        try:
            await self._migration.finish()
        finally:
            await self._migration.kill()  # only when we were interrupted is there something to kill


def simulator(*, port: int, state: Path, environment: Mapping[str, str], logs: Path) -> HttpProcess:
    """BroadWorks. What it holds is kept in the file `state`, so that it agrees with the provisioner's ledger."""
    command = SIMULATOR.command("--host", LOOPBACK, "--port", str(port), "--state", str(state))
    log = logs / "simulator.log"
    return HttpProcess("simulator", command, port=port, health=["/admin/health"], environment=environment, log=log)


async def _is_ok(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
