"""OCI tables. Columns may move and new ones may come, so they are found by heading."""

from collections.abc import Iterator
from typing import Any

from broadsoft_provisioner.soap.documents import texts_of
from broadsoft_provisioner.soap.faults import UnreadableReply


def rows(response: Any, table: str, *headings: str) -> Iterator[tuple[str, ...]]:
    """The wanted columns of each row, in the order asked for."""
    node = response.find(table)
    if node is None:
        raise UnreadableReply(f"There is no {table}.")
    found = texts_of(node, "colHeading")
    absent = [heading for heading in headings if heading not in found]
    if absent:
        raise UnreadableReply(f"{table} has no column {', '.join(absent)}.")
    places = [found.index(heading) for heading in headings]
    for row in node.iterchildren("row"):
        cells = [cell.text or "" for cell in row]
        yield tuple(cells[place] for place in places)
