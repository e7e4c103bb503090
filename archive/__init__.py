"""Clipfile's archive: what serves any collection of press articles, with or without the crawler that filled it."""
