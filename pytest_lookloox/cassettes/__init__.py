"""Recorded answers: their file format, how they are recorded, scrubbed, played and verified."""
