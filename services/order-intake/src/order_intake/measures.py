"""What the time lines of the runs say in numbers."""

from prometheus_client import Counter, Gauge, Histogram

from chassis.runtime.database import Pool
from chassis.saga.progress import Entry, Progress
from order_intake.domain.definitions import DEFINITIONS
from order_intake.domain.provisioning import PROVISION_ORDER
from order_intake.store import counts
from order_intake.store.counts import EndedOrders

SAGA = PROVISION_ORDER.name
STARTED = Counter("saga_started_total", "Runs that began.", ["saga"])
FINISHED = Counter("saga_finished_total", "Runs that ended, by how.", ["saga", "outcome"])
DURATION = Histogram(
    "saga_duration_seconds",
    "From submit to the end of the run.",
    ["saga", "outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
)
STEP = Histogram(
    "saga_step_duration_seconds",
    "From the first send of a step to its answer.",
    ["saga", "step", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
IN_FLIGHT = Gauge("saga_in_flight", "Unfinished runs by phase.", ["saga", "state"])
OLDEST = Gauge("saga_oldest_started_timestamp_seconds", "Submit time of the oldest unfinished order.", ["saga"])
ORDERS = Gauge("orders", "Orders by state.", ["state"])
SUBMITTED = Counter("orders_submitted_total", "Submissions by channel and outcome.", ["channel", "outcome"])
OPEN_LETTERS = Gauge("dead_letters_open", "Dead letters that wait for a person.", ["service"])
OLDEST_LETTER = Gauge("dead_letters_oldest_timestamp_seconds", "When the oldest open dead letter failed.", ["service"])
REPLAYED = Counter("dead_letters_replayed_total", "What operators did with dead letters.", ["service", "outcome"])

OUTCOMES = {"done": "ok", "refused": "refused", "failed": "failed", "timed out": "timed_out", "undone": "undone"}
SERVICES = ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing")
ENDS = ("completed", "compensated", "cancelled")
STATES = (
    "acknowledged",
    "pending",
    "held",
    "inProgress",
    "pendingCancellation",
    "completed",
    "partial",
    "failed",
    "cancelled",
)


def initialise() -> None:
    """A healthy system shows zero, not nothing."""
    STARTED.labels(SAGA)
    OLDEST.labels(SAGA).set(0)
    for end in ENDS:
        FINISHED.labels(SAGA, end)
        DURATION.labels(SAGA, end)
    for saga in DEFINITIONS.values():
        for step in saga.steps():
            for outcome in OUTCOMES.values():
                STEP.labels(saga.name, step.name, outcome)
    for channel in ("http", "kafka"):
        for outcome in ("accepted", "repeated", "refused"):
            SUBMITTED.labels(channel, outcome)
    for outcome in ("replayed", "released", "discarded"):
        REPLAYED.labels("order-intake", outcome)


def noted(before: Progress, after: Progress) -> None:
    """Observe the lines that one change has added to the time line."""
    added = after.timeline[len(before.timeline) :]
    for entry in added:
        if entry.what in OUTCOMES and entry.step:
            sent = _sent(after.timeline, entry)
            if sent is not None:
                seconds = (entry.at - sent.at).total_seconds()
                STEP.labels(after.saga, entry.step, OUTCOMES[entry.what]).observe(seconds)
    if after.phase in ("completed", "compensated") and before.phase != after.phase:
        outcome = "cancelled" if after.ending == "cancelled" else after.phase
        FINISHED.labels(after.saga, outcome).inc()
        started = next(line.at for line in reversed(after.timeline) if line.what == "started")
        DURATION.labels(after.saga, outcome).observe((after.timeline[-1].at - started).total_seconds())


def _sent(timeline: tuple[Entry, ...], entry: Entry) -> Entry | None:
    what = "undo sent" if entry.what == "undone" else "sent"
    return next((one for one in reversed(timeline) if one.step == entry.step and one.what == what), None)


async def measure(pool: Pool, ended: EndedOrders) -> None:
    """Gauges from the database: what is in flight, how old, what waits for a person. `ended` is one for the process."""
    states = dict.fromkeys(STATES, 0) | await ended.count(pool)
    phases = dict.fromkeys(("running", "undoing", "stuck"), 0)
    oldest = []
    for row in await counts.open_orders(pool):
        states[row.state] = states.get(row.state, 0) + row.count
        if row.phase in phases:
            phases[row.phase] += row.count
            oldest.append(row.oldest)
    for state, count in states.items():
        ORDERS.labels(state).set(count)
    for phase, count in phases.items():
        IN_FLIGHT.labels(SAGA, phase).set(count)
    OLDEST.labels(SAGA).set(min(oldest, default=0))
    letters = await counts.open_letters(pool)
    for service in SERVICES:
        found = letters.get(service)
        OPEN_LETTERS.labels(service).set(found.count if found else 0)
        OLDEST_LETTER.labels(service).set(found.oldest if found else 0)
