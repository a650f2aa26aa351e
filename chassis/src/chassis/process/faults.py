"""What is wrong with the settings, one sentence a fault; values of secrets are never in them."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from chassis.runtime.secrets import Fault, is_secret


def sentences(error: ValidationError, settings: type[BaseSettings]) -> Iterator[str]:
    """`NAME: what is wrong (is: the value)`, by the names of environment variables."""
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = settings.model_fields.get(name)
        if field is None:  # of several settings together; its sentences name them
            yield fault["msg"]
        elif fault["type"] == "missing":
            also = f" (or {name.upper()}_FILE)" if is_secret(field) else ""
            yield f"{name.upper()}: it is not set{also}, and there is no default."
        elif is_secret(field) or isinstance(fault["input"], Fault):
            yield f"{name.upper()}: {fault['msg']}"
        else:
            yield f"{name.upper()}: {fault['msg']} (is: {fault['input']!r})"
