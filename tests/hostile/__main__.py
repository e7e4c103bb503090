"""`python -m tests.hostile [PORT]`: the hostile blog on loopback, for any crawler to be tried on."""

from __future__ import annotations

import sys

from tests.hostile.blog import HostileBlog
from tests.hostile.server import Canary, serving

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8666
    with Canary() as canary, serving(HostileBlog(canary.port, port)) as blog:
        print(f"{blog.origin}/blog/, canary on port {canary.port}; Ctrl-C ends it", flush=True)  # noqa: T201
        try:
            blog.closing.wait()
        except KeyboardInterrupt:
            print(f"\n{len(blog.requests):,} requests; the canary was visited {len(canary.visitors):,} times")  # noqa: T201
