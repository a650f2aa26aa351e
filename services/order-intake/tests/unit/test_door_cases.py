"""The cases of the door: forms with their right answers."""

from pathlib import Path
from typing import Any

import pytest

from contracts import documents
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules
from testkit.door_cases import Case, load

from ..builders import MENU, NOW

CASES = load(Path(__file__).parents[1] / "cases" / "door.json")


def judged(case: Case) -> Any:
    return judge(documents.read(case.text(NOW)), Rules(NOW, MENU, fiction=True))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_of_the_door_has_its_answer(case: Case) -> None:
    answer = judged(case)
    assert {fault.pointer for fault in answer.faults} == ({case.pointer} if case.pointer else set()), answer.faults
    assert (answer.form is not None) or case.pointer
