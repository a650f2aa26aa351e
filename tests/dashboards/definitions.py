"""Every metric that our code defines, read from the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.dashboards.files import ROOT

KINDS = ("Counter", "Gauge", "Histogram", "Summary", "Info", "Enum")
PARTS = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    kind: str
    labels: frozenset[str]


def _definitions(path: Path) -> Iterator[Definition]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
            name, _, *labels = (ast.literal_eval(argument) for argument in node.args)
            yield Definition(name, node.func.id, frozenset(*labels))


def _read() -> dict[str, Definition]:
    sources = [ROOT / "chassis" / "src", *(ROOT / "services").glob("*/src")]
    texts = (path for source in sources for path in source.rglob("*.py"))
    found = (
        one for path in texts if "prometheus_client" in path.read_text(encoding="utf-8") for one in _definitions(path)
    )
    return {one.name: one for one in found}


DEFINED = _read()


def definition_of(metric: str) -> Definition | None:
    """Of the metric or, for a part of a histogram, of the histogram."""
    for part in PARTS:
        whole = DEFINED.get(metric.removesuffix(part))
        if metric.endswith(part) and whole is not None and whole.kind == "Histogram":
            return whole
    return DEFINED.get(metric)
