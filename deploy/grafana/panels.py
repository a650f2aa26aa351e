"""House functions: what all panels have in common, and the expressions they are made of."""  # noqa: INP001  a script's folder

from collections.abc import Mapping

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${datasource}")
HEIGHT = 8
Queries = Mapping[str, str]  # legend -> expression


def series(
    title: str, unit: str, queries: Queries, *, says: str, wrong: str, width: int = 12, alarm: float | None = None
) -> timeseries.Panel:
    """Lines over time. `alarm` is the value from which somebody should look; it is drawn as a dashed line."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description(says, wrong))
        .unit(unit)
        .min(0)
        .datasource(PROMETHEUS)
        .span(width)
        .height(HEIGHT)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.RIGHT)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    if alarm is not None:
        panel.thresholds(steps(green=None, red=alarm))
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    for number, (legend, expr) in enumerate(queries.items()):
        panel.with_target(target(number, legend, expr).range())
    return panel


def numbers(
    title: str, queries: Queries, *, says: str, wrong: str, width: int, zero_is_down: bool = False
) -> stat.Panel:
    """The present values, large. With `zero_is_down` they are words: up and down."""
    panel = (
        stat.Panel()
        .title(title)
        .description(description(says, wrong))
        .unit("short")
        .min(0)
        .datasource(PROMETHEUS)
        .span(width)
        .height(HEIGHT // 2)
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.NONE)
        .reduce_options(common.ReduceDataOptions().values(False).calcs(["lastNotNull"]))
    )
    if zero_is_down:
        panel.color_mode(BigValueColorMode.BACKGROUND)
        panel.thresholds(steps(red=None, green=1))
        panel.mappings([words({"0": "down", "1": "up"})])
    for number, (legend, expr) in enumerate(queries.items()):
        panel.with_target(target(number, legend, expr).instant())
    return panel


def target(number: int, legend: str, expr: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().ref_id("ABCDEFGH"[number]).expr(expr).legend_format(legend).datasource(PROMETHEUS)


def description(says: str, wrong: str) -> str:
    return f"{says}\n\n**When it looks wrong:** {wrong}"


def steps(**colours: float | None) -> dashboard.ThresholdsConfig:
    """Colour by the value from which it counts; the first has none."""
    chosen = [Threshold(value, colour) for colour, value in colours.items()]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(chosen)


def words(said: Mapping[str, str]) -> ValueMapping:
    return ValueMap({value: ValueMappingResult(text=word) for value, word in said.items()})


def source_variable() -> dashboard.DatasourceVariable:
    return dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")


def variable(label: str, metric: str) -> dashboard.QueryVariable:
    """A choice among the values that a label has in the time range. "All" becomes the list of them, never `.*`."""
    query = f"label_values({metric}, {label})"
    return (
        dashboard.QueryVariable(label)
        .label(label.capitalize())
        .query({"query": query, "refId": label})
        .definition(query)
        .datasource(PROMETHEUS)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .current(VariableOption(selected=True, text="All", value="$__all"))
    )


def rate(counter: str, by: str, where: str) -> str:
    return f"sum by ({by}) (rate({counter}{{{where}}}[$__rate_interval]))"


def per_minute(counter: str, by: str, where: str) -> str:
    return f"60 * {rate(counter, by, where)}"


def increase(counter: str, by: str, where: str) -> str:
    return f"sum by ({by}) (increase({counter}{{{where}}}[$__rate_interval]))"


def percentile(q: float, histogram: str, where: str, by: str = "") -> str:
    grouping = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, {rate(f'{histogram}_bucket', grouping, where)})"


def observed_per_minute(histogram: str, by: str, where: str) -> str:
    """How many observations there were: the bucket that holds them all."""
    return per_minute(f"{histogram}_bucket", f"le, {by}", f'{where}, le="+Inf"')


def newest(gauge: str, by: str, where: str) -> str:
    """Replicas of a service measure the same database: their gauges agree and are never summed."""
    return f"max by ({by}) ({gauge}{{{where}}})"


def age(timestamp: str, by: str, where: str) -> str:
    """Seconds since; 0 where the timestamp is 0, which means that there is nothing."""
    since = newest(timestamp, by, where)
    return f"(time() - {since}) * ({since} > bool 0)"
