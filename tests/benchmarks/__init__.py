"""What the plugin costs next to its peers: `python -m tests.benchmarks --help`."""
