"""The cases of the door, which lie with the tests of order-intake, for tests of the running product."""

from pathlib import Path

from testkit.door_cases import load

CASES = load(Path(__file__).parents[1] / "services" / "order-intake" / "tests" / "cases" / "door.json")
REFUSED = [case for case in CASES if case.status == 422]
