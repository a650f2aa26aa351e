"""The rules a dashboard keeps. Each yields a sentence for what breaks it."""

import re
from collections.abc import Callable, Iterator

from tests.dashboards.definitions import definition_of
from tests.dashboards.expressions import LABEL_VALUES, LEGEND_LABEL, filled, uses, uses_of
from tests.dashboards.files import Json, panels, queries, targets

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {"short", "s", "cpm", "cps"}
TYPES = {"row", "timeseries", "stat"}
MOST_PANELS = 12
ADVICE = "**When it looks wrong:** "
# What selects our services: labels of ours, and `job`, which every scrape adds.
SELECTING = {"saga", "service", "consumergroup", "pool", "job"}
OTHERS = {"up": "written by Prometheus itself"}
ADDED_BY_THE_SCRAPE = {"job"}
QUOTED = re.compile(r'"[^"]*"')
RANGE = re.compile(r"\[([^\]]*)\]")


def one_source(board: Json) -> Iterator[str]:
    if not any((one["name"], one["type"]) == ("datasource", "datasource") for one in board["templating"]["list"]):
        yield "there is no variable `datasource`"
    named = [(panel["title"], panel) for panel in panels(board)]
    named += [(f"{panel['title']} {target['refId']}", target) for panel, target in targets(board)]
    named += [(variable["name"], variable) for variable in queries(board)]
    for name, one in named:
        if one.get("datasource") != SOURCE:
            yield f"{name}: does not use the data source variable"


def not_editable(board: Json) -> Iterator[str]:
    if board["editable"]:
        yield "it is editable: what is clicked is lost at the next deployment"


def few_known_panels(board: Json) -> Iterator[str]:
    count = len(list(panels(board)))
    if count > MOST_PANELS:
        yield f"{count} panels: nobody reads the last one"
    for panel in board["panels"]:
        if panel["type"] not in TYPES:
            yield f"{panel.get('title')}: {panel['type']!r} is no panel of the house"
    for key in ("id", "title"):
        seen = [panel.get(key) for panel in board["panels"]]
        yield from (
            f"two panels have the {key} {one!r}" for one in sorted({x for x in seen if seen.count(x) > 1}, key=str)
        )


def panels_fit(board: Json) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in board["panels"]:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if x >= 24 or taken.setdefault((x, y), panel["title"]) != panel["title"]:
                    yield f"{panel['title']}: does not fit at column {x}, row {y}"
                    return


def panels_are_complete(board: Json) -> Iterator[str]:
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        if not panel.get("title"):
            yield f"panel {panel['id']}: has no title"
        if defaults.get("unit") not in UNITS:
            yield f"{panel['title']}: has no known unit"
        if defaults.get("min") != 0:
            yield f"{panel['title']}: its axis does not begin at 0"
        asked = [target["refId"] for target in panel.get("targets", [])]
        if not asked or len(set(asked)) < len(asked):
            yield f"{panel['title']}: has no query, or two under one letter"


def panels_advise(board: Json) -> Iterator[str]:
    for panel in panels(board):
        says, _, advice = panel.get("description", "").partition(ADVICE)
        if len(says) < 20 or len(advice) < 20:
            yield f"{panel['title']}: does not say what it shows and what to do when it looks wrong"


def expressions_parse(board: Json) -> Iterator[str]:
    variables = {f"${one['name']}" for one in board["templating"]["list"]}
    for panel, target in targets(board):
        unknown = set(re.findall(r"\$\w+", target["expr"])) - variables - {"$__rate_interval"}
        if unknown:
            yield f"{panel['title']}: {unknown} is no variable"
        try:
            found = uses(target["expr"])
        except ValueError as error:
            yield f"{panel['title']}: {error}"
        else:
            if "$" in filled(target["expr"]) or not found:
                yield f"{panel['title']}: selects nothing, or a variable is not matched as a regular expression"


def ranges_follow_the_zoom(board: Json) -> Iterator[str]:
    for panel, target in targets(board):
        for found in RANGE.findall(QUOTED.sub('""', target["expr"])):
            if found != "$__rate_interval":
                yield f"{panel['title']}: the range is {found}, not $__rate_interval"


def counters_are_rates(board: Json) -> Iterator[str]:
    for panel, target in targets(board):
        for use in uses(target["expr"]):
            defined = definition_of(use.metric)
            counted = use.metric.endswith(("_total", "_bucket")) or (defined is not None and defined.kind == "Counter")
            if counted != use.under_delta:
                yield f"{panel['title']}: {use.metric} is {'no' if counted else 'a'} rate"


def histograms_keep_le(board: Json) -> Iterator[str]:
    for panel, target in targets(board):
        for use in uses(target["expr"]):
            defined = definition_of(use.metric)
            if defined is None or defined.kind != "Histogram":
                continue
            if not use.metric.endswith("_bucket"):
                yield f"{panel['title']}: {use.metric} is not read through its buckets"
            elif not use.groups or any("le" not in group for group in use.groups):
                yield f"{panel['title']}: {use.metric} loses `le`"


def queries_select_us(board: Json) -> Iterator[str]:
    for panel, target in targets(board):
        for use in uses(target["expr"]):
            if not {name for name, value in use.matched.items() if value not in ("", ".*")} & SELECTING:
                yield f"{panel['title']}: {use.metric} may be anybody's"


def variables_reload(board: Json) -> Iterator[str]:
    for variable in queries(board):
        if variable.get("refresh") != 2:
            yield f"{variable['name']}: is not read again when the time range changes"
        if not LABEL_VALUES.fullmatch(variable["definition"]) or variable["query"]["query"] != variable["definition"]:
            yield f"{variable['name']}: is no plain label_values(metric, label)"


def legends_have_their_labels(board: Json) -> Iterator[str]:
    for panel, target in targets(board):
        shown = set(LEGEND_LABEL.findall(target["legendFormat"]))
        for use in uses(target["expr"]):
            if not use.groups or not shown <= use.groups[0]:
                yield f"{panel['title']}: the legend shows {sorted(shown)}, {use.metric} is grouped by other labels"


def metrics_are_defined(board: Json) -> Iterator[str]:
    for use in uses_of(board):
        defined = definition_of(use.metric)
        if defined is None:
            if use.metric not in OTHERS:
                yield f"{use.metric} is defined nowhere"
            continue
        known = defined.labels | ADDED_BY_THE_SCRAPE | ({"le"} if defined.kind == "Histogram" else set())
        if use.labels - known:
            yield f"{use.metric} has no label {sorted(use.labels - known)}"


Rule = Callable[[Json], Iterator[str]]
RULES: tuple[Rule, ...] = (
    one_source,
    not_editable,
    few_known_panels,
    panels_fit,
    panels_are_complete,
    panels_advise,
    expressions_parse,
    ranges_follow_the_zoom,
    counters_are_rates,
    histograms_keep_le,
    queries_select_us,
    variables_reload,
    legends_have_their_labels,
    metrics_are_defined,
)
