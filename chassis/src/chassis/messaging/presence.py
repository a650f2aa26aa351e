"""Is the topic of a row there? Asked of the broker before the row is handed over.

The client library waits ten seconds for a topic that is not there, and everybody else waits with it. Here the broker is
asked for all unknown topics of a batch at once, and the batch waits shortly; what is not decided then is looked for on
the side, and only the shards of its rows wait. What was missing counts as missing for a while, and costs the next row
nothing; then one quick look tells whether it still is.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import structlog
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from contracts.topics import BY_NAME

SHORTLY = 0.1  # seconds that a batch waits for the first answers
WITHIN = 10.0  # seconds for one answer
MOST_REMEMBERED = 1_000  # topics
log = structlog.get_logger()


class Patience(NamedTuple):
    """How often the broker is asked before a topic counts as missing, every how many seconds, and for how long it does.

    The first look may have been on its way before we asked.
    """

    looks: int
    between: float
    remembered: float


OURS = Patience(2, 0.2, 2.0)  # the row stays, and is tried again
# The row is set aside; a topic that was made just now is not known to every broker yet.
FOREIGN = Patience(12, 0.2, 60.0)


class NotKnownYet(KafkaConnectionError):
    """The broker has not said whether the topic is there."""


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
        self._looks: dict[str, asyncio.Task[None]] = {}

    def note(self, topic: str, error: Exception) -> None:
        """A row of it was refused for its topic: the next ones need not be handed over."""
        if isinstance(error, ForeignTopicMissing | ForeignTopicForbidden):
            self._remember(topic, type(error))

    def check(self, client: Any, topic: str) -> None:
        """`client` is that of a producer. Raises what the broker would answer, as `judged` does, or NotKnownYet."""
        until, kind = self._not_there.get(topic, (0.0, NotKnownYet))
        if self._clock() < until:
            raise kind
        if client.cluster.partitions_for_topic(topic) is None:
            raise NotKnownYet(topic)

    async def look_for(self, client: Any, topics: Collection[str]) -> None:
        """Has every unknown one looked for, and waits a moment for those that nobody looks for yet."""
        sought: dict[Patience, set[str]] = {}
        for topic in topics:
            until, _ = self._not_there.get(topic, (0.0, None))
            is_known = self._clock() < until or client.cluster.partitions_for_topic(topic) is not None
            if not is_known and topic not in self._looks:
                client.add_topic(topic)
                patience = patience_with(topic)
                was_missing = topic in self._not_there
                sought.setdefault(patience._replace(looks=2, between=0) if was_missing else patience, set()).add(topic)
        for patience, some in sought.items():
            self._looks |= dict.fromkeys(some, asyncio.create_task(self._look(client, some, patience)))
        if sought:
            await asyncio.wait({self._looks[topic] for some in sought.values() for topic in some}, timeout=SHORTLY)

    async def _look(self, client: Any, topics: Collection[str], patience: Patience) -> None:
        missing = set(topics)
        try:
            for look in range(patience.looks):
                await asyncio.sleep(patience.between if look else 0)
                async with asyncio.timeout(WITHIN):  # of a client that was stopped meanwhile no answer comes
                    if not await client.force_metadata_update():
                        return  # no broker answers: that says nothing of a topic
                missing = {topic for topic in missing if client.cluster.partitions_for_topic(topic) is None}
                if not missing:
                    return
            for topic in missing:
                forbidden = topic in client.cluster.unauthorized_topics
                error = TopicAuthorizationFailedError() if forbidden else UnknownTopicOrPartitionError()
                self._remember(topic, type(judged(topic, error)))
        except (KafkaError, OSError) as error:
            log.info("topics not looked for", error=repr(error))
        finally:
            for topic in topics:
                del self._looks[topic]

    def _remember(self, topic: str, kind: type[Exception]) -> None:
        self._not_there.pop(topic, None)
        self._not_there[topic] = (self._clock() + patience_with(topic).remembered, kind)
        if len(self._not_there) > MOST_REMEMBERED:
            del self._not_there[next(iter(self._not_there))]
