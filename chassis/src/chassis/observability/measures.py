"""The metrics of the chassis that are shown before anything happens, and how its consumers stand."""

from collections.abc import Mapping

from prometheus_client import Gauge

from chassis.facts.owning import CONTRADICTED
from chassis.facts.rows import LEFT_OUT
from chassis.messaging import inbox, unsendable
from chassis.messaging.consumer import REJOINED
from chassis.messaging.counting import BATCHES, CONSUMED
from chassis.messaging.dead_letters import DEAD
from chassis.messaging.ending import LEFT
from chassis.messaging.fetching import STEPPED_OVER, NotFetchable
from chassis.messaging.losses import LOST
from chassis.messaging.reading import NotReadable, UnknownMessage
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLED, OUTCOMES
from contracts.message import Fact

LAG = Gauge("kafka_consumergroup_lag", "Messages behind the end.", ["consumergroup", "topic", "partition"])
PARTITIONS = Gauge("consumer_partitions", "Partitions that this process has.", ["consumergroup"])


def initialise(service: Service) -> None:
    """A healthy service shows zero, not nothing, and its first failure is an increase."""
    inbox.DUPLICATES.labels(service.name)
    BATCHES.labels(service.name)
    REJOINED.labels(service.name)
    LEFT.labels(service.name)
    unsendable.OPEN.labels(service.name)
    for kind in service.handlers:
        if issubclass(kind, Fact):
            LEFT_OUT.labels(kind.__name__)
            CONTRADICTED.labels(kind.__name__)
        for outcome in OUTCOMES:
            HANDLED.labels(service.name, kind.__name__, outcome)
    for topic in service.listens_to:
        CONSUMED.labels(service.name, topic.name)
        STEPPED_OVER.labels(service.name, topic.name)
        LOST.labels(service.name, topic.name)
        for failure in (NotReadable, UnknownMessage, NotFetchable):
            DEAD.labels(service.name, topic.name, failure.code)


def show_lag(behind: Mapping[tuple[str, str, int], int]) -> None:
    """Messages behind the end by (group, topic, partition); a partition of another replica is not shown here."""
    LAG.clear()
    for (group, topic, partition), count in behind.items():
        LAG.labels(group, topic, str(partition)).set(count)


def show_partitions(of_groups: Mapping[str, int]) -> None:
    """Without any in all processes together, nobody reads for a group."""
    for group, count in of_groups.items():
        PARTITIONS.labels(group).set(count)
