"""The committed files are current and compatible, and the check says so when they are not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from contracts.folder import Folder
from contracts.generate import HOME, changed, documents, drift, incompatibilities, main
from contracts.schemas import render, schemas
from contracts.vocabulary import MESSAGES

COMMAND = "dialtone.numbers.ReserveNumbers.v1"
EVENT = "dialtone.numbers.BackorderFilled.v1"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A contracts project with current schemas, today's golden messages as version 1, and nothing released."""
    for ce_type, numbered in Folder(HOME).goldens().items():
        first = Folder(tmp_path).golden / ce_type / "1.json"
        first.parent.mkdir(parents=True)
        shutil.copy(Folder(HOME).golden / ce_type / f"{max(numbered)}.json", first)
    assert main(["--folder", str(tmp_path)]) == 0
    return Folder(tmp_path)


def edit(path: Path, change: Any) -> None:
    """Applies `change` to the properties and the required list of a schema file."""
    schema = json.loads(path.read_text())
    change(schema["properties"], schema["required"])
    path.write_text(render(schema))


def released(folder: Folder, ce_type: str, change: Any) -> None:
    """Pretends that version 1 of a message was released with another schema than today's."""
    folder.release(ce_type, 1, schemas()[f"{ce_type}.json"])
    edit(folder.released / ce_type / "1.json", change)


def without_partner(properties: dict[str, Any], required: list[str]) -> None:
    for name in set(required) - {"order_id"}:
        del properties[name]
        required.remove(name)


def with_another_field(properties: dict[str, Any], required: list[str]) -> None:
    properties["colour"] = {"type": "string"}
    required.append("colour")


def test_the_committed_files_are_what_models_and_topics_say():
    assert drift(Folder(HOME)) == []


def test_no_message_breaks_a_released_version():
    assert incompatibilities(Folder(HOME)) == []


def test_released_versions_are_numbered_without_gaps():
    for versions in Folder(HOME).releases().values():
        assert list(versions) == list(range(1, len(versions) + 1))


def test_generating_twice_gives_the_same_bytes(folder: Folder):
    before = folder.generated()
    assert main(["--folder", str(folder.root)]) == 0
    assert folder.generated() == before
    assert before.keys() == {*schemas(), "asyncapi.json"}


def test_a_fresh_folder_passes_the_check(folder: Folder):
    assert main(["--check", "--folder", str(folder.root)]) == 0


def test_a_stale_a_missing_and_a_left_over_file_fail_the_check(folder: Folder, capsys: pytest.CaptureFixture[str]):
    edit(folder.schemas / f"{COMMAND}.json", with_another_field)
    (folder.schemas / f"{EVENT}.json").unlink()
    (folder.schemas / "dialtone.numbers.Forgotten.v1.json").write_text("{}")
    assert main(["--check", "--folder", str(folder.root)]) == 1
    said = capsys.readouterr().err
    assert f"schemas/{COMMAND}.json is not current" in said
    assert f"schemas/{EVENT}.json is missing" in said
    assert "schemas/dialtone.numbers.Forgotten.v1.json belongs to no message" in said
    assert main(["--folder", str(folder.root)]) == 0
    assert drift(folder) == []


def test_a_changed_golden_message_makes_the_examples_stale(folder: Folder):
    path = folder.golden / COMMAND / "1.json"
    path.write_text(path.read_text().replace("+19735550142", "+19735550199"))
    assert [line.split()[0] for line in drift(folder)] == ["schemas/asyncapi.json"]


@pytest.mark.parametrize("change", [without_partner, with_another_field])
def test_a_command_that_gains_or_loses_a_required_field_fails_the_check(
    folder: Folder, change: Any, capsys: pytest.CaptureFixture[str]
):
    released(folder, COMMAND, change)
    assert main(["--check", "--folder", str(folder.root)]) == 1
    assert f"schemas/{COMMAND}.json against version 1: /" in capsys.readouterr().err


def test_an_event_may_gain_a_required_field(folder: Folder):
    released(folder, EVENT, without_partner)
    assert incompatibilities(folder) == []


def test_an_event_may_not_lose_a_required_field(folder: Folder):
    released(folder, EVENT, with_another_field)
    (said,) = incompatibilities(folder)
    assert said.endswith("/colour: a reader of version 1 requires it, today's writer does not send it (FORWARD)")


def test_every_released_version_counts_not_only_the_last(folder: Folder):
    released(folder, COMMAND, with_another_field)
    folder.release(COMMAND, 2, schemas()[f"{COMMAND}.json"])
    assert len(incompatibilities(folder)) == 1


def test_a_released_message_does_not_vanish(folder: Folder):
    folder.release("dialtone.numbers.Forgotten.v1", 1, {"type": "object"})
    (said,) = incompatibilities(folder)
    assert "dialtone.numbers.Forgotten.v1: the message is gone" in said


def test_a_release_snapshots_every_message_once(folder: Folder):
    assert changed(folder) == dict.fromkeys(sorted(MESSAGES), 1)
    assert main(["--release", "--folder", str(folder.root)]) == 0
    assert {ce_type: list(versions) for ce_type, versions in folder.releases().items()} == {
        ce_type: [1] for ce_type in MESSAGES
    }
    assert changed(folder) == {}
    assert main(["--check", "--folder", str(folder.root)]) == 0


def test_a_compatible_change_becomes_the_next_version_with_its_own_golden_message(folder: Folder):
    released(folder, COMMAND, lambda properties, _: properties.pop("chosen"))
    assert changed(folder)[COMMAND] == 2
    assert main(["--release", "--folder", str(folder.root)]) == 1
    assert list(folder.releases()[COMMAND]) == [1]
    shutil.copy(folder.golden / COMMAND / "1.json", folder.golden / COMMAND / "2.json")
    assert main(["--release", "--folder", str(folder.root)]) == 0
    assert list(folder.releases()[COMMAND]) == [1, 2]


def test_an_incompatible_change_is_not_released(folder: Folder):
    released(folder, COMMAND, with_another_field)
    shutil.copy(folder.golden / COMMAND / "1.json", folder.golden / COMMAND / "2.json")
    assert main(["--release", "--folder", str(folder.root)]) == 1
    assert {ce_type: list(versions) for ce_type, versions in folder.releases().items()} == {COMMAND: [1]}


def test_stale_files_are_not_released(folder: Folder):
    edit(folder.schemas / f"{COMMAND}.json", with_another_field)
    assert main(["--release", "--folder", str(folder.root)]) == 1
    assert folder.releases() == {}


def test_words_for_people_need_no_release(folder: Folder):
    assert main(["--release", "--folder", str(folder.root)]) == 0
    path = folder.released / COMMAND / "1.json"
    path.write_text(render({**json.loads(path.read_text()), "description": "Said differently."}))
    assert changed(folder) == {}


def test_schemas_are_closed_for_producers_and_money_is_text():
    for name, schema in schemas().items():
        objects = [schema, *schema.get("$defs", {}).values()]
        assert all(node["additionalProperties"] is False for node in objects if node["type"] == "object"), name
    line = schemas()["dialtone.catalog.OrderPriced.v1.json"]["$defs"]["ChargeLine"]
    assert line["properties"]["amount"] == {"type": "string", "maxLength": 41}


def test_the_examples_of_the_document_are_the_newest_golden_messages(folder: Folder):
    shutil.copy(folder.golden / COMMAND / "1.json", folder.golden / COMMAND / "2.json")
    path = folder.golden / COMMAND / "2.json"
    path.write_text(path.read_text().replace("+19735550142", "+19735550199"))
    (example,) = documents(folder)["asyncapi.json"]["components"]["messages"][COMMAND]["examples"]
    assert "+19735550199" in json.dumps(example)
