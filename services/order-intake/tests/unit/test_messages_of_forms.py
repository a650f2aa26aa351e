"""What is wrong with the message around a form is told of the message: pointers go into the form."""

import json

import pytest

from contracts import documents
from order_intake.domain.door.judging import Judged, judge_message
from order_intake.domain.door.rules import Rules

from ..builders import MENU, NOW, form

FORM = form().model_dump_json()
FAULTY = json.dumps({**json.loads(FORM), "external_id": " PO-1"})


def judged(text: str, key: str = "a") -> Judged:
    """Of a message in which FORM stands for a right one."""
    return judge_message(documents.read(text.replace("FORM", FORM)), key, Rules(NOW, MENU, fiction=True))


@pytest.mark.parametrize(
    ("message", "code", "named"),
    [
        ('{"order_id":"a","order_id":"b","form":FORM}', "twice", "'order_id'"),
        ('{"order_id":"a","form":{},"form":FORM}', "twice", "'form'"),
        ('{"form":FORM}', "missing", "order_id"),
        ('{"order_id":5,"form":FORM}', "not-a-text", "order_id is 5"),
        ('{"order_id":null,"form":FORM}', "not-a-text", "order_id is null"),
        ('{"order_id":"' + "x" * 129 + '","form":FORM}', "too-long", "order_id has 129 characters"),
        ('{"order_id":"zzz","form":FORM}', "not-the-key", "order_id is 'zzz', and the key of the record is 'a'"),
        ('{"order_id":"","form":FORM}', "not-the-key", "order_id is '', and the key of the record is 'a'"),
        ('{"order_id":"a","external_id":1,"form":FORM}', "unknown-field", "'external_id'"),
        ('{"order_id":"a","fo/rm":1,"form":FORM}', "unknown-field", "'fo/rm'"),
        ('{"order_id":"a","\\ud800":1,"form":FORM}', "unknown-field", "ud800"),
    ],
)
def test_it_is_told_in_words(message: str, code: str, named: str) -> None:
    answer = judged(message)
    assert not answer.sound
    (fault,) = answer.faults
    assert (fault.pointer, fault.code) == ("", code)
    assert named in fault.detail


def test_a_doubled_field_of_the_message_blames_no_field_of_the_form() -> None:
    answer = judged('{"order_id":"a","external_id":1,"external_id":2,"form":FORM}')
    assert [(fault.pointer, fault.code) for fault in answer.faults] == [("", "twice"), ("", "unknown-field")]


def test_faults_of_the_form_are_told_beside_it() -> None:
    answer = judged('{"order_id":5,"form":' + FAULTY + "}")
    assert [fault.pointer for fault in answer.faults] == ["", "/external_id"]


@pytest.mark.parametrize("order_id", ["a", "x" * 128, ""])
def test_the_key_of_the_record_will_do(order_id: str) -> None:
    answer = judged(f'{{"order_id":"{order_id}","form":FORM}}', order_id)
    assert (answer.sound, answer.faults) == (True, ())


def test_very_many_fields_are_named_in_part() -> None:
    fields = ",".join(f'"f{number}":1' for number in range(5_000))
    (fault,) = judged(f'{{"order_id":"a",{fields},"form":FORM}}').faults
    assert len(fault.detail) < 300
