"""A suite for any running website: `pytest --pyargs pytest_lookloox.conformance`."""
