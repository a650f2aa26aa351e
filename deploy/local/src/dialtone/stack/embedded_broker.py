"""The embedded broker as a process of its own: `python -m dialtone.stack.embedded_broker --port-file F [--port N]`.

Everything is in memory. Killed and started again with the same port it is the same broker, empty; clients go on.
"""

import argparse
import signal
import socket
from collections.abc import Iterable
from pathlib import Path

from contracts import topics
from dialtone.stack import ports
from dialtone.stack.known_groups import make_known
from dialtone.stack.mock_cluster import MockCluster

# Of every reader, those that nobody has here too.
GROUPS = tuple(sorted({topics.group_of(reader, topic.zone) for topic in topics.ALL for reader in topic.readers}))


def serve(port: int, groups: Iterable[str]) -> str:
    """Start to listen; the address. The cluster lives in threads of its own."""
    listener = socket.create_server((ports.LOOPBACK, port), backlog=256)
    cluster = MockCluster()
    for topic in topics.ALL:
        cluster.create_topic(topic.name, topic.partitions)
    with socket.create_connection((ports.LOOPBACK, cluster.port), timeout=10) as connection:
        make_known(connection, groups)
        cluster.listen_on(listener)  # noticed, at the latest, when this connection ends
    return f"{ports.LOOPBACK}:{cluster.port}"


def _announce(address: str, port_file: Path) -> None:
    """Written whole or not at all: whoever sees the file may connect."""
    unfinished = port_file.with_suffix(".new")
    unfinished.write_text(address)
    unfinished.replace(port_file)


def main() -> None:
    parser = argparse.ArgumentParser(description="A Kafka-protocol broker in memory, for one machine.")
    parser.add_argument("--port-file", type=Path, required=True, help="gets host:port once the broker answers")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--group", action="append", default=[], help="a consumer group beside those of the services")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        address = serve(options.port or ports.free_port(), {*GROUPS, *options.group})
    except OSError as error:
        raise SystemExit(f"The embedded broker cannot listen on port {options.port}: {error.strerror}.") from None
    _announce(address, options.port_file)
    signal.pause()


if __name__ == "__main__":
    main()
