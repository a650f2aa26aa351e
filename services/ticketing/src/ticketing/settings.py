"""The environment of ticketing."""

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing of its own yet: tickets are worked over our own HTTP."""
