"""Partners, accounts, orders, dead letters, operator actions, and the messaging tables."""

from alembic import op

from chassis.messaging import ddl

revision = "0001"
down_revision = None

UP = """
CREATE TABLE partners (
    partner_id varchar PRIMARY KEY,
    name varchar NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE api_keys (
    key_id varchar PRIMARY KEY,
    partner_id varchar NOT NULL,
    secret_sha256 varchar NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE accounts (
    account_id varchar PRIMARY KEY,
    partner_id varchar NOT NULL,
    role varchar NOT NULL,
    name varchar NOT NULL,
    name_key varchar NOT NULL,
    parent_id varchar NOT NULL DEFAULT '',
    broadworks_id varchar NOT NULL,
    order_id varchar,
    status varchar NOT NULL DEFAULT 'ordered',
    built boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT role_known CHECK (role IN ('Enterprise', 'Customer')),
    CONSTRAINT status_known CHECK (status IN ('ordered', 'active', 'withdrawn'))
);
CREATE INDEX accounts_order ON accounts (order_id);
CREATE UNIQUE INDEX accounts_name ON accounts (partner_id, parent_id, name_key) WHERE status <> 'withdrawn';
CREATE TABLE orders (
    order_id varchar PRIMARY KEY,
    partner_id varchar NOT NULL,
    external_id varchar NOT NULL,
    fingerprint varchar NOT NULL,
    kind varchar NOT NULL,
    account_name varchar NOT NULL,
    state varchar NOT NULL,
    reason varchar NOT NULL DEFAULT '',
    run integer NOT NULL DEFAULT 1,
    subject varchar NOT NULL,
    progress varchar NOT NULL,
    phase varchar NOT NULL,
    due timestamptz,
    version integer NOT NULL DEFAULT 1,
    submitted_at timestamptz NOT NULL,
    ended_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX orders_external_id ON orders (partner_id, external_id);
CREATE INDEX orders_due ON orders (due) WHERE due IS NOT NULL;
CREATE INDEX orders_newest ON orders (partner_id, submitted_at);
CREATE INDEX orders_open ON orders (submitted_at) WHERE ended_at IS NULL;
CREATE TABLE operator_actions (
    action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id varchar,
    dl_id varchar,
    who varchar NOT NULL,
    action varchar NOT NULL,
    why varchar NOT NULL,
    before varchar,
    after varchar,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX operator_actions_order ON operator_actions (order_id);
CREATE TABLE dead_letters (
    dl_id varchar PRIMARY KEY,
    kind varchar NOT NULL,
    order_id varchar,
    service varchar NOT NULL,
    source_topic varchar NOT NULL,
    error_code varchar NOT NULL,
    error_message varchar NOT NULL,
    retriable boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 1,
    failed_at timestamptz NOT NULL,
    record_key bytea,
    value bytea,
    headers varchar NOT NULL,
    state varchar NOT NULL DEFAULT 'open',
    closed_at timestamptz,
    closed_by varchar,
    CONSTRAINT kind_known CHECK (kind IN ('order', 'message')),
    CONSTRAINT dead_letter_state_known CHECK (state IN ('open', 'replayed', 'discarded'))
);
CREATE INDEX dead_letters_state ON dead_letters (state, failed_at);
CREATE INDEX dead_letters_order ON dead_letters (order_id)
"""
DOWN = """
DROP TABLE dead_letters; DROP TABLE operator_actions; DROP TABLE orders; DROP TABLE accounts; DROP TABLE api_keys;
DROP TABLE partners
"""


def upgrade() -> None:
    for statement in ddl.statements(ddl.UP_1) + ddl.statements(UP):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.statements(DOWN) + ddl.statements(ddl.DOWN_1):
        op.execute(statement)
