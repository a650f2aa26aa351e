"""How commands end: one sentence with the next step, and the exit code."""

import re
from pathlib import Path

import pytest

from .conftest import Run
from .fake_services import FakeServices

NEED_A_STACK = (
    ("orders", "list"),
    ("orders", "show", "x"),
    ("dead-letters", "list"),
    ("dead-letters", "show", "x"),
    ("dead-letters", "replay", "x", "--why", "y"),
    ("dead-letters", "discard", "x", "--why", "y"),
    ("tickets", "list"),
    ("tickets", "show", "x"),
    ("tickets", "resolve", "x"),
    ("invariants",),
)


@pytest.mark.parametrize("words", NEED_A_STACK, ids=" ".join)
def test_without_a_stack_the_next_step_is_named(bare: Run, words: tuple[str, ...]) -> None:
    result = bare(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(r"No stack runs in \S+\. Start one with: dialtone up( \(or give --url .*\))?\n", result.stderr)


@pytest.mark.parametrize("words", NEED_A_STACK, ids=" ".join)
def test_a_stack_that_does_not_answer_is_one_sentence(bare: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    fake = FakeServices()
    server = fake.serve()
    fake.write_down(tmp_path)
    server.shutdown()
    server.server_close()
    result = bare(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("Start it with: dialtone up\n")
    assert "Errno" not in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("orders", "lst"),
        ("orders", "show"),
        ("orders", "list", "--limit", "many"),
        ("orders", "list", "--limit", "0"),
        ("orders", "submit", "no-such-file.json"),
        ("dead-letters", "replay", "x"),
        ("dead-letters", "replay", "x", "--why", "y", "--form", "no-such-file.json"),
        ("dead-letters", "discard", "x"),
        ("tickets", "resolve", "x", "--outcome", "perhaps"),
        ("orders", "list", "--url", "http://127.0.0.1:1"),  # and no DIALTONE_KEY
        ("up", "--broker", "rabbit"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_asks_nobody(run: Run, services: FakeServices, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert services.asked == []


@pytest.mark.parametrize(
    ("words", "path", "code", "sentence"),
    [
        (("orders", "show", "o-9"), "/orders/o-9", "no-such-order", "List them with: dialtone orders list"),
        (
            ("dead-letters", "show", "dl-17"),
            "/dead-letters/dl-17",
            "no-such-dead-letter",
            "List them with: dialtone dead-letters list",
        ),
        (("tickets", "show", "T-9"), "/tickets/T-9", "unknown-ticket", "List them with: dialtone tickets list"),
        (("orders", "show", "o-9"), "/orders/o-9", "unknown-key", "It is revoked."),
    ],
)
def test_a_refusal_is_one_sentence_with_the_next_step(
    run: Run, services: FakeServices, words: tuple[str, ...], path: str, code: str, sentence: str
) -> None:
    services.refuse("GET", path, 404, code=code, title="There is none.", detail="It is revoked.")
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"There is none. {sentence}\n"


def test_every_fault_of_a_form_has_its_line(run: Run, services: FakeServices) -> None:
    faults = [
        {"pointer": "/enterprise", "code": "a", "detail": "it exists"},
        {"pointer": "", "code": "b", "detail": "it is empty"},
    ]
    services.refuse("POST", "/orders", 422, title="Not accepted.", detail="Nothing was done.", errors=faults)
    result = run("orders", "submit", "-", input="{}")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'Not accepted. Nothing was done.\n  /enterprise: it exists\n  "": it is empty\n'


def test_an_answer_that_is_no_problem_document_is_a_sentence_too(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", "<html>bad gateway</html>", 502)
    result = run("orders", "list")
    assert (result.exit_code, result.stderr) == (1, f"{services.url}/orders?limit=50 answered 502.\n")


@pytest.mark.parametrize(
    "words", [("orders", "submit"), ("dead-letters", "replay", "x", "--why", "y", "--form")], ids=" ".join
)
def test_a_file_that_cannot_be_used_is_told_of_in_plain_words(
    run: Run, services: FakeServices, tmp_path: Path, words: tuple[str, ...]
) -> None:
    broken, latin = tmp_path / "broken.json", tmp_path / "latin.json"
    broken.write_text('{\n "kind": }')
    latin.write_bytes(b'{"kind": "\xe9"}')
    told = {
        tmp_path / "none.json": f"There is no file {tmp_path / 'none.json'}.",
        tmp_path: f"{tmp_path} is a folder; give the file with the order form.",
        broken: f"{broken} is no JSON: line 2, column 10: expected a value",
        latin: f"{latin} is no JSON: byte 11 is no UTF-8; JSON is written in UTF-8",
    }
    for file, sentence in told.items():
        result = run(*words, str(file))
        assert (result.exit_code, result.stderr) == (2, f"{sentence}\n")
    assert services.asked == []


def test_a_url_where_nothing_is_is_named(bare: Run) -> None:
    result = bare("orders", "list", "--url", "http://127.0.0.1:1", env={"DIALTONE_KEY": "dt_1_x"})
    sentence = "Nothing answers at http://127.0.0.1:1. Is the stack up? Start it with: dialtone up\n"
    assert (result.exit_code, result.stderr) == (1, sentence)
    result = bare("orders", "list", "--url", "127.0.0.1:1", env={"DIALTONE_KEY": "dt_1_x"})
    assert (result.exit_code, "is no URL of a service" in result.stderr) == (2, True)
