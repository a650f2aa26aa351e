"""OCI documents: built from commands, parsed into one reply per command."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from broadsoft_provisioner.domain.oci import DOCUMENT_LIMIT, Command, Value
from broadsoft_provisioner.domain.outcomes import Answer, Severity
from broadsoft_provisioner.soap.faults import UnreadableReply

XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPE, NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
UNQUALIFIED = {None: ""}  # written as xmlns="", which lxml does not do by itself
CHARSET = "ISO-8859-1"
DECLARED = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["'][^>]*\?>""")
CODE = re.compile(r"^\[(?:Error|Warning|Info) (\d+)\]")
SEVERITIES: dict[str, Severity] = {"Error": "Error", "Warning": "Warning", "Info": "Info"}


@dataclass(frozen=True, slots=True)
class Reply:
    """`name` is the local name of the response type, whatever its prefix."""

    echo: str
    name: str
    answer: Answer
    element: Any


def build(session_id: str, commands: Sequence[Command]) -> str:
    """Each command echoes its place: replies are matched by echo, never by position."""
    if not 1 <= len(commands) <= DOCUMENT_LIMIT:
        raise ValueError(f"a document holds 1 to {DOCUMENT_LIMIT} commands, not {len(commands)}")
    root = etree.Element("{C}BroadsoftDocument", nsmap={None: "C", "xsi": XSI}, protocol="OCI")
    etree.SubElement(root, "sessionId", nsmap=UNQUALIFIED).text = session_id
    for place, command in enumerate(commands):
        node = etree.SubElement(root, "command", {TYPE: command.name, "echo": str(place)}, nsmap=UNQUALIFIED)
        for tag, value in command.elements:
            _append(node, tag, value)
    written: bytes = etree.tostring(root, encoding=CHARSET, xml_declaration=True)
    return written.decode(CHARSET)


def _append(parent: Any, tag: str, value: Value) -> None:
    node = etree.SubElement(parent, tag)
    if value is None:
        node.set(NIL, "true")
    elif isinstance(value, tuple):
        for inner, content in value:
            _append(node, inner, content)
    else:
        node.text = str(value).lower() if isinstance(value, bool) else str(value)


def parse(text: str) -> list[Reply]:
    try:
        root = etree.fromstring(_encoded(text), etree.XMLParser(huge_tree=True, resolve_entities=False))
    except (etree.XMLSyntaxError, LookupError) as error:
        raise UnreadableReply(str(error)) from error
    if etree.QName(root).localname != "BroadsoftDocument":
        raise UnreadableReply(f"It is a {root.tag}.")
    return [_reply(node) for node in root.iterchildren("{*}command")]


def _encoded(text: str) -> bytes:
    """The declaration describes bytes that SOAP has already decoded; lxml wants them back."""
    declared = DECLARED.match(text)
    return text.encode(declared[1] if declared else "utf-8", "xmlcharrefreplace")


def matched(commands: Sequence[Command], replies: Sequence[Reply]) -> list[Reply]:
    """One reply per command, in the order of the commands. A refusal of the whole document answers all of them."""
    by_echo = {reply.echo: reply for reply in replies}
    whole = by_echo.get("") if len(replies) == 1 and replies[0].answer.severity == "Error" else None
    found = [by_echo.get(str(place), whole) for place in range(len(commands))]
    if None in found:
        raise UnreadableReply(f"{found.count(None)} of {len(commands)} commands have no answer.")
    return [reply for reply in found if reply is not None]


def _reply(node: Any) -> Reply:
    name = node.get(TYPE, "").rpartition(":")[2]
    answer = _refusal(node) if name == "ErrorResponse" else Answer()
    return Reply(node.get("echo", ""), name, answer, node)


def _refusal(node: Any) -> Answer:
    summary, english = text_of(node, "summary"), text_of(node, "summaryEnglish")
    codes = (CODE.match(words) for words in (english, summary))
    code = text_of(node, "errorCode") or next((match[1] for match in codes if match), "")
    return Answer(SEVERITIES.get(node.get("type", ""), "Error"), code, english or summary, text_of(node, "detail"))


def text_of(node: Any, tag: str) -> str:
    return (node.findtext(tag) or "").strip()


def texts_of(node: Any, tag: str) -> list[str]:
    return [(child.text or "").strip() for child in node.iterchildren(tag)]
