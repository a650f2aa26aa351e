"""Partners: resellers, known by their names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.runtime.database import Connection, Pool
from contracts import names

# A new partner; nothing where the name is taken, in whatever spelling.
CREATE = """
INSERT INTO partners (partner_id, name, name_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING partner_id
"""
# Is there such a partner?
EXISTS = "SELECT true FROM partners WHERE partner_id = $1"
# One partner, nobody else's to change or to give keys to until the transaction ends.
LOCK = "SELECT true FROM partners WHERE partner_id = $1 FOR UPDATE"
# All of them, with how many of their keys are good at that time.
ALL = """
SELECT partner_id, name, rejections_topic, created_at, (
    SELECT count(*) FROM api_keys WHERE api_keys.partner_id = partners.partner_id
    AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
) AS living_keys
FROM partners ORDER BY name
"""
# The topics of these partners' own rejections, where they have one.
REJECTIONS_TOPICS = """
SELECT partner_id, rejections_topic FROM partners WHERE partner_id = ANY($1::text[]) AND rejections_topic IS NOT NULL
"""
# Who else has a topic; it must not be read by two.
READ_BY_ANOTHER = "SELECT true FROM partners WHERE rejections_topic = $2 AND partner_id <> $1"
# A partner's own rejections go there from now on.
SET_REJECTIONS_TOPIC = """
UPDATE partners SET rejections_topic = $2 FROM partners AS before
WHERE partners.partner_id = $1 AND before.partner_id = $1 RETURNING coalesce(before.rejections_topic, '')
"""


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as operators see it."""

    partner_id: str
    name: str
    rejections_topic: str | None
    created_at: datetime
    living_keys: int


async def create(connection: Connection, partner_id: str, name: str) -> bool:
    """False when another partner has the name, in whatever spelling."""
    return bool(await connection.fetchval(CREATE, partner_id, name, names.key(name)))


async def exists(database: Pool | Connection, partner_id: str) -> bool:
    """Is there a partner with this id?"""
    return bool(await database.fetchval(EXISTS, partner_id))


async def lock(connection: Connection, partner_id: str) -> None:
    """Until the transaction ends."""
    await connection.execute(LOCK, partner_id)


async def every(connection: Connection, at: datetime) -> list[PartnerRow]:
    """By name; of keys those count that are good then."""
    return [PartnerRow(*row) for row in await connection.fetch(ALL, at)]


async def rejections_topics(connection: Connection, partner_ids: Iterable[str]) -> dict[str, str]:
    """Partner id -> its own topic; those that have none are left out."""
    return {row[0]: row[1] for row in await connection.fetch(REJECTIONS_TOPICS, sorted(set(partner_ids)))}


async def read_by_another(connection: Connection, partner_id: str, topic: str) -> bool:
    """Do the rejections of another partner go to this topic?"""
    return bool(await connection.fetchval(READ_BY_ANOTHER, partner_id, topic))


async def set_rejections_topic(connection: Connection, partner_id: str, topic: str | None) -> str | None:
    """The topic of before, empty for none; None when there is no such partner.

    Raises asyncpg.UniqueViolationError when another partner got the topic meanwhile: start over.
    """
    before: str | None = await connection.fetchval(SET_REJECTIONS_TOPIC, partner_id, topic)
    return before
