"""One consumer for each zone of trust that a service listens to, so that nothing on one delays another."""

import asyncio

from chassis.messaging.consumer import Congested, Consumer, Handle, StepOver, never
from chassis.messaging.service import Service
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic, Zone, group_of


class Consumers:
    """`handle` takes a batch of one zone; several zones may call it at the same time."""

    def __init__(
        self,
        service: Service,
        settings: ServiceSettings,
        handle: Handle,
        step_over: StepOver,
        congested: Congested = never,
    ) -> None:
        self._all = [
            Consumer(group_of(service.name, zone), service.name, topics, settings, handle, step_over, congested)
            for zone, topics in zones(service).items()
        ]

    async def start(self) -> None:
        """Join all groups, and poll."""
        await asyncio.gather(*(one.start() for one in self._all))

    async def stop(self) -> None:
        """Stop polling, finish the batches in hand, commit, leave the groups."""
        await asyncio.gather(*(one.stop() for one in self._all))

    async def partitions(self) -> dict[str, int]:
        """How many each group has in this process."""
        return {one.group: await one.partitions() for one in self._all}

    @property
    def last_batch(self) -> float | None:
        """When any of them was last done with a batch, as Unix time."""
        return max((one.last_batch for one in self._all if one.last_batch is not None), default=None)

    async def lag(self) -> dict[tuple[str, str, int], int]:
        """Messages behind the end of the log by (group, topic, partition), as the last fetch saw it."""
        return {
            (one.group, topic, partition): behind
            for one in self._all
            for (topic, partition), behind in (await one.lag()).items()
        }


def zones(service: Service) -> dict[Zone, list[Topic]]:
    """The topics of a service by their zone of trust."""
    found: dict[Zone, list[Topic]] = {}
    for topic in service.listens_to:
        found.setdefault(topic.zone, []).append(topic)
    return found
