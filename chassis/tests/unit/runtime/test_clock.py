"""Business time, moved by a setting and by a file that is changed meanwhile."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.runtime.clock import Clock, MovedBy


def written(file: Path, text: str, *, at: int) -> None:
    """With a time of its own, as a file has that was written at another moment."""
    file.write_text(text)
    os.utime(file, ns=(at, at))


def test_it_is_real_time_by_itself() -> None:
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)
    assert Clock().ahead == timedelta(0)


def test_a_file_moves_it_beside_the_setting_whenever_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "business-time"
    clock = Clock(timedelta(days=1), MovedBy(file))
    assert clock.ahead == timedelta(days=1)
    written(file, "P35D\n", at=1)
    assert clock.ahead == timedelta(days=36)
    written(file, "P36DT12H", at=2)
    assert clock.ahead == timedelta(days=37, hours=12)
    assert clock.now() > datetime.now(UTC) + timedelta(days=37)
    file.unlink()
    assert clock.ahead == timedelta(days=1)


@pytest.mark.parametrize("text", ["", "soon", "35 days and a bit"])
def test_what_is_no_length_of_time_changes_nothing(text: str, tmp_path: Path) -> None:
    file = tmp_path / "business-time"
    moved = MovedBy(file)
    written(file, "P2D", at=1)
    assert moved.by() == timedelta(days=2)
    written(file, text, at=2)
    assert moved.by() == timedelta(days=2)
