"""Texts that people type: what none of them may contain."""

import re

# Tab, newline and carriage return are fine; PostgreSQL keeps no NUL, and no ticket wants the rest.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
