"""What tests of the pipeline share beside the stack."""

from collections.abc import AsyncIterator

import pytest_asyncio

from dialtone.stack.stack import Stack
from tests.pipeline.kafka_portal import Portal


@pytest_asyncio.fixture
async def portal(stack: Stack) -> AsyncIterator[Portal]:
    made = Portal(stack)
    await made.start()
    yield made
    await made.stop()
