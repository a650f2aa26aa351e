"""Every dashboard keeps every rule, and every rule sees what breaks it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml

from dialtone.stack.services import SERVICES
from tests.dashboards import lint
from tests.dashboards.definitions import DEFINED, definition_of
from tests.dashboards.expressions import uses, uses_of
from tests.dashboards.files import ALERTS, DASHBOARDS, GRAFANA, Json, panels, queries, targets

# On no dashboard yet and in no alert, and why.
ELSEWHERE = {
    "charges_posted_total": "of the catalog alone; what is billed is asked of its database",
    "broadworks_document_seconds": "how BroadWorks answers: for a dashboard of the provisioner",
    "broadworks_sessions": "open sessions: for a dashboard of the provisioner",
    "numbers": "when a pool runs out is a question of its own, for a dashboard of numbers",
    "tickets_open": "the work of people, who see it in ticketing",
    "message_handling_seconds": "how one service does, by message: for a dashboard of a service",
    "message_retries_total": "codes of transient failures by message: for a dashboard of a service",
    "message_batches_total": "how large batches are: for a dashboard of the consumers",
    "messages_consumed_total": "traffic by topic: for a dashboard of the consumers",
    "message_batch_timestamp_seconds": "an idle consumer handles no batch and is well; the lag tells them apart",
    "outbox_shards_owned": "what nobody sends shows in the age of the outbox: for a dashboard of the relays",
    "outbox_sent_total": "traffic by topic: for a dashboard of the consumers",
    "http_requests_throttled_total": "portals that ask too often are told so: for a dashboard of the door",
}


def first(board: Json) -> Json:
    return next(panels(board))


def asking(board: Json, metric: str) -> Json:
    return next(target for _, target in targets(board) if metric in target["expr"])


def change(metric: str, old: str, new: str) -> Callable[[Json], None]:
    def changed(board: Json) -> None:
        target = asking(board, metric)
        assert old in target["expr"]
        target["expr"] = target["expr"].replace(old, new)

    return changed


def set_in(find: Callable[[Json], Json], key: str, value: Any) -> Callable[[Json], None]:
    return lambda board: find(board).update({key: value})


DAMAGE: list[tuple[lint.Rule, Callable[[Json], None]]] = [
    (lint.one_source, set_in(first, "datasource", {"type": "prometheus", "uid": "abc"})),
    (lint.one_source, lambda board: asking(board, "orders").pop("datasource")),
    (lint.one_source, lambda board: board["templating"]["list"].pop(0)),
    (lint.not_editable, lambda board: board.update(editable=True)),
    (lint.few_known_panels, lambda board: board["panels"].append(deepcopy(board["panels"][-1]))),
    (lint.few_known_panels, set_in(first, "type", "graph")),
    (lint.panels_fit, lambda board: first(board)["gridPos"].update(w=25)),
    (lint.panels_are_complete, set_in(first, "title", "")),
    (lint.panels_are_complete, set_in(first, "targets", [])),
    (lint.panels_are_complete, lambda board: first(board)["fieldConfig"]["defaults"].update(unit="furlongs")),
    (lint.panels_are_complete, lambda board: first(board)["fieldConfig"]["defaults"].pop("min")),
    (lint.panels_advise, set_in(first, "description", "What Prometheus could scrape last, and so on.")),
    (lint.expressions_parse, change("orders{", ")", "")),
    (lint.expressions_parse, change("saga_started_total", "$saga", "$sage")),
    (lint.ranges_follow_the_zoom, change("saga_started_total", "$__rate_interval", "5m")),
    (lint.counters_are_rates, change("saga_started_total", "rate(", "delta(")),
    (lint.counters_are_rates, change("saga_started_total", "saga_started_total", "outbox_pending")),
    (lint.histograms_keep_le, change("saga_duration_seconds", "_bucket", "_sum")),
    (lint.histograms_keep_le, change("saga_step_duration_seconds", "le, ", "")),
    (lint.queries_select_us, change("outbox_pending", '{service=~"$service"}', "")),
    (lint.variables_reload, lambda board: next(queries(board)).pop("refresh")),
    (lint.legends_have_their_labels, change("orders{", "by (state)", "by (job)")),
    (lint.metrics_are_defined, change("orders{", "orders{", "order{")),
    (lint.metrics_are_defined, change("outbox_pending", "by (service)", "by (service, shard)")),
    (lint.metrics_are_defined, change("saga_in_flight", "{", '{phase="stuck", ')),
]


@pytest.mark.parametrize("name", DASHBOARDS)
@pytest.mark.parametrize("rule", lint.RULES, ids=lambda rule: rule.__name__)
def test_a_dashboard_keeps_the_rule(rule: lint.Rule, name: str) -> None:
    assert list(rule(DASHBOARDS[name])) == []


@pytest.mark.parametrize(("rule", "damage"), DAMAGE, ids=[f"{n}-{rule.__name__}" for n, (rule, _) in enumerate(DAMAGE)])
def test_a_rule_sees_what_breaks_it(rule: lint.Rule, damage: Callable[[Json], None]) -> None:
    board = deepcopy(DASHBOARDS["orders"])
    damage(board)
    assert list(rule(board)) != []


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in DAMAGE} == set(lint.RULES)


def test_every_metric_of_ours_is_on_a_dashboard_or_in_an_alert_or_has_its_reason() -> None:
    asked = [use for board in DASHBOARDS.values() for use in uses_of(board)]
    asked += [use for alert in ALERTS for use in uses(alert["expr"])]
    shown = {found.name for use in asked if (found := definition_of(use.metric))}
    assert set(DEFINED) - shown == set(ELSEWHERE)


def test_the_panels_know_every_service() -> None:
    up = uses(asking(DASHBOARDS["orders"], "up{")["expr"])
    assert up[0].values == {("job", service.name) for service in SERVICES}


def test_the_provisioning_files_name_what_the_dashboards_use() -> None:
    folder = GRAFANA / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((folder / "dashboards" / "dialtone.yaml").read_text())["providers"]
    assert source["type"] == lint.SOURCE["type"]
    assert not source["editable"]
    assert (provider["type"], provider["allowUiUpdates"]) == ("file", False)
