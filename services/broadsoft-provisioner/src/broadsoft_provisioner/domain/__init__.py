"""What to do in BroadWorks and in which order: pure, no I/O."""
