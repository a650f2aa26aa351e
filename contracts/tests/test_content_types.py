"""What a sender says of its document: which JSON is, and what is told of the rest."""

import pytest

from contracts import content_types
from contracts.content_types import JSON, Wrong


@pytest.mark.parametrize(
    "said",
    [
        "application/json",
        "Application/JSON ; Charset=UTF8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf-8; charset=UTF-8",
        "application/merge-patch+json",
        "application/json; profile=x",
        'application/json; x="; charset=latin-1"',
        "application/json; charset",
        "application/json; charset=",
    ],
)
def test_json_has_several_names(said: str) -> None:
    assert content_types.fault(said, [JSON]) is None


@pytest.mark.parametrize(
    ("said", "code", "detail"),
    [
        ("", "not-json", "it does not say what it is; expected application/json"),
        ("text/xml", "not-json", "it says 'text/xml'; expected application/json"),
        ("application/json, text/xml", "not-json", "it says 'application/json, text/xml'; expected application/json"),
        ("application/json; charset=latin-1", "wrong-charset", "it says charset=latin-1; expected UTF-8"),
        (
            "application/json; charset=utf-8; charset=latin-1",
            "wrong-charset",
            "it says charset=latin-1; expected UTF-8",
        ),
        ("application/json; charset*=us-ascii'en'latin-1", "wrong-charset", "it says charset=latin-1; expected UTF-8"),
        ("application/json; charset*=a; charset*0=b", "wrong-charset", "it says charset=a; expected UTF-8"),
        (f"application/json; charset*{'9' * 5_000}=a", "wrong-charset", "it says charset=a; expected UTF-8"),
        ('application/json; charset="', "wrong-charset", 'it says charset="; expected UTF-8'),
        ('application/json; x=";"; charset="lat\\in-1"', "wrong-charset", "it says charset=latin-1; expected UTF-8"),
    ],
)
def test_what_is_no_json_is_told_with_what_is_taken(said: str, code: str, detail: str) -> None:
    assert content_types.fault(said, [JSON]) == Wrong(code, detail)


def test_a_document_of_other_kinds_is_told_all_of_them() -> None:
    kinds = ["text/csv", "text/plain"]
    assert content_types.fault("text/csv; charset=utf-8", kinds) is None
    assert content_types.fault(JSON, kinds) == Wrong(
        "wrong-kind", "it says 'application/json'; expected text/csv or text/plain"
    )


@pytest.mark.parametrize("packing", ["", "identity", "Identity"])
def test_what_is_not_packed_may_say_so(packing: str) -> None:
    assert content_types.packed(packing) is None


def test_what_is_packed_is_told_to_come_as_it_is() -> None:
    detail = "it says content-encoding 'gzip'; expected it as it is, without one"
    assert content_types.packed("gzip") == Wrong("packed", detail)
