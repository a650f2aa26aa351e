"""Lines of a body that comes in pieces."""

from collections.abc import AsyncIterator

import pytest

from chassis.http.lines import lines_of
from chassis.http.problems import Problem


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
    yield b""


async def read(body: bytes, size: int, longest: int = 100) -> list[str]:
    return [line async for lines in lines_of(pieces(body, size), longest) for line in lines]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\r\nb\n\nc", ["a\r", "b", "", "c"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", ["a", "\ufeffb"]),
        (b"\xef\xbb\xbfa", ["a"]),
        ("ä\nö".encode(), ["ä", "ö"]),
        (b"\xff\nb", ["\ufffd", "b"]),
    ],
)
async def test_however_they_come_the_lines_are_the_same(body: bytes, lines: list[str], size: int) -> None:
    assert await read(body, size) == lines


@pytest.mark.parametrize("size", [1, 50, 10_000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nmore"])
async def test_a_line_that_is_too_long_ends_it(size: int, end: bytes) -> None:
    with pytest.raises(Problem) as refused:
        await read(b"a\nb\n" + b"x" * 101 + end, size)
    (fault,) = refused.value.errors
    assert (refused.value.status, fault["pointer"], fault["code"]) == (422, "/lines/3", "too-long")


async def test_what_has_no_line_end_is_not_kept() -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * 60

    with pytest.raises(Problem):
        _ = [lines async for lines in lines_of(endless(), 100)]
    assert asked == 2
