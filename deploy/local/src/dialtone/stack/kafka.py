"""Apache Kafka on one machine: one broker that is its own controller (KRaft), as a supervised process.

By hand: `python -m dialtone.stack.kafka --folder .dialtone --port 9092`, until Ctrl-C.
"""

import argparse
import asyncio
import shutil
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

from dialtone.stack import topics
from dialtone.stack.brokers import Kind
from dialtone.stack.errors import StackError
from dialtone.stack.kafka_jars import KAFKA, fetch_jars
from dialtone.stack.kafka_listeners import Listeners
from dialtone.stack.ports import LOOPBACK, free_port, require_free
from dialtone.stack.processes import Child


class Kafka:
    """`start` creates the topics of the contracts. Stopped or killed and started again it keeps its records.

    `listeners` are opened beside the plain one.
    """

    kind: Kind = "kafka"
    since: datetime | None = None

    def __init__(self, folder: Path, *, port: int, heap_mb: int = 512, listeners: Listeners | None = None) -> None:
        self.bootstrap = f"{LOOPBACK}:{port}"
        self._port, self._controller_port = port, free_port()
        self._heap, self._listeners = heap_mb, listeners
        self._folder = folder.resolve() / "kafka"
        self._properties = self._folder / "server.properties"
        self._storage = self._folder / "records"
        self.child = Child("kafka", [], log=folder / "logs" / "kafka.log")

    @property
    def pid(self) -> int | None:
        return self.child.pid

    async def start(self) -> None:
        require_free(self._port, "Apache Kafka")
        jars = await asyncio.to_thread(fetch_jars)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(self._settings())
        is_new = not (self._storage / "meta.properties").exists()
        if is_new:
            await asyncio.to_thread(self._format, jars)
        self.child.command = self._java(jars, self._heap, "kafka.Kafka", str(self._properties))
        self.child.start()
        await self.child.until(self._answers)
        await topics.apply({"bootstrap.servers": self.bootstrap})
        if is_new:
            self.since = datetime.now(UTC)

    async def stop(self) -> None:
        await self.child.stop()

    async def kill(self) -> None:
        await self.child.kill()

    async def restart_empty(self) -> None:
        await self.kill()
        self.forget()
        await self.start()

    def forget(self) -> None:
        """Of a broker that does not run: its records, its groups, its topics."""
        shutil.rmtree(self._storage, ignore_errors=True)

    async def _answers(self) -> bool:
        """It listens once it serves."""
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self._port)
        except OSError:
            return False
        writer.close()
        return True

    def _settings(self) -> str:
        plain, controller = f"PLAINTEXT://{self.bootstrap}", f"CONTROLLER://{LOOPBACK}:{self._controller_port}"
        listeners = f"listeners={plain},{controller}\nadvertised.listeners={plain}\n"
        if self._listeners is not None:
            listeners = self._listeners.settings(plain, controller)
        return (
            (KAFKA / "server.properties").read_text()
            + listeners
            + f"controller.quorum.voters=1@{LOOPBACK}:{self._controller_port}\nlog.dirs={self._storage}\n"
        )

    def _format(self, jars: Path) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(self._properties)]
        command += self._listeners.credentials() if self._listeners is not None else []
        done = subprocess.run(self._java(jars, 128, *command), capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise StackError(f"Apache Kafka could not format its storage: {said[-1] if said else 'it said nothing'}")

    @staticmethod
    def _java(jars: Path, heap_mb: int, *command: str) -> list[str]:
        # C1 only and one collector thread: on a small machine the JIT compiler costs more than it gives.
        small = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        options = [f"-Xmx{heap_mb}m", *small, f"-Dlog4j2.configurationFile={KAFKA / 'log4j2.properties'}"]
        return ["java", *options, "-cp", f"{jars}/*", *command]


async def _run(folder: Path, port: int) -> None:
    kafka = Kafka(folder, port=port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await kafka.start()
        print(f"Apache Kafka listens on {kafka.bootstrap}; Ctrl-C stops it.")
        await stop.wait()
    finally:
        await kafka.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="One Apache Kafka broker on the loopback interface.")
    parser.add_argument("--folder", type=Path, default=Path(".dialtone"), help="keeps records, settings and the log")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    options = parser.parse_args()
    try:
        asyncio.run(_run(options.folder, options.port or free_port()))
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
