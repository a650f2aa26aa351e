"""States, countries and time zones as this system is configured: full names only."""

from collections.abc import Mapping

_STATES = """
Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of Columbia, Florida,
Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts,
Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New
York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota,
Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming, American Samoa, Guam,
Northern Mariana Islands, Puerto Rico, Virgin Islands, Alberta, British Columbia, Manitoba, New Brunswick,
Newfoundland and Labrador, Northwest Territories, Nova Scotia, Nunavut, Ontario, Prince Edward Island, Quebec,
Saskatchewan, Yukon
"""
STATES = frozenset(" ".join(name.split()) for name in _STATES.split(","))
COUNTRIES = frozenset({"United States", "United States of America", "Canada", "Mexico", "Belgium", "United Kingdom"})

_ZONES = {
    "America/New_York": "(GMT-05:00) (US) Eastern Time",
    "America/Chicago": "(GMT-06:00) (US) Central Time",
    "America/Denver": "(GMT-07:00) (US) Mountain Time",
    "America/Phoenix": "(GMT-07:00) (US) Arizona",
    "America/Los_Angeles": "(GMT-08:00) (US) Pacific Time",
    "America/Anchorage": "(GMT-09:00) (US) Alaska",
    "Pacific/Honolulu": "(GMT-10:00) (US) Hawaii",
}
DEFAULT_TIME_ZONE = "America/New_York"


def is_known(address: Mapping[str, str]) -> bool:
    state, country = address.get("stateOrProvince"), address.get("country")
    return (state is None or state in STATES) and (country is None or country in COUNTRIES)


def display_name(time_zone: str) -> str:
    return _ZONES.get(time_zone, f"({time_zone})")
