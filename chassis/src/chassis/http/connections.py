"""Connections that wait for no client for ever: uvicorn has no time-out for requests that do not finish arriving.

uvicorn's own protocol on httptools with a timer: measured as fast as without it, and half as fast again as on h11.
"""

import asyncio
import math
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from chassis.http.problems import MEDIA_TYPE, Problem, document

LARGEST_HEAD = 64 * 1024
LATE = Problem(408, "too-late", "The request did not arrive in time.", "Send it whole, at once.")
FULL = Problem(503, "full", "All connections are taken.", "Try again shortly.", headers={"retry-after": "1"})
LARGE_HEAD = Problem(431, "large-head", "The head of the request is too large.", "At most 64 KiB are read.")
MALFORMED = Problem(400, "malformed", "This is no HTTP request.", "Its head or the parts of its body cannot be read.")


@dataclass
class Bounds:
    """`arrival` of a request and `reading` of an answer are in seconds.

    `waiting` are the connections whose client has the word, silent longest first.
    """

    arrival: float
    reading: float
    connections: int
    waiting: dict["Connection", None] = field(default_factory=dict)


class Config(uvicorn.Config):
    """Carries what all connections of a server share."""

    def __init__(self, *args: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*args, **{"http": Connection, "ws": "none", **options})
        self.bounds = bounds


class Connection(HttpToolsProtocol):
    """A connection is closed when its request has not arrived whole in time, or its answer is not being read."""

    def __init__(self, config: Config, *args: Any, **options: Any) -> None:
        super().__init__(config, *args, **options)
        self._bounds = config.bounds
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._unread = math.inf  # bytes of an answer when it was last looked
        self._read_by: float | None = None  # in the time of the loop
        self._turned_away = False
        self._head: int | None = None  # bytes of a head that has begun and not ended
        self._fault = MALFORMED

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections and not self._make_room():
            self._turned_away = True
            self._end_with(FULL)
        else:
            self._wait()
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._bounds.waiting.pop(self, None)
        self._stop_timer()
        self._stop_reading_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._turned_away or self.transport.is_closing():
            return
        self._start_timer()
        if self in self._bounds.waiting:
            self._wait()
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > LARGEST_HEAD:
            self._end_with(LARGE_HEAD)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._start_timer()
        if self._reading is None:
            self._read_by = None

    def on_headers_complete(self) -> None:
        self._head = None
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            self._fault = LARGE_HEAD
            raise ValueError(LARGE_HEAD.title)  # httptools gives it to `send_400_response`
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_timer()
        self._bounds.waiting.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_reading()
        if not self.transport.is_closing() and self.cycle.response_complete:
            self._wait()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's words
        self._end_with(self._fault)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        self._unread = math.inf  # it reads, and there will be more
        super().resume_writing()

    def _make_room(self) -> bool:
        """Ends the connection that is silent longest; False when every one is being answered."""
        oldest = next(iter(self._bounds.waiting), None)
        if oldest is None:
            return False
        self._bounds.waiting.pop(oldest)
        self.connections.discard(oldest)
        oldest.transport.abort()
        return True

    def _wait(self) -> None:
        self._bounds.waiting.pop(self, None)
        self._bounds.waiting[self] = None

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self._bounds.arrival, self._late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if self._head is None and self.cycle is None:  # not a byte came
            self.transport.close()
        else:
            self._end_with(LATE)

    def _watch_reading(self) -> None:
        """Until nothing is left of the answer; all its pauses together have one end."""
        if self._reading is None and (left := self.transport.get_write_buffer_size()):
            self._unread = left
            if self._read_by is None:
                self._read_by = self.loop.time() + self._bounds.reading
            self._look_later(self._read_by)

    def _look_later(self, read_by: float) -> None:
        seconds = min(self._bounds.arrival, max(read_by - self.loop.time(), 0))
        self._reading = self.loop.call_later(seconds, self._look, read_by)

    def _look(self, read_by: float) -> None:
        """Is the answer read, or on its way slowly, or neither?"""
        self._reading = None
        left = self.transport.get_write_buffer_size()
        if left and (left >= self._unread or self.loop.time() >= read_by):
            self.transport.abort()
        elif left:
            self._unread = left
            self._look_later(read_by)

    def _stop_reading_timer(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _end_with(self, problem: Problem) -> None:
        """Says why, unless an answer has begun, and closes."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = document(problem, "")
            headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close"}
            lines = [f"{name}: {value}\r\n" for name, value in {**headers, **(problem.headers or {})}.items()]
            if self.cycle is not None:  # the application has nothing more to say here
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            self.transport.write(STATUS_LINE[problem.status] + "".join(lines).encode() + b"\r\n" + body)
        self.transport.close()
