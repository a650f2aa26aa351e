"""partners by one name and one topic.

Partners were one when their names were equal to the letter, and two of them could get one topic for their rejections.
Two partners whose names people take for one are both kept: the later one's key gets its id appended, so that a third
can have neither name. A topic that several partners had stays the oldest one's; the rejections of the others go to the
shared topic again, until an operator gives each a topic of its own.
"""

import sqlalchemy as sa
from alembic import op

from contracts import names

revision = "0005"
down_revision = "0004"

# All of them, the oldest first.
ALL = sa.text("SELECT partner_id, name FROM partners ORDER BY created_at, partner_id")
# The key of one partner.
SET = sa.text("UPDATE partners SET name_key = :name_key WHERE partner_id = :partner_id")
# Of those that have one topic, the oldest keeps it.
ONE_READER = """
UPDATE partners SET rejections_topic = NULL FROM partners AS older
WHERE older.rejections_topic = partners.rejections_topic
AND (older.created_at, older.partner_id) < (partners.created_at, partners.partner_id)
"""


def upgrade() -> None:
    op.add_column("partners", sa.Column("name_key", sa.String(), nullable=True))
    taken: set[str] = set()
    for one in op.get_bind().execute(ALL).all():
        key = names.key(one.name)
        key = f"{key} {one.partner_id}" if key in taken else key
        taken.add(key)
        op.get_bind().execute(SET, {"partner_id": one.partner_id, "name_key": key})
    op.execute(ONE_READER)
    op.create_index("partners_one_name", "partners", ["name_key"], unique=True)
    op.create_index(
        "partners_rejections_topic",
        "partners",
        ["rejections_topic"],
        unique=True,
        postgresql_where="rejections_topic IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("partners_rejections_topic", table_name="partners", postgresql_where="rejections_topic IS NOT NULL")
    op.drop_index("partners_one_name", table_name="partners")
    op.drop_column("partners", "name_key")
