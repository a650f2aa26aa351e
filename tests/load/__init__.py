"""Load: what the stack does per second on this machine, beside a floor and a peer from the same run."""
