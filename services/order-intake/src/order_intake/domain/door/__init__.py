"""The door: what a portal sends becomes an order form, or faults; by HTTP and by Kafka alike."""
