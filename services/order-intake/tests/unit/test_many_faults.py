"""Forms with very many faults: all are counted, a hundred told, and no more work is done than that takes."""

import json
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

import pytest

from contracts import documents, nanp
from contracts.documents import Malformed
from contracts.faults import MOST_GUESSES, pointer, shown
from contracts.orders import Fault, NumberChoice, fewer_faults
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules
from order_intake.domain.door.texts import MOST_FIELDS
from testkit.work import counted

from ..builders import MENU, NOW, form

SOUND = json.loads(form().model_dump_json())
RULES = Rules(NOW, MENU, fiction=True)


def listed(**changes: Any) -> tuple[Fault, ...]:
    return fewer_faults(judge(documents.read(json.dumps({**SOUND, **changes})), RULES).faults)


@pytest.mark.parametrize("number", [5, "x" * 12, " "])
def test_all_faults_are_counted_and_a_hundred_told(number: Any) -> None:
    found = listed(numbers=[{"number": number}] * 2_000)
    assert len(found) == 100
    assert found[-1].detail == "1901 more faults are not listed"
    assert all(one.detail for one in found)


@pytest.mark.parametrize("name", ["items", "numbers", "number_searches"])
def test_what_is_beyond_the_end_of_a_list_is_not_looked_at(name: str) -> None:
    with counted(pointer, deepcopy) as calls:
        found = listed(**{name: [5] * 15_000})
    assert [(one.pointer, one.code) for one in found] == [(f"/{name}", "too-long")]
    assert "15000 entries; at most" in found[0].detail
    assert calls["pointer"] < 5_000
    assert calls["deepcopy"] < 5_000


def test_a_place_with_a_fault_takes_no_words_from_others() -> None:
    """What is inside a field that stands twice is not told, however much it is: what comes after it is."""
    text = json.dumps({**SOUND, "numbers": [{"number": 5}] * 2_000, "zzz": 1})
    found = judge(documents.read(text[:-1] + ', "numbers": ' + json.dumps([{"number": 5}] * 2_000) + "}"), RULES).faults
    assert [(one.pointer, one.code) for one in found] == [("/numbers", "twice"), ("/zzz", "unknown-field")]
    assert "there is no field 'zzz' here" in found[1].detail


def test_few_misspelt_packages_are_guessed_at() -> None:
    with counted(SequenceMatcher.ratio) as calls:
        found = listed(items=[{"package": f"Enterprise Standart {number}"} for number in range(200)])
    assert calls["ratio"] <= MOST_GUESSES * len(MENU)
    assert "did you mean 'Enterprise Standard'" in found[0].detail
    assert found[-2].detail == "'Enterprise Standart 98' is not on the menu; see the packages"


def test_few_misspelt_fields_are_guessed_at_and_a_hundred_put_in_words() -> None:
    with counted(SequenceMatcher.ratio, shown) as calls:
        found = listed(**{f"custome{number}": 1 for number in range(MOST_FIELDS - len(SOUND))})
    assert calls["ratio"] <= MOST_GUESSES * len(SOUND)
    assert calls["shown"] <= 100
    assert found[-1].detail == f"{MOST_FIELDS - len(SOUND) - 99} more faults are not listed"


def test_no_object_of_an_order_has_more_fields_than_are_judged() -> None:
    with counted(shown, pointer) as calls, pytest.raises(Malformed, match=r"15,0\d\d fields"):
        listed(**{f"requested_activaton{number}": 1 for number in range(15_000)})
    assert calls["pointer"] + calls["shown"] == 0


def test_no_form_is_nested_deeply() -> None:
    with pytest.raises(Malformed, match="nested too deeply"):
        judge(documents.read('{"x": ' + "[" * 30 + "]" * 30 + "}"), RULES)


@pytest.mark.parametrize("name", ["\ud800", "\udfffx"])
def test_names_that_look_alike_when_they_are_told_are_told_each(name: str) -> None:
    found = listed(**{name: 1, "?": 2})
    assert len({one.pointer for one in found}) == len(found) == 2


def test_a_form_that_is_never_kept_is_not_made_ready_for_it() -> None:
    numbers = [{"number": f"+1201820{line:04}"} for line in range(500)]
    with counted(nanp.e164, NumberChoice.model_copy) as calls:
        assert [one.code for one in listed(numbers=numbers, zzz=1) if one.pointer == "/zzz"] == ["unknown-field"]
    assert calls["e164"] == 500
    with counted(NumberChoice.model_copy) as calls:
        listed(numbers=numbers)
    assert calls["model_copy"] == 0
