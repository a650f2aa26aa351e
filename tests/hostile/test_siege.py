"""A small siege: every attack once, among a few good orders of another partner."""

import pytest

from dialtone.stack.stack import Stack
from tests.hostile.siege import besiege

pytestmark = pytest.mark.pipeline


async def test_strangers_stop_no_order_of_anybody_else(stack: Stack) -> None:
    siege = await besiege(stack, good=30, scale=1, slow=False)
    assert {name: one.words for name, one in siege.became.items() if not one.as_it_should} == {}
    assert all(sum(drive.orders for drive in drives.values()) == 30 for drives in siege.besieged)
