"""What an expression asks for: its metrics, and the labels and values that it counts on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import promql_parser as promql

from tests.dashboards.files import Json, queries, targets

FILL = {"$__rate_interval": "15s", "$__interval": "15s", "$__range": "1h"}
DELTAS = {"rate", "irate", "increase"}
WORD = re.compile(r"[\w .+-]+")
LABEL_VALUES = re.compile(r"label_values\((\w+), (\w+)\)")
LEGEND_LABEL = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Use:
    """One selector. `groups` are the labels of the aggregations around it, the outermost first."""

    metric: str
    under_delta: bool = False
    groups: tuple[frozenset[str], ...] = ()
    joined: frozenset[str] = frozenset()
    matched: dict[str, str] = field(default_factory=dict)
    values: frozenset[tuple[str, str]] = frozenset()

    @property
    def labels(self) -> frozenset[str]:
        """Every label that the metric must have."""
        return self.joined.union(self.matched, *self.groups)


def filled(expr: str) -> str:
    """`.+` and not `.*`: the label itself must exist. What stands behind a variable goes with it."""
    for name, value in FILL.items():
        expr = expr.replace(name, value)
    return re.sub(r'=~"\$\w+[^"]*"', '=~".+"', expr)


def uses(expr: str) -> list[Use]:
    return list(_walk(promql.parse(filled(expr)), Use("")))


def uses_of(board: Json) -> list[Use]:
    """Of the panels and of the variables."""
    found = [use for _, target in targets(board) for use in uses(target["expr"])]
    for variable in queries(board):
        asked = LABEL_VALUES.fullmatch(variable["definition"])
        assert asked is not None, variable["definition"]
        found.append(Use(asked[1], matched={asked[2]: ".+"}))
    return found


def _walk(node: Any, above: Use) -> Iterator[Use]:
    if isinstance(node, promql.MatrixSelector):
        node = node.vector_selector
    if isinstance(node, promql.VectorSelector):
        yield _use(node, above)
    if isinstance(node, promql.Call):
        above = replace(above, under_delta=above.under_delta or node.func.name in DELTAS)
    if isinstance(node, promql.AggregateExpr):
        above = replace(above, groups=(*above.groups, _grouping(node)))
    if isinstance(node, promql.BinaryExpr) and node.modifier is not None and node.modifier.matching is not None:
        above = replace(above, joined=above.joined.union(node.modifier.matching.labels))
    for name in ("args", "expr", "lhs", "rhs"):
        child = getattr(node, name, None)
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, promql.Expr):
                yield from _walk(one, above)


def _use(node: Any, above: Use) -> Use:
    matchers = node.matchers.matchers
    values = {
        (one.name, value)
        for one in matchers
        if one.op in (promql.MatchOp.Equal, promql.MatchOp.Re)
        for value in ([one.value] if one.op == promql.MatchOp.Equal else one.value.split("|"))
        if one.op == promql.MatchOp.Equal or _is_literal(one.value)
    }
    return replace(above, metric=node.name, matched={one.name: one.value for one in matchers}, values=frozenset(values))


def _is_literal(pattern: str) -> bool:
    """An alternation of plain words: each of them names something."""
    return pattern != ".+" and all(WORD.fullmatch(word) for word in pattern.split("|"))


def _grouping(node: Any) -> frozenset[str]:
    """`without` names what it drops; what it keeps is unknown, so house style is `by`."""
    if node.modifier is None or node.modifier.type != promql.AggModifierType.By:
        return frozenset()
    return frozenset(node.modifier.labels)
