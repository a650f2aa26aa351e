"""Local copies of the facts that other services publish on compacted topics."""
