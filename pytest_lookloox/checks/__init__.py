"""What is wrong with a test or with a client, although the test passes."""
