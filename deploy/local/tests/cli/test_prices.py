"""`dialtone prices`: files of prices in, every fault by its line; versions out."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run
from .fake_services import FakeServices

OLD = [
    {"package": "Power User", "kind": "MRC", "unit_price": "26.90"},
    {"package": "Shipping", "kind": "NRC", "unit_price": "22.00"},
]
NEW = [{"package": "Power User", "kind": "MRC", "unit_price": "19.90"}]
VERSIONS = [
    {"partner_id": "p-1", "name": "own", "effective_from": "2027-01-01", "lacking": "refused", "prices": NEW},
    {"partner_id": None, "name": "sample-2026", "effective_from": "2026-01-01", "lacking": "standard", "prices": OLD},
]
ADDED = {
    "created": True,
    "name": "p-1/2027-01-01",
    "effective_from": "2027-01-01",
    "prices": 2,
    "before": "sample-2026",
    "changes": [{"package": "Power User", "kind": "MRC", "before": "26.90", "after": "19.90"}],
    "lacks": [{"package": "Shipping", "kind": "NRC"}],
}
CSV = """# for Northwind
package, kind ,unit_price

Power User,MRC,19.90
"Web Portal, Standard",MRC, 5
"""
YAML = """
- {package: Power User, kind: MRC, unit_price: 19.90}
- package: Web Portal, Standard
  kind: MRC
  unit_price: 5
"""
SENT = [
    {"package": "Power User", "kind": "MRC", "unit_price": "19.90"},
    {"package": "Web Portal, Standard", "kind": "MRC", "unit_price": "5"},
]


def written(folder: Path, text: str, name: str = "prices.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("name", "text"), [("p.csv", CSV), ("p.yaml", YAML), ("p.yml", YAML), ("p.csv", "\ufeff" + CSV)]
)
def test_a_file_is_sent_as_texts_and_as_a_whole(
    run: Run, services: FakeServices, tmp_path: Path, name: str, text: str
) -> None:
    services.answer("POST", "/price-books", ADDED, 201)
    result = run("prices", "import", written(tmp_path, text, name), "--partner", "p-1", "--from", "2027-01-01")
    assert (result.exit_code, result.stderr) == (0, "")
    (asked,) = services.asked
    assert asked.body == {
        "partner_id": "p-1",
        "name": None,
        "effective_from": "2027-01-01",
        "lacking": "standard",
        "billed_from": "asked",
        "prices": SENT,
        "dry_run": False,
    }
    assert "p-1/2027-01-01, from 2027-01-01 on: 2 prices; it is added." in result.stdout
    assert "1 difference to sample-2026" in result.stdout
    assert "It lacks 1 price:" in result.stdout


def test_a_dry_run_says_what_would_be(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.answer("POST", "/price-books", {**ADDED, "created": False, "before": None, "changes": []})
    words = ("--from", "2027-01-01", "--name", "n", "--refuse-others", "--dry-run")
    result = run("prices", "import", written(tmp_path, CSV), *words)
    (asked,) = services.asked
    assert (asked.body["dry_run"], asked.body["lacking"], asked.body["name"]) == (True, "refused", "n")
    assert "it would be added." in result.stdout
    assert "There was no version before it." in result.stdout


@pytest.mark.parametrize(("name", "text", "place"), [("p.csv", CSV, "line 5"), ("p.yaml", YAML, "entry 2")])
def test_a_fault_is_told_where_it_stands_in_the_file(
    run: Run, services: FakeServices, tmp_path: Path, name: str, text: str, place: str
) -> None:
    faults = [
        {"pointer": "/prices/1/package", "code": "unknown-package", "detail": "no package is called so"},
        {"pointer": "/prices/1", "code": "duplicate", "detail": "given twice"},
        {"pointer": "/effective_from", "code": "too-early", "detail": "it has passed"},
    ]
    services.refuse("POST", "/price-books", 422, title="It breaks a rule.", errors=faults, detail="See below.")
    result = run("prices", "import", written(tmp_path, text, name), "--from", "2027-01-01")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "It breaks a rule. See below.",
        f"  {place} /package: no package is called so",
        f"  {place}: given twice",
        "  /effective_from: it has passed",
    ]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("p.csv", "", "the first line names nothing; there must be package, kind, unit_price and nothing else."),
        ("p.csv", "package,kind,unit_price\n", "has no price in it."),
        ("p.csv", "package,kind,price\nA,MRC,1\n", "the first line names kind, package, price;"),
        (
            "p.csv",
            "package,kind,kind,unit_price\nA,MRC,NRC,1\n",
            "the first line names kind, kind, package, unit_price;",
        ),
        ("p.csv", "package,kind,unit_price\nA,MRC\n", "line 2 has not as many cells as the first line."),
        ("p.csv", "package,kind,unit_price\nA,MRC,1,2\n", "line 2 has not as many cells as the first line."),
        ("p.csv", 'package,kind,unit_price\n"A"x,MRC,1\n', "cannot be read:"),
        ("p.yaml", "package: A", "A YAML file is a list of prices"),
        ("p.yaml", "- A", "entry 1 is no price; it has package, kind, unit_price."),
        ("p.yaml", "- {package: A, kind: MRC}", "entry 1 names kind, package;"),
        ("p.yaml", "- {package: [A], kind: MRC, unit_price: 1}", "entry 1 is no price;"),
        ("p.yaml", "- {", "cannot be read:"),
        ("p.yaml", "!!python/object/apply:os.system ['true']", "entry 1 is no price;"),
    ],
)
def test_what_is_no_file_of_prices_is_told_and_not_sent(
    run: Run, services: FakeServices, tmp_path: Path, name: str, text: str, words: str
) -> None:
    result = run("prices", "import", written(tmp_path, text, name), "--from", "2027-01-01")
    assert (result.exit_code, services.asked) == (2, [])
    assert words in result.stderr


def test_a_file_that_is_not_there_or_not_utf_8_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("package,kind,unit_price\nCaf\u00e9,MRC,1\n".encode("latin-1"))
    for name, words in (("absent.csv", "No such file or directory"), ("latin.csv", "is not UTF-8: save it as such.")):
        result = run("prices", "import", str(tmp_path / name), "--from", "2027-01-01")
        assert (result.exit_code, words in result.stderr) == (2, True), result.stderr


def test_versions_are_listed_shown_and_compared(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/price-books", VERSIONS)
    listed = run("prices", "list").stdout
    assert listed.index("everybody") < listed.index("p-1")
    assert "sample-2026, from 2026-01-01 on, for everybody" in run("prices", "show", "sample-2026").stdout
    compared = json.loads(run("prices", "compare", "sample-2026", "own", "--partner", "p-1", "--json").stdout)
    assert compared == [
        {"package": "Power User", "kind": "MRC", "before": "26.90", "after": "19.90"},
        {"package": "Shipping", "kind": "NRC", "before": "22.00", "after": None},
    ]


def test_an_exported_version_can_be_imported(run: Run, services: FakeServices, tmp_path: Path) -> None:
    services.answer("GET", "/price-books", VERSIONS)
    services.answer("POST", "/price-books", ADDED, 201)
    exported = run("prices", "export", "sample-2026").stdout
    assert exported == "package,kind,unit_price\nPower User,MRC,26.90\nShipping,NRC,22.00\n"
    run("prices", "import", written(tmp_path, exported), "--from", "2027-01-01")
    assert services.asked[-1].body["prices"] == OLD


@pytest.mark.parametrize("words", [("show", "own"), ("export", "absent"), ("compare", "sample-2026", "own")])
def test_a_version_that_is_not_there_is_told(run: Run, services: FakeServices, words: tuple[Any, ...]) -> None:
    services.answer("GET", "/price-books", VERSIONS)
    result = run("prices", *words)
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no version '")
    assert "dialtone prices list" in result.stderr
