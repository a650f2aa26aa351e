"""`dialtone dead-letters`: what is asked of the service."""

import json
from pathlib import Path

import pytest

from .conftest import Run
from .fake_services import FakeServices
from .orders import RUN_OF_ID


def test_a_replay_may_carry_an_edited_form(run: Run, services: FakeServices, tmp_path: Path) -> None:
    dl_id = f"{RUN_OF_ID}-1"
    answer = {"dl_id": dl_id, "state": "replayed", "order_id": RUN_OF_ID}
    services.answer("POST", f"/dead-letters/{dl_id}/replay", answer, 202)
    form = tmp_path / "form.json"
    form.write_text('{"external_id": "PO-1"}')
    plain = run("dead-letters", "replay", dl_id, "--why", "mended")
    edited = run("dead-letters", "replay", dl_id, "--why", "mended", "--form", str(form), "--json")
    assert plain.stdout == (f"{dl_id} replayed\nFollow the order with: dialtone orders show {RUN_OF_ID} --watch\n")
    assert json.loads(edited.stdout) == answer
    assert [one.body for one in services.asked] == [
        {"why": "mended"},
        {"why": "mended", "form": {"external_id": "PO-1"}},
    ]


def test_the_replay_of_a_message_names_no_order_to_follow(run: Run, services: FakeServices) -> None:
    answer = {"dl_id": "4f7a", "state": "replayed", "order_id": "some-key"}
    services.answer("POST", "/dead-letters/4f7a/replay", answer, 202)
    assert run("dead-letters", "replay", "4f7a", "--why", "mended").stdout == "4f7a replayed\n"


def unsendable(services: FakeServices, service: str = "did-inventory") -> None:
    letter = {"dl_id": "9f3b", "kind": "unsendable", "service": service, "order_id": RUN_OF_ID, "state": "open"}
    services.answer("GET", "/dead-letters/9f3b", letter)


@pytest.mark.parametrize(("act", "state"), [("release", "released"), ("discard", "discarded")])
def test_a_message_that_could_not_be_sent_is_decided_about_where_it_is_kept(
    run: Run, services: FakeServices, act: str, state: str
) -> None:
    unsendable(services)
    services.answer("POST", f"/unsendable/9f3b/{act}", {"unsendable_id": "9f3b", "state": state})
    done = run("dead-letters", act, "9f3b", "--why", "it takes 4 MiB now")
    assert done.stdout == f"9f3b {state}\n"
    assert [(one.path, one.body, one.key) for one in services.asked[1:]] == [
        (f"/unsendable/9f3b/{act}", {"why": "it takes 4 MiB now"}, "the-operators-key")
    ]


def test_what_was_decided_before_is_said_in_the_words_of_the_service(run: Run, services: FakeServices) -> None:
    unsendable(services)
    title, detail = "The message was released already; nothing was done.", "By olivia."
    services.refuse("POST", "/unsendable/9f3b/release", 409, title=title, detail=detail, code="closed")
    done = run("dead-letters", "release", "9f3b", "--why", "again")
    assert (done.exit_code, title in done.stderr) == (1, True)


def test_only_what_could_not_be_sent_is_released(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/dead-letters/4f7a", {"dl_id": "4f7a", "kind": "message", "service": "catalog"})
    done = run("dead-letters", "release", "4f7a", "--why", "mended")
    assert (done.exit_code, "dialtone dead-letters replay 4f7a" in done.stderr) == (1, True)
    assert len(services.asked) == 1


def test_another_deployment_must_say_where_the_message_is_kept(
    run: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIALTONE_KEY", "the-operators-key")
    unsendable(services)
    services.answer("POST", "/unsendable/9f3b/release", {"unsendable_id": "9f3b", "state": "released"})
    where = ("dead-letters", "release", "9f3b", "--why", "mended", "--url", services.url)
    done = run(*where)
    assert (done.exit_code, "--owner-url" in done.stderr) == (2, True)
    assert run(*where, "--owner-url", services.url).stdout == "9f3b released\n"


def test_a_letter_of_an_order_is_discarded_by_order_intake(run: Run, services: FakeServices) -> None:
    dl_id = f"{RUN_OF_ID}-1"
    services.answer("GET", f"/dead-letters/{dl_id}", {"dl_id": dl_id, "kind": "order", "service": "order-intake"})
    answer = {"dl_id": dl_id, "state": "discarded", "order_id": RUN_OF_ID}
    services.answer("POST", f"/dead-letters/{dl_id}/discard", answer)
    assert run("dead-letters", "discard", dl_id, "--why", "gave up").stdout == f"{dl_id} discarded\n"
