"""`dialtone dead-letters`: what is asked of the service."""

import json
from pathlib import Path

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
