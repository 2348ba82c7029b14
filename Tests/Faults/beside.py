#!/usr/bin/env python3
"""A run goes on, and beside it staff read and post: nothing fails, and nothing waits long.

usage: beside.py DUNWELL [--units 5000] [--base DATABASE] [--pause SECONDS]

While a month's run works through the units, other processes print `arrears` and post payments, one
after the other, with a pause after each. Every one of them must succeed, and a payment must be posted
before the run has ended; the run's result is that of an undisturbed one, but for what the payments
changed; every payment is in the books once. How long each waited is printed, never asserted. --base: a database with an imported community of that size, made otherwise.
The last line is `N passed, M failed`.
"""
import argparse
import csv
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../templates/notices')
ENVIRONMENT = {**os.environ, 'DUNWELL_LANGUAGE': 'en',
               'DUNWELL_TEMPLATES': os.path.normpath(TEMPLATES)}
WAITED = 'no payment was posted before the run had ended: it kept all others waiting'
TRIES = 5   # a busy machine may let the run go first; a run that keeps others waiting does so every time
RUN = ['run', '2026-11', '--as-of', '2026-11-01']


def call(*command):
    """Its status, what it printed, and the seconds it took."""
    started = time.monotonic()
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr, time.monotonic() - started


def must(*command):
    status, out, error, _ = call(*command)
    if status:
        sys.exit(f'{" ".join(command)}\n{error}')
    return out


def units(dunwell, database):
    rows = csv.DictReader(io.StringIO(must(
        dunwell, 'accounts', '--db', database, '--as-of', '2026-10-31', '--format', 'csv')))
    return [row['unit'] for row in rows]


def beside(dunwell, database, names, pause):
    """Reads and posts in turns until the run has ended."""
    running = threading.Event()
    running.set()
    ended = []

    def run():
        ended.append(call(dunwell, *RUN, '--db', database))
        running.clear()

    thread = threading.Thread(target=run)
    thread.start()
    reads, posts, failures, between = [], [], [], 0
    while running.is_set():
        reference = f'BESIDE-{len(posts)}'
        for times, command in (
                (posts, ['payment', 'add', f'reference={reference}', 'date=2026-10-31',
                         f'unit={names[len(posts) * 37 % len(names)]}', 'amount=0.01',
                         'method=bank']),
                (reads, ['arrears', '--as-of', '2026-10-31', '--format', 'csv'])):
            status, _, error, seconds = call(dunwell, *command, '--db', database)
            times.append(seconds)
            between += times is posts and running.is_set()
            time.sleep(pause)
            if status:
                failures.append(f'{command[0]}: status {status}: {error.strip()}')
    thread.join()
    status, _, error, seconds = ended[0]
    if status:
        failures.append(f'run: status {status}: {error.strip()}')
    if not between:
        failures.append(WAITED)
    return seconds, reads, posts, failures


def figures(name, times):
    times = sorted(times)
    print(f'{name}: {len(times)}; median {statistics.median(times):.2f} s, longest {times[-1]:.2f} s')


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split('\n\n')[1])
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=5000)
    parser.add_argument('--base')
    parser.add_argument('--pause', type=float, default=0.1)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix='dunwell-beside-')
    database, alone = os.path.join(folder, 'a.sqlite'), os.path.join(folder, 'b.sqlite')
    try:
        if options.base:
            shutil.copyfile(options.base, database)
        else:
            community = os.path.join(folder, 'community')
            must(options.dunwell, 'sample', community, '--units', str(options.units))
            must(options.dunwell, 'import', community, '--db', database)
        untouched = os.path.join(folder, 'c.sqlite')
        shutil.copyfile(database, alone)
        shutil.copyfile(database, untouched)
        undisturbed = call(options.dunwell, *RUN, '--db', alone)[3]
        for _ in range(TRIES):
            shutil.copyfile(untouched, database)
            seconds, reads, posts, failures = beside(
                options.dunwell, database, units(options.dunwell, database), options.pause)
            if failures != [WAITED]:
                break
        print(f'run: {seconds:.2f} s, undisturbed {undisturbed:.2f} s')
        figures('arrears beside it', reads)
        figures('payments beside it', posts)
        # Once more adds nothing: the run had reached every unit.
        again = must(options.dunwell, *RUN, '--db', database, '--format', 'json')
        if '"charges_issued": 0' not in again and '"charges_issued":0' not in again:
            failures.append(f'the run had left units out: {again}')
        counts = []
        for each in (alone, database):
            counts.append(must('sqlite3', each, 'SELECT count(*) FROM charge',
                               'SELECT count(*) FROM payment', 'PRAGMA integrity_check').split())
        if counts[1] != [counts[0][0], str(int(counts[0][1]) + len(posts)), 'ok']:
            failures.append(f'charges, payments, soundness: {counts}, {len(posts)} posted')
        for failure in failures:
            print(failure)
        checks = len(reads) + len(posts) + 3
        print(f'{checks - len(failures)} passed, {len(failures)} failed')
        sys.exit(1 if failures else 0)
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
