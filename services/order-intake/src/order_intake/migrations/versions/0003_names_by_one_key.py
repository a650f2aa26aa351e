"""names by one key.

Names were one when they differed in case alone; now blanks, width and invisible characters make no difference either.
The key must be what the service computes, so the service's own function makes it. Where two living accounts would
become one, both keep the key they have: a person decides which of them is meant.
"""

import sqlalchemy as sa
from alembic import op

from contracts import names

revision = "0003"
down_revision = "0002"

# Every account, the living ones first.
ALL = sa.text("SELECT account_id, partner_id, parent_id, name, name_key, status FROM accounts")
# The key of one account.
SET = sa.text("UPDATE accounts SET name_key = :name_key WHERE account_id = :account_id")


def upgrade() -> None:
    """In one pass, on the few accounts whose key changes."""
    accounts = op.get_bind().execute(ALL).all()
    wanted: dict[tuple[str, str, str], list[str]] = {}
    for one in accounts:
        if one.status != "withdrawn":
            wanted.setdefault((one.partner_id, one.parent_id, names.key(one.name)), []).append(one.account_id)
    for one in accounts:
        key = names.key(one.name)
        rivals = wanted.get((one.partner_id, one.parent_id, key), [])
        if key != one.name_key and (one.status == "withdrawn" or len(rivals) == 1):
            op.get_bind().execute(SET, {"account_id": one.account_id, "name_key": key})


def downgrade() -> None:
    """The old key is the name in one case."""
    for one in op.get_bind().execute(ALL).all():
        op.get_bind().execute(SET, {"account_id": one.account_id, "name_key": one.name.casefold()})
