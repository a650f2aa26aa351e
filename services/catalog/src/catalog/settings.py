"""The environment of catalog."""

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    sample_prices: bool = False  # load the invented price book: for demonstrations, never where customers are billed
