"""How a report of the invariants reads."""

from dialtone.cli.output import say, table
from dialtone.invariants.checker import Report


def print_report(report: Report) -> None:
    title = f"\ninvariants, over {report.orders} orders in five databases and BroadWorks"
    rows = [(one.number, one.title, "broken" if one.broken else "holds") for one in report.results]
    table(title, ("no.", "what must always hold", ""), rows)
    for sentence in report.broken():
        say(sentence)
