"""The two roots of failure. A business "no" is neither: it is a reply."""

import inspect
from typing import ClassVar


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
