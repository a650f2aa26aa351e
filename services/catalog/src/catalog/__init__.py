"""catalog: prices orders and starts their billing."""
