"""Tickets, their history, and the messaging tables."""

from alembic import op

from chassis.messaging import ddl

revision = "0001"
down_revision = None

UP = """
CREATE TABLE tickets (
    ticket_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id varchar NOT NULL,
    item_id varchar NOT NULL DEFAULT '',
    kind varchar NOT NULL,
    state varchar NOT NULL DEFAULT 'acknowledged',
    run integer NOT NULL,
    partner_id varchar NOT NULL,
    summary varchar NOT NULL,
    details jsonb NOT NULL DEFAULT '[]',
    due date,
    outcome varchar,
    reason varchar NOT NULL DEFAULT '',
    activated_on date,
    trunk_group varchar NOT NULL DEFAULT '',
    numbers_confirmed boolean NOT NULL DEFAULT false,
    note varchar NOT NULL DEFAULT '',
    resolved_by varchar,
    resolved_at timestamptz,
    opened_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tickets_once UNIQUE (order_id, item_id, kind),
    CONSTRAINT kind_known CHECK (kind IN ('order', 'trunking', 'backorder', 'e911')),
    CONSTRAINT state_known CHECK (
        state IN ('acknowledged', 'inProgress', 'pending', 'held', 'resolved', 'closed', 'cancelled', 'rejected')
    ),
    CONSTRAINT outcome_known CHECK (outcome IN ('done', 'cannot-do')),
    CONSTRAINT outcome_when_resolved CHECK ((state = 'resolved') = (outcome IS NOT NULL)),
    CONSTRAINT who_and_when CHECK ((resolved_by IS NOT NULL AND resolved_at IS NOT NULL) = (outcome IS NOT NULL)),
    CONSTRAINT reason_when_not_done CHECK (outcome <> 'cannot-do' OR reason <> ''),
    CONSTRAINT proof_when_trunking_done CHECK (
        outcome <> 'done' OR kind <> 'trunking'
        OR (activated_on IS NOT NULL AND trunk_group <> '' AND numbers_confirmed)
    )
);
CREATE INDEX tickets_open ON tickets (kind, state) WHERE state IN ('acknowledged', 'inProgress', 'pending', 'held');
CREATE TABLE history (
    history_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets (ticket_id),
    at timestamptz NOT NULL DEFAULT now(),
    who varchar NOT NULL,
    what varchar NOT NULL,
    state varchar NOT NULL,
    why varchar NOT NULL DEFAULT ''
);
CREATE INDEX history_ticket ON history (ticket_id, history_id)
"""
DOWN = "DROP TABLE history; DROP TABLE tickets"


def upgrade() -> None:
    for statement in ddl.statements(ddl.UP_1) + ddl.statements(UP):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.statements(DOWN) + ddl.statements(ddl.DOWN_1):
        op.execute(statement)
