"""The OCI document: reading requests, writing replies."""

from dataclasses import dataclass
from random import Random

from broadworks_simulator.errors import Refusal
from broadworks_simulator.replies import Cell, Data, Item, Part, Table
from broadworks_simulator.schema.kinds import Invalid
from broadworks_simulator.settings import Settings
from broadworks_simulator.xmltree import XSI, XSI_TYPE, Node, NotXml, escape, local, parse_text

MOST_COMMANDS = 15
UNKNOWN_COLUMN = "Simulator Remark"

_HEAD = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<BroadsoftDocument protocol="OCI" xmlns="C" xmlns:xsi="{XSI}">'


@dataclass(frozen=True, slots=True)
class Request:
    type_name: str
    echo: str
    node: Node


@dataclass(frozen=True, slots=True)
class Document:
    session_id: str
    tracking_id: str | None
    requests: list[Request]


def read(message: str) -> Document:
    try:
        root = parse_text(message.strip())
    except NotXml as error:
        raise Invalid(str(error)) from error
    if root.tag != "{C}BroadsoftDocument" or root.get("protocol") != "OCI":
        raise Invalid("the root must be BroadsoftDocument in namespace C with protocol OCI")
    children = list(root)
    session_id = _leading_text(children, "sessionId")
    if session_id is None:
        raise Invalid("expected element 'sessionId' first")
    tracking_id = _leading_text(children, "trackingId")
    if not 1 <= len(children) <= MOST_COMMANDS:
        raise Invalid(f"a document holds 1 to {MOST_COMMANDS} commands, not {len(children)}")
    return Document(session_id, tracking_id, [_request(child) for child in children])


def _leading_text(children: list[Node], name: str) -> str | None:
    if children and children[0].tag == name:
        return (children.pop(0).text or "").strip()
    return None


def _request(node: Node) -> Request:
    if node.tag != "command":
        raise Invalid(f"element '{node.tag}' is not expected here")
    return Request(local(node.get(XSI_TYPE, "")), node.get("echo", ""), node)


class Writer:
    """Replies as the settings want them; characters that ISO-8859-1 lacks become references."""

    def __init__(self, settings: Settings, random: Random) -> None:
        self._settings = settings
        self._random = random

    def document(self, session_id: str, tracking_id: str | None, commands: list[str]) -> str:
        ids = f'<sessionId xmlns="">{escape(session_id)}</sessionId>'
        if tracking_id is not None:
            ids += f'<trackingId xmlns="">{escape(tracking_id)}</trackingId>'
        whole = f"{_HEAD}{ids}{''.join(commands)}</BroadsoftDocument>"
        return whole if whole.isascii() else whole.encode("latin-1", "xmlcharrefreplace").decode("latin-1")

    def success(self, echo: str) -> str:
        return f'<command echo="{escape(echo)}" xsi:type="c:SuccessResponse" xmlns:c="C" xmlns=""/>'

    def data(self, echo: str, reply: Data) -> str:
        items = "".join(map(self._item, reply.items))
        return f'<command echo="{escape(echo)}" xsi:type="{reply.type_name}" xmlns="">{items}</command>'

    def refusal(self, echo: str, refusal: Refusal) -> str:
        code = refusal.problem.code + (self._settings.invented_code_offset if refusal.problem.invented else 0)
        kind = "Warning" if refusal.warning else "Error"
        return self.error(echo, kind, str(code), str(refusal), refusal.detail)

    def error(self, echo: str, kind: str, code: str, text: str, detail: str = "") -> str:
        summary = escape(f"[{kind} {code}] {text}")
        body = f"<summary>{summary}</summary><summaryEnglish>{summary}</summaryEnglish>"
        if self._settings.error_code_element:
            body = f"<errorCode>{escape(code)}</errorCode>{body}"
        if detail:
            body += f"<detail>{escape(detail)}</detail>"
        return (
            f'<command type="{kind}" echo="{escape(echo)}" xsi:type="c:ErrorResponse" xmlns:c="C" xmlns="">'
            f"{body}</command>"
        )

    def _item(self, item: Item) -> str:
        if isinstance(item, Table):
            return self._table(item)
        if isinstance(item, Part):
            return f"<{item.name}>{''.join(map(self._item, item.items))}</{item.name}>"
        name, value = item
        return "" if value is None else f"<{name}>{_text(value)}</{name}>"

    def _table(self, table: Table) -> str:
        headings, rows = table.headings, table.rows
        if self._settings.shuffle_columns:
            order = self._random.sample(range(len(headings) + 1), len(headings) + 1)
            headings = tuple((*headings, UNKNOWN_COLUMN)[at] for at in order)
            rows = [[(*row, "none")[at] for at in order] for row in rows]
        heading = "".join([f"<colHeading>{escape(text)}</colHeading>" for text in headings])
        body = "".join([f"<row><col>{'</col><col>'.join([_text(cell) for cell in row])}</col></row>" for row in rows])
        return f"<{table.name}>{heading}{body}</{table.name}>"


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
