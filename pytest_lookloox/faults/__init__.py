"""What can go wrong: the catalogue of faults, what each does, and where they are applied."""
