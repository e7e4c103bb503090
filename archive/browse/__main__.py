"""Datasette with our pages, also where the package was installed before Datasette could find them by itself."""

from __future__ import annotations

import gc

from datasette.cli import cli
from datasette.plugins import pm

from archive.browse import plugin

if __name__ == "__main__":
    if not pm.is_registered(plugin):
        pm.register(plugin, name="clipfile")
    # What is imported stays; a collection that walks it all makes some reader wait for 70 ms.
    gc.freeze()
    cli()
