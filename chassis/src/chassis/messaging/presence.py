"""Is the topic of a row there? Asked of the broker before the row is handed over.

The client library waits ten seconds for a topic that is not there, and everybody else waits with it. Here the answer of
the broker counts at once, and for a while: what was missing a moment ago costs the next row nothing.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from contracts.topics import BY_NAME

BETWEEN = 0.2  # seconds between looks, the first of which may have been on its way before we asked


class Patience(NamedTuple):
    """How often the broker is asked before a topic counts as missing, and for how many seconds it then does."""

    looks: int
    remembered: float


OURS = Patience(2, 2.0)  # the row stays, and is tried again
FOREIGN = Patience(12, 60.0)  # the row is set aside; a topic that was made just now is not known to every broker yet


class ForeignTopicMissing(UnknownTopicOrPartitionError):
    """A topic that is not ours is not there, and nobody of us will make it."""


class ForeignTopicForbidden(TopicAuthorizationFailedError):
    """A topic that is not ours may not be written by us any more."""


def judged(topic: str, error: Exception) -> Exception:
    """What the broker says of a topic of ours may be mended tomorrow; of another's it is the last word."""
    if topic in BY_NAME:
        return error
    if type(error) is UnknownTopicOrPartitionError:
        return ForeignTopicMissing()
    if type(error) is TopicAuthorizationFailedError:
        return ForeignTopicForbidden()
    return error


def patience_with(topic: str) -> Patience:
    return OURS if topic in BY_NAME else FOREIGN


class Presence:
    """Remembers for a while which topics were not there, or not for us."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_there: dict[str, tuple[float, type[Exception]]] = {}

    def note(self, topic: str, error: Exception) -> None:
        """A row of it was refused for its topic: the next ones need not be handed over."""
        if isinstance(error, ForeignTopicMissing | ForeignTopicForbidden):
            self._remember(topic, error)

    async def check(self, client: Any, topic: str) -> None:
        """`client` is that of a producer. Raises what the broker would answer, as `judged` does."""
        until, kind = self._not_there.get(topic, (0.0, KafkaError))
        if self._clock() < until:
            raise kind
        self._not_there.pop(topic, None)
        if client.cluster.partitions_for_topic(topic) is not None:
            return
        client.add_topic(topic)
        error = await self._looked_for(client, topic)
        if error is not None:
            found = judged(topic, error)
            self._remember(topic, found)
            raise found

    def _remember(self, topic: str, error: Exception) -> None:
        self._not_there[topic] = (self._clock() + patience_with(topic).remembered, type(error))

    async def _looked_for(self, client: Any, topic: str) -> Exception | None:
        for look in range(patience_with(topic).looks):
            await asyncio.sleep(BETWEEN if look else 0)
            if not await client.force_metadata_update():
                raise KafkaConnectionError("no broker answers")
            if client.cluster.partitions_for_topic(topic) is not None:
                return None
        if topic in client.cluster.unauthorized_topics:
            return TopicAuthorizationFailedError(topic)
        return UnknownTopicOrPartitionError(topic)
