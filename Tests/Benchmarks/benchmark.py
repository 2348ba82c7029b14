#!/usr/bin/env python3
"""Times dunwell's import and run beside a C program that makes the same calls to SQLite.

usage: benchmark.py BINARY [--units N ...] [--pairs N] [--folder DIR]

For each size, an invented community is imported and its month run, once under record.c, which
writes down every call to SQLite. Then dunwell and replay.c, which makes those calls again and does
nothing else, take turns on fresh copies. Both must leave the same database, byte for byte.

Printed for each act: the medians of wall time, CPU time and memory, the median of the pairs' ratios
(dunwell over C), and the time a unit takes, which should not grow with the units. Nothing is
asserted of times. Use a release build and an idle machine.
"""
import argparse
import filecmp
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
RUN = ["run", "2026-11", "--as-of", "2026-11-01"]


class Measured:
    """One process: seconds of wall and CPU time, peak memory in MB."""

    def __init__(self, command, environment=None):
        started = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, "DUNWELL_LANGUAGE": "en", **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command[0]} ended with {process.returncode}: {' '.join(map(str, command))}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def built(folder):
    """The recorder and the C program."""
    record, replay = folder / "record.so", folder / "replay"
    compiler = ["cc", "-O2", "-Wall"]
    subprocess.run([*compiler, "-shared", "-fPIC", "-o", record, HERE / "record.c"], check=True)
    subprocess.run([*compiler, "-o", replay, HERE / "replay.c", "-lsqlite3"], check=True)
    return record, replay


def fresh(database, base):
    database.unlink(missing_ok=True)
    pathlib.Path(f"{database}-journal").unlink(missing_ok=True)
    if base:
        shutil.copyfile(base, database)


def measure(act, command, base, folder, tools, pairs):
    """Records the act once, then lets both programs take turns."""
    record, replay = tools
    ours, theirs, log = folder / "ours.db", folder / "theirs.db", folder / "calls.log"
    fresh(ours, base)
    Measured(command(ours), {"LD_PRELOAD": str(record), "SQLITE_CALLS": str(log)})
    recorded = folder / f"{act}.db"
    shutil.move(ours, recorded)
    results = []
    for _ in range(pairs):
        fresh(ours, base)
        swift = Measured(command(ours))
        fresh(theirs, base)
        c = Measured([replay, log, theirs])
        results.append((swift, c))
    if not filecmp.cmp(recorded, theirs, shallow=False):
        sys.exit(f"{act}: the C program left another database than the recorded one")
    log.unlink()
    return recorded, results


def median(results, figure):
    return statistics.median(figure(*pair) for pair in results)


def row(units, act, results):
    wall, cpu = median(results, lambda a, _: a.wall), median(results, lambda a, _: a.cpu)
    cells = [
        f"{units:>9,}",
        f"{act:<6}",
        f"{wall:8.2f}",
        f"{median(results, lambda _, b: b.wall):8.2f}",
        f"{median(results, lambda a, b: a.wall / b.wall):6.2f}",
        f"{cpu:8.2f}",
        f"{median(results, lambda _, b: b.cpu):8.2f}",
        f"{median(results, lambda a, b: a.cpu / b.cpu):6.2f}",
        f"{cpu / units * 1e6:8.0f}",
        f"{median(results, lambda a, _: a.memory):6.0f}",
        f"{median(results, lambda _, b: b.memory):6.0f}",
    ]
    print(" ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--units", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    dunwell = options.binary.resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dunwell-benchmark-", dir=options.folder))
    try:
        tools = built(folder)
        print("    units act    wall: s        C  ratio   CPU: s        C  ratio us/unit     MB   C MB")
        for units in options.units:
            community = folder / f"community-{units}"
            Measured([dunwell, "sample", community, "--units", str(units)])
            base, results = measure(
                "import", lambda db: [dunwell, "import", community, "--db", db], None, folder,
                tools, options.pairs)
            row(units, "import", results)
            _, results = measure(
                "run", lambda db: [dunwell, *RUN, "--db", db], base, folder, tools, options.pairs)
            row(units, "run", results)
            shutil.rmtree(community)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
