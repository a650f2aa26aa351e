"""PostgreSQL, a broker, the BroadWorks simulator and the five services, started, watched and stopped as processes."""
