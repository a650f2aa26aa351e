"""`dialtone clock`: business time of a stack is moved on, and never back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialtone.stack import business_time

from .conftest import Run


def test_it_is_real_time_until_it_is_moved(run: Run, tmp_path: Path) -> None:
    shown = json.loads(run("clock", "show", "--json").stdout)
    assert shown["ahead_seconds"] == 0
    assert business_time.ahead(tmp_path) == timedelta(0)


def test_it_is_moved_on_and_on(run: Run, tmp_path: Path) -> None:
    for length in ("35d", "P1DT12H", "36h", "30m"):
        assert run("clock", "advance", length).exit_code == 0
    assert business_time.ahead(tmp_path) == timedelta(days=38, minutes=30)
    told = run("clock", "show")
    assert f"{datetime.now(UTC) + timedelta(days=38, minutes=30):%Y-%m-%d}" in told.stdout
    assert "38 days and 0 hours ahead of real time" in told.stdout


@pytest.mark.parametrize(
    ("length", "told"),
    [
        ("soon", "'soon' is no length of time; write one such as 35d"),
        ("35", "'35' is no length of time"),
        ("0d", "'0d' does not move it on"),
        ("-P3D", "'-P3D' does not move it on"),
        ("99999d", "more than 3660 days ahead"),
    ],
)
def test_what_does_not_move_it_on_is_refused_in_words(length: str, told: str, run: Run, tmp_path: Path) -> None:
    result = run("clock", "advance", "--", length)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr
    assert business_time.ahead(tmp_path) == timedelta(0)


@pytest.mark.parametrize("words", [("show",), ("advance", "35d")])
def test_without_a_stack_there_is_no_clock(words: tuple[str, ...], bare: Run, tmp_path: Path) -> None:
    result = bare("clock", *words)
    assert (result.exit_code, "Start one with: dialtone up" in result.stderr) == (1, True)
    assert business_time.ahead(tmp_path) == timedelta(0)
