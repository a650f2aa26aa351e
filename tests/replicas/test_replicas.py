"""A minute of chaos with two replicas of every service: every order ends as it should, and nothing is left behind."""

import random
from pathlib import Path

import pytest

from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.stack import Stack
from testkit.needs import do_without
from tests.replicas.chaos import PATIENT, chaos

pytestmark = [pytest.mark.pipeline, pytest.mark.kafka]


async def test_orders_survive_what_befalls_replicas(place: Path) -> None:
    """On Apache Kafka alone: the embedded broker gives a group's partitions to one member only."""
    if missing := missing_tools():
        do_without(f"REPLICAS ARE NOT TESTED HERE: {' and '.join(missing)} missing")
    options = Options(folder=place, broker="kafka", simulator_latency=0.1, environment=PATIENT)
    async with Stack(options) as stack:
        await seed(stack)
        report = await chaos(stack, replicas=2, seconds=45, pause=0.7, chance=random.Random(8), break_every=2)
    assert sum(report.befell.values()) >= 3
    assert sum(report.became.values()) >= 20
    assert (report.wrong, report.broken) == ([], [])
