"""The environment of did-inventory."""

from pydantic import Field

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    http_import_bytes: int = Field(default=64 << 20, ge=1, description="largest body of an import of stock by lines")
    allow_fiction: bool = False  # 555-01XX numbers: for demonstrations and tests only
