"""librdkafka's mock Kafka cluster, driven through its C interface.

The Python client only switches the mock cluster on. Its C functions (public, in `rdkafka_mock.h`) do the rest that a
broker of ours needs: topics with their own number of partitions, no delay before a first join, and an advertised
address. Each of them waits for the thread of the cluster, which now and then misses the call and sleeps a second
before it looks again; a knock at its port wakes it.

What the functions lack is a port of our choice: the cluster always listens on one the kernel picks. So the listening
socket inside the library is replaced, by `dup2`, with one that we have bound ourselves. Works where sockets are file
descriptors (Linux, macOS).
"""

import ctypes
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import c_char_p, c_int, c_int32, c_size_t, c_void_p
from pathlib import Path
from threading import Event, Thread

from confluent_kafka import cimpl

from dialtone.stack.ports import LOOPBACK

PRODUCER, BROKER = 0, 1
KNOCK_EVERY = 0.005  # seconds

_library = ctypes.CDLL(cimpl.__file__)  # its symbols, and those of the librdkafka it is linked with


def _function(name: str, returns: object, *takes: object) -> "ctypes._NamedFuncPointer":
    function = getattr(_library, name)
    function.restype, function.argtypes = returns, takes
    return function  # type: ignore[no-any-return]


_conf_new = _function("rd_kafka_conf_new", c_void_p)
_conf_set = _function("rd_kafka_conf_set", c_int, c_void_p, c_char_p, c_char_p, c_char_p, c_size_t)
_new = _function("rd_kafka_new", c_void_p, c_int, c_void_p, c_char_p, c_size_t)
_cluster_new = _function("rd_kafka_mock_cluster_new", c_void_p, c_void_p, c_int)
_bootstraps = _function("rd_kafka_mock_cluster_bootstraps", c_char_p, c_void_p)
_topic_create = _function("rd_kafka_mock_topic_create", c_int, c_void_p, c_char_p, c_int, c_int)
_set_host_port = _function("rd_kafka_mock_broker_set_host_port", c_int, c_void_p, c_int32, c_char_p, c_int)
_rebalance_delay = _function("rd_kafka_mock_group_initial_rebalance_delay_ms", None, c_void_p, c_int32)


class MockCluster:
    """One broker, alive until the process ends. `port` is where it listens before `listen_on`."""

    def __init__(self) -> None:
        said = ctypes.create_string_buffer(512)
        conf = _conf_new()
        _conf_set(conf, b"log_level", b"3", said, len(said))
        handle = _new(PRODUCER, conf, said, len(said))
        self._cluster = _cluster_new(handle, 1) if handle else None
        if not self._cluster:
            raise RuntimeError(f"librdkafka made no mock cluster: {said.value.decode()}")
        self.port = int(_bootstraps(self._cluster).decode().rpartition(":")[2])
        with _knocking(self.port):
            _rebalance_delay(self._cluster, 0)

    def create_topic(self, name: str, partitions: int) -> None:
        """Topics nobody created come into being on first use, with four partitions."""
        with _knocking(self.port):
            error = _topic_create(self._cluster, name.encode(), partitions, 1)
        if error:
            raise RuntimeError(f"the mock cluster did not create the topic {name} (error {error})")

    def listen_on(self, listener: socket.socket) -> None:
        """Connections come in through `listener`, whose address is also the advertised one.

        The cluster turns to it with the next thing that happens on a connection it has, else within a second.
        """
        host, port = listener.getsockname()
        with _knocking(self.port):
            error = _set_host_port(self._cluster, BROKER, host.encode(), port)
        listener.setblocking(False)
        os.dup2(listener.fileno(), _descriptor_listening_on(self.port), inheritable=False)
        listener.close()
        if error:
            raise RuntimeError(f"the mock cluster did not take the address {host}:{port} (error {error})")
        self.port = port


@contextmanager
def _knocking(port: int) -> Iterator[None]:
    """Connect and hang up every few milliseconds, while a call that may be missed is waited for."""
    done = Event()

    def knock() -> None:
        while not done.wait(KNOCK_EVERY):
            with suppress(OSError):
                socket.create_connection((LOOPBACK, port), timeout=1).close()

    thread = Thread(target=knock, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _descriptor_listening_on(port: int) -> int:
    for descriptor in [int(entry.name) for entry in Path("/dev/fd").iterdir()]:
        try:
            is_socket = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        except OSError:  # the descriptor that listed the folder is closed by now
            continue
        if is_socket and _listens(descriptor, port):
            return descriptor
    raise RuntimeError(f"no socket of this process listens on port {port}")


def _listens(descriptor: int, port: int) -> bool:
    borrowed = socket.socket(fileno=descriptor)
    try:
        if borrowed.family != socket.AF_INET or borrowed.getsockname()[1] != port:
            return False
        return bool(borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    finally:
        borrowed.detach()
