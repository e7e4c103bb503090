"""The commands that fetch or read a blog's pages. `archive.cli` finds them by name."""
