"""A batch is grouped by handler, and yet nobody can tell: the order of each key is kept."""

import hypothesis.strategies as st
from hypothesis import given

from chassis.messaging.incoming import Incoming
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.transaction import waves
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.message import Message
from contracts.numbers import AssignNumbers, CheckBackorder, ReleaseNumbers, ReserveNumbers
from testkit.records import FakeRecord, record_of

SERVICE = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])


@SERVICE.on_batch(ReserveNumbers, ReleaseNumbers)
async def together(messages: list[Message], unit: Unit) -> list[None]:
    return [None] * len(messages)


@SERVICE.on_batch(AssignNumbers)
async def assign(messages: list[AssignNumbers], unit: Unit) -> list[None]:
    return [None] * len(messages)


@SERVICE.on(CheckBackorder)
async def check(message: CheckBackorder, unit: Unit) -> None:
    return None


def command(kind: str, order_id: str, number: int) -> FakeRecord:
    message: Message = {
        "do": ReserveNumbers(order_id=order_id, run=1, partner_id="p-1"),
        "undo": ReleaseNumbers(order_id=order_id, run=1),
        "assign": AssignNumbers(order_id=order_id, run=1, customer_id="c-1"),
        "ask": CheckBackorder(order_id=order_id, run=1),
    }[kind]
    return record_of(message, str(number), step="a step", direction="do" if kind == "assign" else kind)


BATCH = st.lists(st.tuples(st.sampled_from(["do", "undo", "assign", "ask"]), st.sampled_from(["a", "b", "c"])))


@given(kinds=BATCH)
def test_every_message_is_in_one_group_and_every_key_in_order(kinds: list[tuple[str, str]]) -> None:
    records = [command(kind, order_id, number) for number, (kind, order_id) in enumerate(kinds)]
    batch = read(records, SERVICE).readable
    found: list[Incoming] = []
    for wave in waves(batch, SERVICE):
        for handler, group in wave.items():
            assert all(SERVICE.handlers[type(one.message)] is handler for one in group)
            found += group
        together = [one for group in wave.values() for one in group]
        for key in {one.key for one in together}:
            assert len({one.envelope.direction for one in together if one.key == key}) == 1
    assert sorted(int(one.id) for one in found) == list(range(len(kinds)))
    for key in ("a", "b", "c"):
        numbers = [int(one.id) for one in found if one.key == key]
        assert numbers == sorted(numbers)
