"""The rules of packages, prices and charges: pure functions of plain values, no I/O, no clock."""
