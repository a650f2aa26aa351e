"""Bodies of many lines, read as they come."""

from collections.abc import AsyncIterator

from chassis.http.problems import Problem

MARK = b"\xef\xbb\xbf"  # spreadsheets write it before the first line


async def lines_of(pieces: AsyncIterator[bytes], longest: int) -> AsyncIterator[list[str]]:
    """The lines that each piece completes, without their ends; bytes that are no UTF-8 are shown as such.

    Raises Problem 422 for a line of more than `longest` bytes: it would have to be kept to be read.
    """
    rest, first, count = b"", True, 0
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if first and lines:
            first, lines[0] = False, lines[0].removeprefix(MARK)
        sizes = [*map(len, lines), len(rest)]
        if max(sizes) > longest:
            number = count + 1 + next(at for at, size in enumerate(sizes) if size > longest)
            raise _too_long(number, longest)
        count += len(lines)
        yield [line.decode(errors="replace") for line in lines]
    if rest:
        yield [(rest.removeprefix(MARK) if first else rest).decode(errors="replace")]


def _too_long(number: int, longest: int) -> Problem:
    detail = f"Line {number} has more than {longest} bytes; lines end with a line feed."
    fault = {"pointer": f"/lines/{number}", "code": "too-long", "detail": detail}
    return Problem(422, "invalid", "A line is too long.", "Nothing of it was read.", errors=[fault])
