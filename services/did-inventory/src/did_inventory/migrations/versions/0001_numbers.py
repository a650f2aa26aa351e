"""Numbers, backorders, and the messaging tables."""

from alembic import op

from chassis.messaging import ddl

revision = "0001"
down_revision = None

UP = """
CREATE TABLE numbers (
    number varchar PRIMARY KEY,
    npa varchar NOT NULL,
    nxx varchar NOT NULL,
    rate_center varchar NOT NULL DEFAULT '',
    region varchar NOT NULL DEFAULT '',
    status varchar NOT NULL DEFAULT 'available',
    order_id varchar,
    run integer,
    customer_id varchar,
    trunking boolean NOT NULL DEFAULT false,
    backorder_id bigint,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT status_known CHECK (status IN ('available', 'held', 'reserved', 'assigned', 'aging', 'blocked')),
    CONSTRAINT owner_when_taken CHECK ((status IN ('held', 'reserved', 'assigned')) = (order_id IS NOT NULL))
);
CREATE INDEX numbers_available ON numbers (npa, nxx, number) WHERE status = 'available';
CREATE INDEX numbers_order ON numbers (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE backorders (
    backorder_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id varchar NOT NULL,
    run integer NOT NULL,
    partner_id varchar NOT NULL,
    customer_id varchar,
    npa varchar NOT NULL,
    nxx varchar,
    quantity integer NOT NULL,
    missing integer NOT NULL,
    trunking boolean NOT NULL DEFAULT false,
    cancelled boolean NOT NULL DEFAULT false,
    submitted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT missing_of_quantity CHECK (missing BETWEEN 0 AND quantity)
);
CREATE INDEX backorders_open ON backorders (npa, backorder_id) WHERE missing > 0 AND NOT cancelled;
CREATE INDEX backorders_order ON backorders (order_id)
"""
DOWN = "DROP TABLE backorders; DROP TABLE numbers"


def upgrade() -> None:
    for statement in ddl.statements(ddl.UP_1) + ddl.statements(UP):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.statements(DOWN) + ddl.statements(ddl.DOWN_1):
        op.execute(statement)
