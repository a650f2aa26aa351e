"""Where everything must be here, a test that cannot be run fails; elsewhere it is skipped."""

import pytest

from testkit.needs import do_without


@pytest.mark.parametrize(("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_what_is_not_here(monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv("DIALTONE_REQUIRE_KAFKA", required)
    with pytest.raises(outcome, match="jq missing"):
        do_without("jq missing")
