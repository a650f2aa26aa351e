"""What a participant answers when it can neither do a command nor refuse it for a business reason."""

from typing import ClassVar

from contracts.bounds import Code, Paragraph, Traceback
from contracts.message import Refusal, Reply


class CommandFailed(Reply):
    """The handler broke: the outcome of the step is unknown. `code` is stable and is also the metric label.

    `detail` has the beginning of what the exception said, `traceback` its end, where it broke.
    """

    owner: ClassVar[str] = "saga"
    ok: ClassVar[bool] = False
    code: Code
    detail: Paragraph
    traceback: Traceback = ""


class StepAlreadyUndone(Refusal):
    """A late `do` whose undo this participant has already seen: nothing was done."""

    owner: ClassVar[str] = "saga"
