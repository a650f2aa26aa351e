"""Every alert asks for what there is, and says what it means and what to do."""

import re

import pytest

from tests.dashboards.definitions import definition_of
from tests.dashboards.expressions import uses
from tests.dashboards.files import ALERTS, Json

NAMED = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
# What must never happen without somebody being told.
WATCHED = {
    "records_lost_total",
    "records_stepped_over_total",
    "outbox_unsendable",
    "messages_waiting_oldest_timestamp_seconds",
    "outbox_oldest_pending_timestamp_seconds",
    "consumer_partitions",
    "consumer_rejoined_total",
    "dead_letters_open",
    "dead_letters_left_total",
}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_asks_for_a_metric_of_ours_by_its_labels(alert: Json) -> None:
    for use in uses(alert["expr"]):
        defined = definition_of(use.metric)
        assert defined is not None, use.metric
        assert use.labels <= defined.labels
        assert use.under_delta == (defined.kind == "Counter")


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_it_means_and_what_to_do(alert: Json) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert set(alert["annotations"]) == {"summary", "action"}
    assert min(map(len, alert["annotations"].values())) > 20
    (use,) = uses(alert["expr"])
    assert set(NAMED.findall(" ".join(alert["annotations"].values()))) <= use.groups[0]


def test_what_must_not_happen_unseen_is_watched() -> None:
    assert {use.metric for alert in ALERTS for use in uses(alert["expr"])} == WATCHED
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)
