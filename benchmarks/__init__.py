"""Clipfile beside what one would pick instead, in one run: `python -m benchmarks` (docs/performance.md has the tables)."""
