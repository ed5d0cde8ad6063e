"""Cassettes: recorded answers, safe to commit, replayed in tests, and compared with the simulator."""
