"""Everything around order-intake: portals and operators by HTTP, participants by records, and the clock."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from chassis.messaging.boundary import Boundary
from chassis.messaging.outgoing import pack, reply_envelope
from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from chassis.saga import progress as progresses
from chassis.saga.heard import Heard
from contracts.message import MESSAGES, Command, Message, Refusal, Reply
from contracts.orders import OrderForm
from order_intake.__main__ import compose
from order_intake.application import keys
from order_intake.application.giving import BY_OPERATORS
from order_intake.application.hearing import NEVER
from order_intake.application.keys import Wanted
from order_intake.application.replaying import Act
from order_intake.settings import Settings
from order_intake.store import partners
from testkit.http import client
from testkit.records import FakeRecord, Letter, record_of

from ..builders import form, good_answer

OPERATORS = {"m.alvarez": "key-of-alvarez", "r.chen": "key-of-chen"}


@dataclass
class Ear:
    """Every reply has been read, but those of the last `behind`, or nobody knows; on `deaf` topics nothing was."""

    behind: timedelta | None = timedelta(0)
    deaf: set[str] = field(default_factory=set)

    def hears(self) -> Heard | None:
        if self.behind is None:
            return None
        return Heard(datetime.now(UTC) - self.behind, dict.fromkeys(self.deaf, NEVER))


@dataclass
class Desk:
    """`seen` is all that was ever published, oldest first; `published` answers what is new of it."""

    pool: Pool
    settings: Settings
    parts: Parts
    boundary: Boundary
    ear: "Ear"
    seen: list[Letter] = field(default_factory=list)
    offset: int = 0

    @classmethod
    async def of(cls, settings: Settings, pool: Pool) -> "Desk":
        """The service as production composes it."""
        ear = Ear()
        parts = await compose(settings, pool, ear.hears)
        return cls(pool, settings, parts, Boundary(parts.service, pool, settings), ear)

    def client(self, key: str) -> httpx.AsyncClient:
        asking = client(self.parts.api, key)
        asking.headers["content-type"] = "application/json"
        return asking

    # ── what order-intake sends ──────────────────────────────────────────────────────────────────────────────────

    async def published(self) -> list[Letter]:
        rows = await self.pool.fetch("DELETE FROM outbox RETURNING id, topic, key, value, headers")
        new = [Letter.of(row) for row in sorted(rows, key=lambda row: row["id"])]
        self.seen += new
        return new

    async def commands(self) -> list[Letter]:
        return [one for one in await self.published() if issubclass(MESSAGES[one.envelope.type], Command)]

    async def command(self, kind: type[Command]) -> Letter:
        """The one new command, which is of this kind."""
        (found,) = [one for one in await self.commands() if isinstance(one.message, kind)]
        return found

    def sent(self, kind: type[Message]) -> list[Any]:
        return [one.message for one in self.seen if one.envelope.type == kind.ce_type]

    # ── what it gets ─────────────────────────────────────────────────────────────────────────────────────────────

    async def deliver(self, *records: FakeRecord) -> None:
        for record in records:
            self.offset += 1
            record.offset = self.offset
        await self.boundary.handle(records)

    async def tell(self, message: Message, message_id: str) -> None:
        """An event of another service."""
        await self.deliver(record_of(message, message_id))

    def reply(self, command: Letter, reply: Reply | None = None) -> FakeRecord:
        asked = command.message
        assert isinstance(asked, Command)
        answer = reply or good_answer(asked)
        envelope = reply_envelope(command.envelope, answer.ce_type, "test", datetime.now(UTC))
        packed = pack(answer, envelope)
        return FakeRecord(packed.topic, packed.key, packed.value, packed.headers)

    async def answer(self, *commands: Letter) -> None:
        await self.deliver(*(self.reply(one) for one in commands))

    async def refuse(self, command: Letter, kind: type[Refusal], code: str = "no", reason: str = "No.") -> None:
        asked = command.message
        assert isinstance(asked, Command)
        refusal = kind(order_id=asked.order_id, run=asked.run, code=code, reason=reason)
        await self.deliver(self.reply(command, refusal))

    async def carry_on(self, until: type[Command] | None = None) -> list[Letter]:
        """Answers well whatever is asked, until a command of this kind is among what is asked, or nothing is."""
        while True:
            asked = await self.commands()
            if not asked or any(isinstance(one.message, until or ()) for one in asked):
                return asked
            await self.answer(*asked)

    # ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def submit(self, portal: httpx.AsyncClient, **facts: Any) -> str:
        answer = await portal.post("/orders", content=body(**facts))
        assert answer.status_code == 202, answer.text
        order_id: str = answer.json()["id"]
        return order_id

    async def row(self, order_id: str) -> Any:
        return await self.pool.fetchrow("SELECT * FROM orders WHERE order_id = $1", order_id)

    async def state(self, order_id: str) -> str:
        return str(await self.pool.fetchval("SELECT state FROM orders WHERE order_id = $1", order_id))

    async def account(self, order_id: str, role: str = "Customer") -> Any:
        sql = "SELECT * FROM accounts WHERE order_id = $1 AND role = $2"
        return await self.pool.fetchrow(sql, order_id, role)

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def due(self, order_id: str) -> datetime | None:
        """When the engine must be asked again; the column may be earlier, never later."""
        row = await self.row(order_id)
        due = progresses.decode(row["progress"]).due
        assert due is None or row["due"] <= due
        return due

    async def overdue(self, order_id: str) -> None:
        """Every deadline of the order has come, if it has one."""
        row = await self.row(order_id)
        if row["due"] is None:
            return
        past = datetime.now(UTC) - timedelta(seconds=1)
        progress = progresses.decode(row["progress"])
        steps = {name: replace(state, due=past if state.due else None) for name, state in progress.steps.items()}
        late = replace(progress, steps=steps, asked=dict.fromkeys(progress.asked, past), due=past, held_until=None)
        sql = "UPDATE orders SET progress = $2, due = $3 WHERE order_id = $1"
        await self.pool.execute(sql, order_id, progresses.encode(late), past)

    async def wake(self) -> None:
        wake_due = self.parts.jobs[0][1]
        await wake_due()

    async def time_out(self, order_id: str) -> list[Letter]:
        """The deadlines come; answers the commands that are sent because of it."""
        await self.overdue(order_id)
        await self.wake()
        return await self.commands()


def body(**facts: Any) -> str:
    """A form as a portal sends it: JSON."""
    made: OrderForm = facts.pop("form", None) or form(datetime.now(UTC), **facts)
    return made.model_dump_json()


async def new_partner(pool: Pool, partner_id: str, name: str, **wanted: Any) -> tuple[str, str]:
    """(partner id, API key). `wanted` are facts of its key."""
    async with Units(pool, "order-intake", Clock(timedelta(0))).begin() as unit:
        await partners.create(unit.connection, partner_id, name)
        facts = Wanted(**wanted)
        issued = await keys.add(unit, partner_id, facts, Act("test", "test"), BY_OPERATORS)
        unit.outgoing = []  # what is asked afterwards is of its own
    await pool.execute("DELETE FROM operator_actions")
    return partner_id, issued.api_key
