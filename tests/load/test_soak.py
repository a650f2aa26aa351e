"""What a soak says of what it saw."""

from dataclasses import replace

import pytest

from tests.load.soak import AT_LEAST, WITHIN, Look, faults

FLAT = Look(400.0, dict.fromkeys(WITHIN, 100.0), 0)


def test_a_stack_that_stays_as_it_was_has_no_faults() -> None:
    cold = Look(50.0, dict.fromkeys(WITHIN, 0.0), 0)
    assert list(faults([cold, FLAT, FLAT])) == []


@pytest.mark.parametrize("name", WITHIN)
def test_what_grew_is_named(name: str) -> None:
    most = max(100.0 * WITHIN[name], AT_LEAST.get(name, 0.0))
    grown = [Look(400.0, {**FLAT.grown, name: most + more}, 0) for more in (0.0, 1.0)]
    assert list(faults([FLAT, FLAT, grown[0]])) == []
    (fault,) = faults([FLAT, FLAT, grown[1]])
    assert fault.startswith(f"{name}: 100.0 in part 2")


def test_what_is_left_queued_is_told_wherever_it_was() -> None:
    assert list(faults([replace(FLAT, queued=3), FLAT, FLAT])) == ["after part 1, 3 messages were still queued"]
