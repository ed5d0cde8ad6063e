"""Cassettes: recorded answers, safe to commit, for tests and for comparison with the simulator."""
