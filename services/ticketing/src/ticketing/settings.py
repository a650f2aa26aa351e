"""The environment of ticketing."""

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing of its own yet: tickets are worked over our own HTTP."""
