"""The committed dashboards, as Grafana loads them, and the alerts, as Prometheus does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy" / "grafana"
DASHBOARDS = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((GRAFANA / "dashboards").glob("*.json"))
}
ALERTS = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
Json = dict[str, Any]


def panels(board: Json) -> Iterator[Json]:
    """Rows are headings and no panels."""
    yield from (panel for panel in board["panels"] if panel["type"] != "row")


def targets(board: Json) -> Iterator[tuple[Json, Json]]:
    for panel in panels(board):
        for target in panel.get("targets", []):
            yield panel, target


def queries(board: Json) -> Iterator[Json]:
    """The variables that ask the data source."""
    yield from (one for one in board["templating"]["list"] if one["type"] == "query")
