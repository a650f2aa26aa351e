"""Settings from the environment."""

import pytest

from broadworks_simulator.settings import Settings, WrongSetting, from_environment


def test_an_empty_environment_gives_the_defaults() -> None:
    assert from_environment({"PATH": "/bin"}) == Settings()


def test_every_kind_of_setting_is_read() -> None:
    settings = from_environment(
        {
            "BROADWORKS_SIMULATOR_USER": "ops",
            "BROADWORKS_SIMULATOR_MAX_SESSIONS": "5",
            "BROADWORKS_SIMULATOR_RATE_LIMIT_PER_SECOND": "15",
            "BROADWORKS_SIMULATOR_RESPONSE_SHAPE": "old",
            "BROADWORKS_SIMULATOR_SHUFFLE_COLUMNS": "true",
            "BROADWORKS_SIMULATOR_SESSION_IDLE_SECONDS": "1.5",
        }
    )
    assert (settings.user, settings.max_sessions, settings.rate_limit_per_second) == ("ops", 5, 15.0)
    assert (settings.response_shape, settings.shuffle_columns, settings.session_idle_seconds) == ("old", True, 1.5)


def test_a_limit_can_be_lifted() -> None:
    settings = Settings(max_sessions=5)
    settings.update({"max_sessions": None})
    assert settings.max_sessions is None


@pytest.mark.parametrize(("name", "value"), [("SHUFFLE_COLUMNS", "perhaps"), ("FAULT_STATUS", "x")])
def test_a_wrong_value_names_its_setting(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name.lower()):
        from_environment({f"BROADWORKS_SIMULATOR_{name}": value})
