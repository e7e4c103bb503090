"""Every parser under inputs nobody thought of: `python -m tests.fuzzing --count 100000`."""
