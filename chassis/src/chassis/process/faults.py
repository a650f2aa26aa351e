"""What is wrong with the settings, one sentence a fault; values of secrets are never in them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core.core_schema import ErrorType
from pydantic_settings import BaseSettings

from chassis.runtime.secrets import Fault, is_secret
from contracts.faults import told

OF_PYDANTIC = frozenset(get_args(ErrorType)) - {"value_error", "assertion_error"}
# What a setting takes, where the kind of pydantic's fault does not say it.
TAKES: dict[Any, str] = {float: "a number", timedelta: "seconds, or a duration such as P35D"}


class NotShown:
    """Stands for the value of a secret."""

    def __str__(self) -> str:
        return "its value (not shown)"


def sentences(error: ValidationError, settings: type[BaseSettings]) -> Iterator[str]:
    """`NAME: what is wrong, with the value, and what would be accepted`, by the names of environment variables."""
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = settings.model_fields.get(name)
        if field is None:  # of several settings together; its sentences name them
            yield fault["msg"]
        elif fault["type"] == "missing" and len(fault["loc"]) == 1:
            also = f" (or {name.upper()}_FILE)" if is_secret(field) else ""
            yield f"{name.upper()}: it is not set{also}, and there is no default."
        else:
            where = "".join(f" at {part!r}:" for part in fault["loc"][1:])
            yield f"{name.upper()}:{where} {_words(fault, field)}"


def _words(fault: Any, field: FieldInfo) -> str:
    """Ours where a check of ours found it; pydantic's phrases are nobody's words."""
    if fault["type"] in OF_PYDANTIC:
        value = NotShown() if is_secret(field) else fault["input"]
        expected = {str(fault["loc"][-1]): TAKES.get(field.annotation, "")}
        return told([{**fault, "input": value}], expected=expected)[0].detail
    shown = "" if is_secret(field) or isinstance(fault["input"], Fault) else f" (is: {fault['input']!r})"
    return f"{fault['msg']}{shown}"
