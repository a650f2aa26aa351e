"""What is written down about a stack."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dialtone.stack import stackfile
from dialtone.stack.errors import StackError
from dialtone.stack.stackfile import Partner, Running, RunningBroker, Simulator, StackFile


def a_stack(keys: stackfile.Keys) -> StackFile:
    return StackFile(
        services={"catalog": Running(url="http://127.0.0.1:20001", pid=7)},
        broker=RunningBroker(kind="embedded", bootstrap="127.0.0.1:20002", pid=8),
        database={"catalog": "postgresql://postgres@/catalog?host=/somewhere"},
        postgres_pid=9,
        simulator=Simulator(url="http://127.0.0.1:20003", pid=10, user="dialtone", password="secret"),
        operator=keys.operator,
        partner=keys.partner,
    )


def test_a_stack_is_read_back_as_it_was_written_and_only_by_us(tmp_path: Path) -> None:
    running = a_stack(stackfile.read_keys(tmp_path))
    stackfile.write(tmp_path, running)
    assert stackfile.read(tmp_path) == running
    assert stat.S_IMODE(stackfile.path(tmp_path).stat().st_mode) == 0o600


def test_no_file_means_that_no_stack_runs(tmp_path: Path) -> None:
    stackfile.write(tmp_path, a_stack(stackfile.read_keys(tmp_path)))
    stackfile.remove(tmp_path)
    assert stackfile.read(tmp_path) is None


def test_keys_outlive_the_stack(tmp_path: Path) -> None:
    keys = stackfile.read_keys(tmp_path)
    assert stackfile.read_keys(tmp_path) == keys
    known = keys.model_copy(update={"partner": Partner(id="p-1", name="Lakeside Telecom", key="secret")})
    stackfile.write_keys(tmp_path, known)
    stackfile.remove(tmp_path)
    assert stackfile.read_keys(tmp_path) == known


@pytest.mark.parametrize(("name", "read"), [("stack.json", stackfile.read), ("keys.json", stackfile.read_keys)])
@pytest.mark.parametrize("text", ['{"ro": "dt_1"}', "", "[]"])
def test_a_file_of_another_program_is_told_of_by_its_name(
    tmp_path: Path, name: str, read: Callable[[Path], object], text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(StackError) as told:
        read(tmp_path)
    assert (
        str(told.value) == f"{tmp_path / name} is not what is written there: another program's, or another version's."
    )
