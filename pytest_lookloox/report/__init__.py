"""The report of `--lookloox-report`: what became of each fault in each test, as table or page."""
