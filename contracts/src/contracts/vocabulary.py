"""Importing this module registers every message; `MESSAGES` maps CloudEvents types to models."""

from contracts import broadsoft, catalog, errors, numbers, orders, tickets
from contracts.message import MESSAGES

MODULES = (orders, catalog, numbers, broadsoft, tickets, errors)

__all__ = ["MESSAGES", "MODULES"]
