"""OCI documents as a client writes them, and replies as it reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from broadworks_simulator.xmltree import XSI, XSI_TYPE, Node, escape, parse_text

Content = str | int | bool | None | Mapping[str, Any] | Sequence[Any]


def element(name: str, content: Content) -> str:
    """Nested mappings, repeated lists; None is nil."""
    if content is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(content, Mapping):
        return f"<{name}>{''.join(element(*entry) for entry in content.items())}</{name}>"
    if isinstance(content, str | int):
        text = str(content).lower() if isinstance(content, bool) else str(content)
        return f"<{name}>{escape(text)}</{name}>"
    return "".join(element(name, entry) for entry in content)


def command(type_name: str, echo: str = "", **content: Any) -> str:
    """Elements in the order they are given."""
    inside = "".join(element(*entry) for entry in content.items())
    return f'<command xsi:type="{type_name}" echo="{echo}" xmlns="">{inside}</command>'


def document(session_id: str, *commands: str, extra: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        f'<BroadsoftDocument protocol="OCI" xmlns="C" xmlns:xsi="{XSI}"><sessionId xmlns="">{session_id}</sessionId>'
        f"{extra}{''.join(commands)}</BroadsoftDocument>"
    )


class Answer:
    """One command of a reply."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.type_name: str = node.get(XSI_TYPE)
        self.severity: str | None = node.get("type")
        self.echo: str = node.get("echo")

    @property
    def succeeded(self) -> bool:
        return self.severity is None

    def text(self, path: str) -> str | None:
        found: str | None = self.node.findtext(path)
        return found

    def texts(self, path: str) -> list[str]:
        return [found.text or "" for found in self.node.findall(path)]

    @property
    def summary(self) -> str:
        return self.text("summaryEnglish") or ""

    def table(self, name: str) -> list[dict[str, str]]:
        headings = self.texts(f"{name}/colHeading")
        return [
            dict(zip(headings, [cell.text or "" for cell in row], strict=True))
            for row in self.node.findall(f"{name}/row")
        ]


def answers(text: str) -> list[Answer]:
    return [Answer(node) for node in parse_text(text).findall("command")]
