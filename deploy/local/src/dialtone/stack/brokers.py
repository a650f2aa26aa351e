"""What a stack asks of its broker, and the embedded one seen from the stack."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

from dialtone.stack.errors import StackError
from dialtone.stack.ports import LOOPBACK, require_free
from dialtone.stack.processes import Child

Kind = Literal["embedded", "kafka"]


class Broker(Protocol):
    """`kill` is SIGKILL; `start` after it brings the broker back on the same address.

    `since` is when it began with nothing; None where it goes on with what it had.
    """

    since: datetime | None

    @property
    def kind(self) -> Kind: ...
    @property
    def bootstrap(self) -> str: ...
    @property
    def child(self) -> Child | None: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...
    async def restart_empty(self) -> None: ...


class EmbeddedBroker:
    """The mock cluster process. It keeps nothing: every start is an empty one."""

    kind: Kind = "embedded"
    since: datetime | None = None

    def __init__(self, folder: Path, *, port: int, groups: Iterable[str] = ()) -> None:
        self.bootstrap = f"{LOOPBACK}:{port}"
        self._port = port
        self._port_file = folder / "broker.port"
        command = [sys.executable, "-m", "dialtone.stack.embedded_broker"]
        command += ["--port", str(port), "--port-file", str(self._port_file)]
        for group in groups:
            command += ["--group", group]
        self.child = Child("broker", command, log=folder / "logs" / "broker.log")

    @property
    def pid(self) -> int | None:
        return self.child.pid

    async def start(self) -> None:
        if find_spec("confluent_kafka") is None:
            raise StackError("The embedded broker needs the wheel confluent-kafka: install it, or use Apache Kafka.")
        require_free(self._port, "the broker")
        self._port_file.parent.mkdir(parents=True, exist_ok=True)
        self._port_file.unlink(missing_ok=True)
        self.child.start()
        await self.child.until(self._answers)
        self.since = datetime.now(UTC)

    async def stop(self) -> None:
        await self.child.stop()
        self._port_file.unlink(missing_ok=True)

    async def kill(self) -> None:
        await self.child.kill()

    async def restart_empty(self) -> None:
        await self.kill()
        await self.start()

    async def _answers(self) -> bool:
        return self._port_file.exists()
