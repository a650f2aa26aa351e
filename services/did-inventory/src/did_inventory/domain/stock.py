"""Stock as a supplier writes it: a number on each line, or the first of a run and how many: `+12025550150,10`."""

from collections.abc import Iterator

from contracts.bounds import FAULTS
from contracts.faults import Told, shown
from contracts.nanp import NotANumber, e164

MOST_NUMBERS = 1_000_000  # of one import: they are kept until all lines are judged
LONGEST_RUN = 10_000  # an exchange has so many


class TooMany(Exception):
    """More numbers than one import brings; the text says so, and in which line."""


class StockLines:
    """Takes lines as they come. `numbers` are those of all lines so far, without their plus; `faults` what is wrong.

    `lines` and `named` count the lines, and the numbers that they name, some perhaps twice.
    """

    def __init__(self, *, fiction: bool, most: int = MOST_NUMBERS) -> None:
        self.numbers: set[int] = set()
        self.faults: list[Told] = []
        self.lines = self.named = 0
        self._fiction, self._most = fiction, most

    def take(self, line: str) -> None:
        """The next line; a blank one names nothing. Raises TooMany."""
        self.lines += 1
        if not (text := line.strip()):
            return
        try:
            run = [*self._run(text)]
        except NotANumber as error:
            self._note(error.code, error.detail)
            return
        self.named += len(run)
        if self.named > self._most:
            raise TooMany(f"With line {self.lines} it is more than {self._most:,} numbers; send the rest by itself.")
        self.numbers.update(run)

    def _run(self, text: str) -> Iterator[int]:
        first, comma, count = text.partition(",")
        number = int(e164(first, fiction=self._fiction))
        yield number
        for step in range(1, _length(count) if comma else 1):
            yield int(e164(f"+{number + step}", fiction=self._fiction))

    def _note(self, code: str, detail: str) -> None:
        """In words as long as it is listed."""
        listed = len(self.faults) < FAULTS
        self.faults.append(Told(f"/lines/{self.lines}", code, f"Line {self.lines}: {detail}" if listed else ""))


def _length(text: str) -> int:
    """Of a run. Raises NotANumber for a text that is none."""
    digits = text.strip()
    count = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
    if not 1 <= count <= LONGEST_RUN:
        detail = f"{shown(text)} is no length of a run; expected a whole number from 1 to {LONGEST_RUN:,}"
        raise NotANumber("not-a-count", detail)
    return count
