"""What is read out of an expression."""

from tests.dashboards.expressions import Use, uses


def test_labels_come_from_matchers_groupings_and_joins() -> None:
    (left, right) = uses('sum by (a) (max by (a, b) (x{c="1"})) * on (d) group_left () y{e=~"$service"}')
    assert (left.metric, sorted(left.labels)) == ("x", ["a", "b", "c", "d"])
    assert (right.metric, sorted(right.labels)) == ("y", ["d", "e"])


def test_values_are_those_that_must_exist() -> None:
    (use,) = uses('x{a="1", b=~"2|3", c!="4", d!~"5|6", e=~"7.*", f=~"$service", g="+Inf"}')
    assert use.values == {("a", "1"), ("b", "2"), ("b", "3"), ("g", "+Inf")}
    assert use.labels == set("abcdefg")


def test_a_rate_reaches_through_what_is_around_it() -> None:
    expr = "histogram_quantile(0.5, sum by (le) (rate(x_bucket[$__rate_interval]))) + y"
    assert uses(expr) == [Use("x_bucket", under_delta=True, groups=(frozenset({"le"}),)), Use("y")]
