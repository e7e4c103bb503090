"""Clipfile beside what one would pick instead, in one run (`make bench`); docs/performance.md has the tables."""
