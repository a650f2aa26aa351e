"""`python -m broadworks_simulator`: read the settings, bind, serve."""

import argparse
import os
import socket
from pathlib import Path

from broadworks_simulator.app import application
from broadworks_simulator.journal import Journal
from broadworks_simulator.server import server
from broadworks_simulator.settings import PREFIX, from_environment
from broadworks_simulator.simulator import Simulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("broadworks_simulator", description="A BroadWorks in one process.")
    parser.add_argument("--host", default=os.environ.get(f"{PREFIX}HOST", "127.0.0.1"))
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get(f"{PREFIX}PORT", "8208")), help="0 takes a free one"
    )
    parser.add_argument("--port-file", type=Path, help="write the port here once it is bound")
    parser.add_argument(
        "--state", type=Path, default=os.environ.get(f"{PREFIX}STATE"), help="keep the state in this file"
    )
    return parser.parse_args()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def _announce(port: int, port_file: Path | None) -> None:
    if port_file is not None:
        fresh = port_file.with_name(f"{port_file.name}.new")
        fresh.write_text(str(port))
        fresh.replace(port_file)
    print(f"BroadWorks simulator on port {port}", flush=True)  # noqa: T201  # this is a command line


def main() -> None:
    arguments = _arguments()
    journal = Journal(Path(arguments.state)) if arguments.state else None
    simulator = Simulator(from_environment(os.environ))
    listener = _bound(arguments.host, arguments.port)
    _announce(listener.getsockname()[1], arguments.port_file)
    server(application(simulator, journal)).run(sockets=[listener])


if __name__ == "__main__":
    main()
