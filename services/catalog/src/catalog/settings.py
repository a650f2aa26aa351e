"""The environment of catalog."""

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    sample_prices: bool = True  # load the invented price book: off where real customers are billed
