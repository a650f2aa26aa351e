"""The mapping of the catalogue to BroadWorks services, for the operator to correct."""

from importlib.resources import files


def services_csv() -> str:
    return files(__name__).joinpath("services.csv").read_text("utf-8")
