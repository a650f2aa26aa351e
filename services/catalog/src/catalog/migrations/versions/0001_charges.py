"""Price books, the billing of orders, charges, and the messaging tables."""

from alembic import op

from chassis.messaging import ddl

revision = "0001"
down_revision = None

UP = """
CREATE TABLE price_books (
    book_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner_id varchar,
    name varchar NOT NULL,
    effective_from date NOT NULL,
    CONSTRAINT price_books_name UNIQUE NULLS NOT DISTINCT (partner_id, name),
    CONSTRAINT price_books_effective_from UNIQUE NULLS NOT DISTINCT (partner_id, effective_from)
);
CREATE TABLE prices (
    book_id bigint NOT NULL REFERENCES price_books (book_id) ON DELETE CASCADE,
    package varchar NOT NULL,
    kind varchar NOT NULL,
    unit_price numeric NOT NULL,
    PRIMARY KEY (book_id, package, kind),
    CONSTRAINT kind_known CHECK (kind IN ('MRC', 'NRC', 'usage')),
    CONSTRAINT price_not_negative CHECK (unit_price >= 0)
);
CREATE TABLE order_billing (
    order_id varchar PRIMARY KEY,
    run integer NOT NULL,
    partner_id varchar NOT NULL,
    customer_id varchar NOT NULL,
    time_zone varchar NOT NULL,
    price_book varchar NOT NULL,
    billing_start date NOT NULL,
    free_numbers integer NOT NULL,
    first_invoice numeric(16, 2) NOT NULL,
    monthly numeric(16, 2) NOT NULL,
    priced jsonb NOT NULL,
    state varchar NOT NULL DEFAULT 'planned',
    priced_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    numbers_at_start integer NOT NULL DEFAULT 0,
    numbers_backordered integer NOT NULL DEFAULT 0,
    numbers_late integer NOT NULL DEFAULT 0,
    lines_at_start integer NOT NULL DEFAULT 0,
    lines_late integer NOT NULL DEFAULT 0,
    CONSTRAINT state_known CHECK (state IN ('planned', 'started', 'void')),
    CONSTRAINT started_has_a_time CHECK ((state = 'started') = (started_at IS NOT NULL)),
    CONSTRAINT numbers_not_negative CHECK (numbers_at_start >= 0 AND numbers_backordered >= 0 AND numbers_late >= 0)
);
CREATE TABLE charges (
    order_id varchar NOT NULL,
    run integer NOT NULL,
    line integer NOT NULL,
    item_id varchar NOT NULL,
    package varchar NOT NULL,
    kind varchar NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric NOT NULL,
    from_date date NOT NULL,
    to_date date,
    days integer,
    days_in_period integer,
    exact_amount numeric NOT NULL,
    amount numeric(16, 2) NOT NULL,
    first_period boolean NOT NULL,
    price_book varchar NOT NULL,
    state varchar NOT NULL DEFAULT 'planned',
    posted_at timestamptz,
    reverses integer,
    PRIMARY KEY (order_id, run, line),
    CONSTRAINT kind_known CHECK (kind IN ('MRC', 'NRC', 'usage')),
    CONSTRAINT state_known CHECK (state IN ('planned', 'posted', 'void')),
    CONSTRAINT posted_has_a_time CHECK ((state = 'posted') = (posted_at IS NOT NULL))
);
CREATE UNIQUE INDEX charges_posted_once ON charges (order_id, line) WHERE state = 'posted'
"""
DOWN = "DROP TABLE charges; DROP TABLE order_billing; DROP TABLE prices; DROP TABLE price_books"


def upgrade() -> None:
    for statement in ddl.statements(ddl.UP_1) + ddl.statements(UP):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.statements(DOWN) + ddl.statements(ddl.DOWN_1):
        op.execute(statement)
