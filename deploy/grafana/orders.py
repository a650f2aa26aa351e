"""*Orders*: do orders become dial tone, how fast, and what is in their way?"""  # noqa: INP001  a script's folder

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync
from panels import (
    age,
    increase,
    newest,
    numbers,
    observed_per_minute,
    per_minute,
    percentile,
    rate,
    series,
    source_variable,
    variable,
)

SERVICES = ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing")
# `job` is the scrape job: each service is scraped under its own name.
JOBS = f'job=~"{"|".join(SERVICES)}"'
INTAKE = 'job="order-intake"'
SAGA = 'saga=~"$saga"'
COMPLETED = f'{SAGA}, outcome="completed"'
SERVICE = 'service=~"$service"'
GROUP = 'consumergroup=~"$service(|[.].+)"'  # a group for each zone of trust


def orders() -> Dashboard:
    made = (
        Dashboard("Orders")
        .uid("orders")
        .description("From submit to completed: how many, how fast, and what is in their way.")
        .tags(["dialtone"])
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now-6h", "now")
        .refresh("30s")
        .with_variable(source_variable())
        .with_variable(variable("saga", "saga_started_total"))
        .with_variable(variable("service", "build_info"))
    )
    at_a_glance(made)
    through_the_saga(made)
    step_by_step(made)
    between_the_services(made)
    what_waits(made)
    return made


def at_a_glance(made: Dashboard) -> None:
    made.with_row(Row("At a glance")).with_panel(
        numbers(
            "Services up",
            {"{{job}}": f"min by (job) (up{{{JOBS}}})"},
            says="What Prometheus could scrape last; a service is down when any of its replicas is.",
            wrong="look at the log of the service that is down and at its `/health/ready`, which names what it lacks. "
            "Orders wait meanwhile and none is lost: every step is sent again when its deadline has passed.",
            width=10,
            zero_is_down=True,
        )
    ).with_panel(
        numbers(
            "Orders by state",
            {"{{state}}": newest("orders", "state", INTAKE)},
            says="All orders there are, by the state that portals see.",
            wrong="`held` orders wait for a 911 location, for their time, or for an operator: `dialtone orders list "
            "--state held` gives the reason of each. `failed` ones were discarded by an operator, who said why.",
            width=14,
        )
    )


def through_the_saga(made: Dashboard) -> None:
    made.with_row(Row("Orders")).with_panel(
        series(
            "Orders in and out",
            "cpm",
            {
                "submitted by {{channel}}: {{outcome}}": per_minute(
                    "orders_submitted_total", "channel, outcome", INTAKE
                ),
                "started": per_minute("saga_started_total", "saga", SAGA),
                "ended: {{outcome}}": per_minute("saga_finished_total", "outcome", SAGA),
            },
            says="Per minute: what portals submitted, what began to run (replays too) and how runs ended.",
            wrong="many `refused` are a portal that sends wrong forms: tell the partner what its rejections say. "
            "`compensated` are orders that fell out: see *Dead letters*. Started without ended: see *Step failures*.",
        )
    ).with_panel(
        series(
            "Time from submit to completed",
            "s",
            {f"p{q}": percentile(q / 100, "saga_duration_seconds", COMPLETED) for q in (50, 95, 99)},
            says="Of the orders that completed. Trunks, backorders and missing 911 locations wait for people.",
            wrong="compare with *Step duration*. No step is slower: the wait is for people, look at the open tickets. "
            "All steps are slower: look at *Waiting to be sent and handled*.",
        )
    ).with_panel(
        series(
            "Unfinished runs",
            "short",
            {"{{saga}}: {{state}}": newest("saga_in_flight", "saga, state", SAGA)},
            says="Runs that go forward (running), are taken back (undoing), or need a person (stuck).",
            wrong="`stuck` is an undo that keeps failing: `dialtone orders show` tells which; remove the cause, then "
            "let it try again with `dialtone orders resume`. `undoing` that does not fall: see *Step failures*.",
        )
    ).with_panel(
        series(
            "Waiting longest",
            "s",
            {
                "order ({{saga}})": age("saga_oldest_started_timestamp_seconds", "saga", SAGA),
                "dead letter ({{service}})": age("dead_letters_oldest_timestamp_seconds", "service", SERVICE),
            },
            says="Time since the oldest unfinished order was submitted and the oldest dead letter written, 0 if none.",
            wrong="an order that waits for people may be days old: `dialtone orders list` gives the reason. No dead "
            "letter should be older than a day (the dashed line): replay it, or discard it and say why.",
            alarm=86_400,
        )
    )


def step_by_step(made: Dashboard) -> None:
    made.with_row(Row("Saga steps")).with_panel(
        series(
            "Step duration, p95",
            "s",
            {"{{step}}": percentile(0.95, "saga_step_duration_seconds", f'{SAGA}, outcome="ok"', "step")},
            says="From the first send of a step to its answer, of the steps that were done.",
            wrong="one step: look at the service that does it, and for `provision group` at BroadWorks. All steps: "
            "the database or the broker, see *Outbox age*.",
        )
    ).with_panel(
        series(
            "Step failures",
            "cpm",
            {
                "{{step}}: {{outcome}}": observed_per_minute(
                    "saga_step_duration_seconds", "step, outcome", f'{SAGA}, outcome=~"refused|failed|timed_out"'
                )
            },
            says="Answers per minute that were a business no (refused) or an error (failed), and deadlines that "
            "passed without an answer (timed_out).",
            wrong="`refused`: the orders ask for what cannot be had, the dead letter says what. `failed`: a defect or "
            "an outage behind the step, the log of its service has the traceback. `timed_out`: its service is down "
            "or behind.",
        )
    )


def between_the_services(made: Dashboard) -> None:
    made.with_row(Row("Messages")).with_panel(
        series(
            "Dead letters",
            "short",
            {
                "waiting: {{service}}": newest("dead_letters_open", "service", SERVICE),
                "arrived: {{service}}, {{error_code}}": increase("dead_letters_total", "service, error_code", SERVICE),
                "{{outcome}} by an operator": increase(
                    "dead_letters_replayed_total", "outcome", 'service="order-intake"'
                ),
                "too large to send: {{service}}": newest("outbox_unsendable", "service", SERVICE),
                "not kept: {{service}}": increase("dead_letters_left_total", "service", SERVICE),
                "lost unread: {{service}} of {{topic}}": increase("records_lost_total", "service, topic", SERVICE),
                "facts left out: {{job}}, {{fact}}": increase("facts_left_out_total", "job, fact", JOBS),
                "facts contradicted: {{job}}, {{fact}}": increase("facts_contradicted_total", "job, fact", JOBS),
            },
            says="How many wait for a person, and how many arrived and were dealt with around each point in time; "
            "messages that no broker takes; letters that could not be kept; records that a topic lost unread; rows "
            "of facts that could not be read; facts that were told by somebody else than their owner.",
            wrong="`dialtone dead-letters list` names them with their reason. Remove the cause, then replay all that "
            "have its code (`release` what could not be sent); one that can never succeed is discarded with a reason. "
            "Not kept: the log names the offset in `dead-letters`, which keeps them for ever. "
            "Lost unread: the log names the offsets; steps are sent again by themselves, submissions by their portals.",
            alarm=1,
        )
    ).with_panel(
        series(
            "Outbox age",
            "s",
            {
                "{{service}}": age("outbox_oldest_pending_timestamp_seconds", "service", SERVICE),
                "all replies heard: {{service}}": age("replies_heard_timestamp_seconds", "service", INTAKE),
                "all commands heard by {{service}}": age("commands_heard_timestamp_seconds", "service", SERVICE),
            },
            says="How long the oldest message of a service has waited to be sent, 0 when all are sent; and how long "
            "ago the moment lies until which all replies were read, or all commands by who answers them: deadlines "
            "(and 911 gates, for replies) stand still behind it.",
            wrong="above a minute the service does not reach the broker: its log says `send failed` or `relay lost "
            "its database`. The messages are safe in its database and go out when the broker is back. "
            "Replies unheard: see the lag in *Waiting to be sent and handled*. No order is undone or woken meanwhile.",
            alarm=60,
        )
    )


def what_waits(made: Dashboard) -> None:
    made.with_panel(
        series(
            "Waiting to be sent and handled",
            "short",
            {
                "{{consumergroup}} from {{topic}}": (
                    "sum by (consumergroup, topic) "
                    f"({newest('kafka_consumergroup_lag', 'consumergroup, topic, partition', GROUP)})"
                ),
                "outbox of {{service}}": newest("outbox_pending", "service", SERVICE),
                "waiting in {{service}}": newest("messages_waiting", "service", SERVICE),
            },
            says="Consumer lag by group and topic, messages in the outboxes, and messages that a service has taken "
            "over and not handled yet: because it failed, or because what it talks to takes its time.",
            wrong="waiting in broadsoft-provisioner grows: BroadWorks is slow, see *Step duration*. Lag that keeps "
            "growing: the service is down, its handler is slow, or its batch is rewound (its log: `batch rewound`). "
            "Lag that stands still above 0: a partition without an owner, restart the service. A growing outbox: see "
            "*Outbox age*.",
        )
    ).with_panel(
        series(
            "Inbox",
            "cps",
            {
                "{{service}}: handled": rate("messages_handled_total", "service", SERVICE),
                "{{service}}: seen before": rate("inbox_duplicates_total", "service", SERVICE),
                "{{service}}: {{outcome}}": rate(
                    "messages_handled_total", "service, outcome", f'{SERVICE}, outcome=~"retried|failed|dead_lettered"'
                ),
            },
            says="Messages handled per second, those seen before, and those that could not be handled at once.",
            wrong="many seen before: deadlines pass before the answers come, see *Step duration*. `retried`: "
            "something the service talks to is not answering. `failed` and `dead_lettered`: the log has the traceback.",
        )
    )
