"""Settings: from the environment at start, from the admin API while running."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, cast, get_args

PREFIX = "BROADWORKS_SIMULATOR_"

Shape = Literal["old", "new"]
LoginType = Literal["System", "Provisioning", "Service Provider", "Group"]
Validation = Literal["command", "document"]


class WrongSetting(ValueError):
    """A setting that does not exist, or a value it cannot have."""


@dataclass
class Settings:
    user: str = "admin"
    password: str = "admin"  # noqa: S105  # of a simulator
    login_type: LoginType = "System"
    account_disabled: bool = False
    max_sessions: int | None = None
    session_idle_seconds: float = 900.0
    rate_limit_per_second: float | None = None
    latency_seconds: float = 0.0
    response_shape: Shape = "new"
    fault_status: int = 500
    validation: Validation = "command"
    """Whether an invalid command is refused alone or takes its whole document with it."""
    error_code_element: bool = False
    invented_code_offset: int = 0
    dashed_numbers: bool = True
    coalesce_numbers: bool = True
    shuffle_columns: bool = False
    version: str = "Rel_2024_10_260"

    def update(self, changes: Mapping[str, object]) -> None:
        """All of the changes, or none if one is wrong."""
        read = {name: _read(name, value) for name, value in changes.items()}
        for name, value in read.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "password": "***"}


_TYPES = {field.name: field.type for field in fields(Settings)}


def from_environment(environment: Mapping[str, str]) -> Settings:
    names = {f"{PREFIX}{name.upper()}": name for name in _TYPES}
    settings = Settings()
    settings.update({name: environment[variable] for variable, name in names.items() if variable in environment})
    return settings


def _read(name: str, value: object) -> object:
    if name not in _TYPES:
        raise WrongSetting(f"there is no setting {name!r}")
    try:
        return _convert(_TYPES[name], value)
    except (TypeError, ValueError, KeyError):
        raise WrongSetting(f"{name} cannot be {value!r}") from None


def _convert(kind: object, value: object) -> object:
    optional = type(None) in get_args(kind)
    if optional and value in (None, "", "none"):
        return None
    choices = get_args(kind)
    if optional:
        kind = choices[0]
    elif choices:
        return dict(zip(choices, choices, strict=True))[value]
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
    number_or_text = cast("type[int | float | str]", kind)
    return number_or_text(cast("str", value))
