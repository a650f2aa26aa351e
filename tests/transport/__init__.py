"""Kafka, PostgreSQL and BroadWorks behind TLS and passwords."""
