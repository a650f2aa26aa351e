"""Importing this module registers every message; `MESSAGES` maps CloudEvents types to models."""

from contracts import broadsoft, catalog, errors, numbers, orders, partners, tickets, unsendable
from contracts.message import MESSAGES

MODULES = (orders, catalog, numbers, broadsoft, tickets, partners, errors, unsendable)

__all__ = ["MESSAGES", "MODULES"]
