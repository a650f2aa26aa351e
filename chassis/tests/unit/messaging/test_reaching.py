"""A broker that cannot be reached is waited for, and the reason is told once."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from aiokafka.errors import KafkaConnectionError
from structlog.testing import capture_logs

from chassis.messaging.reaching import start_patiently, why_not
from chassis.runtime.patience import Patience
from chassis.runtime.settings import ServiceSettings

NOBODY_THERE = ServiceSettings(database_url="postgresql://h/d", kafka_bootstrap="127.0.0.1:9")


@pytest.fixture
def _loud() -> Iterator[None]:
    """Tests of other folders quieten the log for the whole run."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("_loud")
async def test_a_reason_is_told_once_however_often_it_is_tried() -> None:
    failures: list[Exception] = [KafkaConnectionError("no"), ConnectionRefusedError("no"), TimeoutError("no")]

    async def start() -> None:
        if failures:
            raise failures.pop()

    with capture_logs() as logs:
        await start_patiently(start, "producer", NOBODY_THERE, patience=Patience(0.001, 0.001))
    assert not failures
    assert [(one["event"], one["what"]) for one in logs] == [("waiting for the broker", "producer")]
    assert logs[0]["reason"] == "Kafka at 127.0.0.1:9 cannot be reached: nothing answers there."


async def test_what_is_no_address_is_told_with_the_setting() -> None:
    assert await why_not(NOBODY_THERE.model_copy(update={"kafka_bootstrap": "broker"})) == (
        "'broker' is no address of a broker: KAFKA_BOOTSTRAP names them as host:port, with commas between."
    )
