"""The two roots of failure. A business "no" is neither: it is a reply."""

import inspect
import re
from typing import ClassVar

OUR_FAULT = "Something of ours broke."  # the traceback beside it says where
_NUMBER = re.compile(r"\[Errno -?\d+\] ")


class Failure(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "failure"

    def __init__(self, detail: str = "") -> None:
        super().__init__(" ".join(filter(None, [inspect.getdoc(type(self)), detail])))


class Transient(Failure):
    """It may work if tried again."""

    code = "transient"


class Permanent(Failure):
    """It fails again until somebody changes something."""

    code = "permanent"


class Unprepared(Failure):
    """The service has not been told yet what it needs; until then its messages wait in their topic."""

    code = "unprepared"


def code_of(error: BaseException) -> str:
    """The stable code: metric label, dead-letter header, reason of a saga."""
    return error.code if isinstance(error, Failure) else f"bug-{type(error).__name__}"


def in_words(error: BaseException) -> str:
    """What happened, for whoever does not read Python: a dead letter, a failed step, a message that waits."""
    match error:
        case Failure():
            return str(error)
        case ConnectionRefusedError():
            return "nothing answers there"
        case TimeoutError() if error.args and error.errno is None:  # somebody's own words
            return str(error)
        case TimeoutError():
            return "no answer came in time"
        case OSError() if error.strerror and not error.filename:
            return error.strerror[:1].lower() + error.strerror[1:]
        case OSError() if str(error).startswith("Multiple exceptions"):  # asyncio's, of a host with several addresses
            return "none of its addresses answers"
        case OSError():
            return _NUMBER.sub("", str(error)) or "the connection broke"
    if getattr(error, "sqlstate", None):  # asyncpg's are not imported where domains read this
        return f"The database says: {error}."
    return OUR_FAULT


def said_by(error: BaseException) -> str:
    """Of a failure between us and another process: our words for the operating system's, else those of the library."""
    return in_words(error) if isinstance(error, OSError) else str(error)
