"""Ports of the loopback interface.

Free ones are taken from below the range the kernel uses for outgoing connections. Inside that range a client that
keeps knocking at a dead port is sooner or later connected to itself, and then holds the very port its server needs to
come back; and any client of the machine may take the port between two starts.
"""

import secrets
import socket

from dialtone.stack.errors import StackError

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_000

FIXED = {
    "order-intake": 8101,
    "catalog": 8102,
    "did-inventory": 8103,
    "broadsoft-provisioner": 8104,
    "ticketing": 8105,
    "simulator": 8110,
    "broker": 9092,
}

_given: set[int] = set()


def is_free(port: int) -> bool:
    """Nobody listens there. A port whose last connections are still closing counts as free, as for a server."""
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def require_free(port: int, wanted_by: str) -> int:
    if not is_free(port):
        raise StackError(
            f"Port {port}, wanted for {wanted_by}, is already in use: stop what listens there or choose another port."
        )
    return port


def free_port() -> int:
    """A port nobody listens on, never the same twice in one process."""
    for _ in range(200):
        port = FIRST + secrets.randbelow(LAST - FIRST)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise StackError(f"No free port was found between {FIRST} and {LAST} on {LOOPBACK}.")
