"""How a report of the invariants reads."""

from dialtone.cli.output import say, table
from dialtone.invariants.checker import Report, Result


def print_report(report: Report) -> None:
    """What rules yield that are not held yet is counted here, and told with --json."""
    title = f"\ninvariants, over {report.orders} orders in five databases and BroadWorks"
    rows = [(one.rule.name, one.rule.title, standing(one)) for one in report.results]
    table(title, ("no.", "what must always hold", ""), rows, whole=("no.", ""))
    for sentence in report.broken():
        say(sentence)


def standing(result: Result) -> str:
    if result.rule.awaits:
        count = f" ({len(result.broken)})" if result.broken else ""
        return f"not yet held: {result.rule.awaits}{count}"
    return "broken" if result.broken else "holds"
