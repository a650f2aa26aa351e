"""The only place that meets the XML parser: bytes in, element tree out."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped,attr-defined,unused-ignore]  # it ships no types

Node = Any

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE = f"{{{XSI}}}type"
XSI_NIL = f"{{{XSI}}}nil"

_DECLARED = re.compile(r"""^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")


class NotXml(Exception):
    """The text is not well-formed XML."""


def parse(body: bytes) -> Node:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotXml(str(error)) from error


def parse_text(text: str) -> Node:
    """Parse decoded text whose declaration speaks of bytes that no longer exist: make them exist again."""
    declared = _DECLARED.match(text)
    charset = declared.group(1) if declared else "utf-8"
    try:
        return parse(text.encode(charset, "xmlcharrefreplace"))
    except LookupError as error:
        raise NotXml(f"unknown encoding {charset}") from error


def local(name: str) -> str:
    """The part after `{namespace}` or `prefix:`."""
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
