"""`python -m tests.fuzzing [--count N] [--seed N] [TARGET …]`: many random inputs for each parser, and their times."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.fuzzing.targets import TARGETS, Target, make

LONGEST_S = 1.0
"""Of the processor's time for one input; these are a few kilobytes at most."""


def fuzz(name: str, target: Target, count: int, seed: int) -> tuple[int, float]:
    """How many inputs raised what they must not, and the most CPU seconds one took; both are told on stderr."""
    moments = random.Random(f"{name} {seed}")
    faults, longest_s = 0, 0.0
    for _ in range(count):
        case = make(target, moments)
        began_s = time.thread_time()
        try:
            target.read(case)
        except Exception as error:
            faults += 1
            sys.stderr.write(f"{name}: {type(error).__name__}: {error}: {case!r}\n"[:2000])
        took_s = time.thread_time() - began_s
        if took_s > LONGEST_S:
            sys.stderr.write(f"{name}: {took_s:.1f} s: {case!r}\n"[:2000])
        longest_s = max(longest_s, took_s)
    return faults, longest_s


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all of them unless named")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    failed = 0
    print(f"seed {chosen.seed}")  # noqa: T201
    for name in chosen.targets or TARGETS:
        faults, longest_s = fuzz(name, TARGETS[name], chosen.count, chosen.seed)
        failed += faults > 0 or longest_s > LONGEST_S
        print(f"{name:10} {chosen.count:>9,} cases  {faults} exceptions  longest {longest_s * 1000:.1f} ms", flush=True)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
