"""Builds groups in BroadWorks and takes them back, effect by effect."""
