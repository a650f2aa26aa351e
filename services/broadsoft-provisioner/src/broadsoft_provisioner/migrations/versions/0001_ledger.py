"""The ledger, what orders rely on, and the messaging tables."""

from alembic import op

from chassis.messaging import ddl

revision = "0001"
down_revision = None

UP = """
CREATE TABLE ledger (
    order_id varchar,
    run integer NOT NULL,
    seq integer,
    effect_key varchar NOT NULL,
    effect jsonb NOT NULL,
    state varchar NOT NULL DEFAULT 'intended',
    intended_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    PRIMARY KEY (order_id, seq),
    CONSTRAINT state_known CHECK (state IN ('intended', 'done', 'undone', 'found', 'kept'))
);
CREATE TABLE uses (
    order_id varchar,
    resource varchar,
    PRIMARY KEY (order_id, resource)
);
CREATE INDEX uses_resource ON uses (resource);
CREATE TABLE workplaces (
    order_id varchar PRIMARY KEY,
    service_provider_id varchar NOT NULL,
    group_id varchar NOT NULL
)
"""
DOWN = "DROP TABLE workplaces; DROP TABLE uses; DROP TABLE ledger"


def upgrade() -> None:
    for statement in ddl.statements(ddl.UP_1) + ddl.statements(UP):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.statements(DOWN) + ddl.statements(ddl.DOWN_1):
        op.execute(statement)
