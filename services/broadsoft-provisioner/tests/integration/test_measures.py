"""What the conversations with BroadWorks say in numbers."""

import pytest
from prometheus_client import REGISTRY

from broadsoft_provisioner.soap.faults import Overloaded
from testkit.delivery import deliver

from .bench import Bench, Order, do

pytestmark = pytest.mark.integration


def documents(outcome: str) -> float:
    return REGISTRY.get_sample_value("broadworks_document_seconds_count", {"outcome": outcome}) or 0.0


def sessions(state: str) -> float | None:
    return REGISTRY.get_sample_value("broadworks_sessions", {"state": state})


async def test_documents_are_counted_by_how_they_ended(bench: Bench, order: Order) -> None:
    await bench.compose()
    answered, overloaded = documents("answered"), documents(Overloaded.code)
    await bench.deliver(do(order()))
    assert (documents("answered") - answered, documents(Overloaded.code) - overloaded) == (5, 0)
    await bench.fault("empty-503", "GroupAddRequest")
    await bench.deliver(do(order("o-2", group="BRANCH", new_enterprise=False, first=200)))
    assert documents(Overloaded.code) > overloaded


async def test_an_open_session_without_a_caller_is_idle(bench: Bench, order: Order) -> None:
    boundary = await bench.boundary()
    await deliver(boundary, [do(order())])
    ((_, measure), *_) = bench.composed[-1].jobs
    await measure()
    assert (sessions("busy"), sessions("idle")) == (0.0, 1.0)
