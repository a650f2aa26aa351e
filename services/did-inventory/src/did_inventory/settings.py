"""The environment of did-inventory."""

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    allow_fiction: bool = False  # 555-01XX numbers: for demonstrations and tests only
