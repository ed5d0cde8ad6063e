"""The commands of `python -m pytest_lookloox`, one module each."""
