"""Names that people type: how they are kept, which are refused, and when two are one.

The rules are Unicode's: NFC and NFKC are its normalization forms (UAX 15), and what has no shape is a format character
(category Cf), a place that stands for no character (noncharacters, private use), or one of the default-ignorable
letters and marks below (UTR 36 lists them among the invisible ones).
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_BLANKS = re.compile(r"[^\S\x00-\x1f\x7f-\x9f]+")  # of all kinds, but no control character: a line break is none
# Controls, format characters, what stands for none and what no XML may carry; by blocks, because a regular expression
# knows no categories.
_NEVER = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000))
    + "]"
)
# What a screen obeys, but for ends of lines and tabs: controls, and changes of direction.
_DIRECTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Letters that show a blank, and letters and marks that show nothing.
_LIKE_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_UNSEEN = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def composed(text: str) -> str:
    """As an id is kept that a partner chose: NFC, else as it was typed. Wide and narrow letters stay two ids."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """As a name is kept: NFC, no blanks at its ends, and one blank between words."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANKS.sub(" ", composed(text)).strip(" ")


def key(name: str) -> str:
    """Equal for names that people take for one: letter case, width, blanks and invisible characters make no difference.

    Folded here, because databases fold by their own rules.
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.casefold().split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(_LIKE_BLANKS.sub(" ", _UNSEEN.sub("", _NEVER.sub("", plain))).split())


def forbidden(text: str) -> str:
    """The first character that no name may have: a control or format character. Empty when there is none."""
    found = None if text.isascii() and text.isprintable() else _NEVER.search(text)
    return found.group() if found else ""


def is_seen(text: str) -> bool:
    """Does it show anything at all?"""
    return bool(text.strip()) and (text.isascii() or bool(key(text)))


def _typed(text: str) -> str:
    kept = folded(text)
    if found := forbidden(kept):
        detail = "a name has no control or invisible character; leave out {character}"
        raise PydanticCustomError("control-character", detail, {"character": f"U+{ord(found):04X}"})
    return _shown(kept)


def _unless_empty(text: str) -> str:
    return _typed(text) if text else ""


def _seen(text: str) -> str:
    if not text:
        return ""
    if found := _DIRECTS.search(text):
        detail = "a text has no character that directs a screen; leave out {character}"
        raise PydanticCustomError("control-character", detail, {"character": f"U+{ord(found.group()):04X}"})
    return _shown(text)


def _shown(text: str) -> str:
    if not is_seen(text):
        raise PydanticCustomError("blank", "a text shows something; this one is blank")
    return text


def _exact(text: str) -> str:
    _typed(text)
    return text


TypedName = Annotated[str, AfterValidator(_typed)]  # of a person or a thing, as it is kept
OptionalName = Annotated[str, AfterValidator(_unless_empty)]  # empty where there is none
ExactName = Annotated[str, AfterValidator(_exact)]  # of a thing that stands elsewhere under it: judged, never folded
SeenText = Annotated[str, AfterValidator(_seen)]  # a reason or a note, as it was typed; it shows something
