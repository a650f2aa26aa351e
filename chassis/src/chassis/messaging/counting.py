"""A FastStream middleware: what every batch shows in the metrics, counted once per batch and not per record."""

import time
from collections import Counter as Counts
from collections.abc import Awaitable, Callable
from typing import Any

from faststream import BaseMiddleware
from faststream.message import StreamMessage
from prometheus_client import Counter, Gauge

CONSUMED = Counter("messages_consumed_total", "Records polled.", ["service", "topic"])
BATCHES = Counter("message_batches_total", "Batches polled.", ["service"])
LAST_BATCH = Gauge("message_batch_timestamp_seconds", "When the last batch was handled.", ["service"])


class Counting(BaseMiddleware[Any, Any]):
    """`service` labels the metrics. A batch that is rewound is counted at each poll, and is not handled."""

    def __init__(self, msg: Any, /, *, context: Any, service: str) -> None:
        super().__init__(msg, context=context)
        self._service = service

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        """The records are those of the parser: untouched, in the order of the poll."""
        BATCHES.labels(self._service).inc()
        for topic, count in Counts(record.topic for record in msg.raw_message).items():
            CONSUMED.labels(self._service, topic).inc(count)
        handled = await call_next(msg)
        if handled:
            LAST_BATCH.labels(self._service).set(time.time())
        return handled
