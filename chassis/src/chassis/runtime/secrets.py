"""Settings come from the environment; a secret may lie in a file as well, which `<NAME>_FILE` names.

A secret is what its settings keep out of their `repr`: a field with `repr=False`. Nobody prints one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in for a value that could not be had; validation then says why, beside all other faults."""

    sentence: str


class Environment(EnvSettingsSource):
    """Environment variables, and the files of secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value, key, is_complex = super().get_field_value(field, field_name)
        path = self.env_vars.get(f"{field_name}_file")
        if path and is_secret(field):
            name = field_name.upper()
            both = Fault(f"{name} and {name}_FILE are both set: accepted is one of them.")
            value = content_of(path, f"{name}_FILE") if value is None else both
        return value, key, is_complex

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:  # noqa: FBT001  its signature
        if isinstance(value, Fault):
            return value
        try:
            return super().prepare_field_value(field_name, field, value, value_is_complex)
        except ValueError:
            return Fault("This is not JSON.")


def is_secret(field: FieldInfo) -> bool:
    """Must its value never be shown?"""
    return not field.repr


def content_of(path: str, setting: str) -> str | Fault:
    """A secret, without the line end that editors leave behind it."""
    try:
        content = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        return Fault(f"{setting} names {path!r}, which cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        return Fault(f"{setting} names {path!r}, which is no text in UTF-8.")
    return content or Fault(f"{setting} names {path!r}, which is empty.")


class FromEnvironment(BaseSettings):
    """A variable that is empty counts as not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _could_be_had(cls, value: Any) -> Any:
        if isinstance(value, Fault):
            raise PydanticCustomError("not_had", "{sentence}", {"sentence": value.sentence})
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, Environment(settings_cls)
