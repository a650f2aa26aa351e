"""The offsets of what is handled, kept until the broker has them.

On a quiet topic no later record brings them along: a commit that failed once and was forgotten would leave the group
before its last record for as long as nothing comes, and whoever asks how far it has read would wait.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka import TopicPartition

from chassis.runtime.cancelling import only_by_us

WITHIN = 10.0  # seconds for a commit, which the client library may wait for without end
LONGEST = 30.0  # seconds in which no commit goes through
log = structlog.get_logger()


class Offsets:
    """Each is where the group reads next on its partition. `within` are the seconds that a commit may take."""

    def __init__(self, *, within: float = WITHIN, longest: float = LONGEST) -> None:
        self._within, self._longest = within, longest
        self._handled: dict[TopicPartition, int] = {}
        self._failing_since: float | None = None

    @property
    def out_of_reach(self) -> bool:
        """Has no commit gone through for so long that the consumer should join its group anew?"""
        since = self._failing_since
        return since is not None and time.monotonic() - since > self._longest

    def handled(self, next_of: Mapping[TopicPartition, int]) -> None:
        """To be committed the next time."""
        self._handled.update(next_of)

    def forget(self) -> None:
        """The consumer begins anew, at what is committed."""
        self._handled, self._failing_since = {}, None

    async def tell(self, consumer: Any) -> None:
        """What the broker does not take now comes again the next time; what went to others meanwhile is dropped."""
        mine = consumer.assignment() if consumer is not None else set()
        sent = {one: offset for one, offset in self._handled.items() if one in mine}
        self._handled = dict(sent)
        if not sent:
            return
        try:
            with only_by_us():
                async with asyncio.timeout(self._within):
                    if self._failing_since is not None:
                        sent = await self._of_this_log(consumer, sent)
                    if sent:
                        await consumer.commit(sent)
        except Exception as error:  # noqa: BLE001  in the middle of a rebalance the client library raises anything
            if self._failing_since is None:
                log.info("offsets not committed yet", error=repr(error))
                self._failing_since = time.monotonic()
        else:
            self._failing_since = None
            self._handled = {one: offset for one, offset in self._handled.items() if sent.get(one) != offset}

    async def _of_this_log(self, consumer: Any, sent: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """A broker that came back without memory has a shorter log: what was handled of the old one is over."""
        ends = await consumer.end_offsets(list(sent))
        over = {one: offset for one, offset in sent.items() if offset > ends[one]}
        self._handled = {one: offset for one, offset in self._handled.items() if over.get(one) != offset}
        return {one: offset for one, offset in sent.items() if one not in over}
