"""How far ahead a portal may plan; beyond that a typing error is likelier than a plan.

Years are those of the calendar, and days those of the customer's time zone.
"""

from datetime import date, timedelta, timezone

# Where a day begins first (Pacific/Kiritimati), and last.
EASTERNMOST, WESTERNMOST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
BILLING_YEARS, ACTIVATION_YEARS = 2, 5


def latest_billing_start(today: date) -> date:
    """The last day on which billing may start."""
    return years_after(today, BILLING_YEARS)


def latest_activation(today: date) -> date:
    """The last day on which a service may be activated."""
    return years_after(today, ACTIVATION_YEARS)


def years_after(day: date, years: int) -> date:
    """The same day of a later year; for 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
