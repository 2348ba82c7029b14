#!/usr/bin/env python3
"""How long the pages take while 20 people use them at once and the month is run: the 95th percentile of each page, as a
ratio to an almost empty page of the same server.

usage: pages.py DUNWELL [--units N] [--staff N] [--seconds N]

DUNWELL is the program, built for release. The books are `dunwell sample`'s: 36 months of N units.
"""
import argparse
import os
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'Pages'))
import office

EMPTY = '/settings'


def ask(site, pages, seconds, took, faults, seed):
    dice = random.Random(seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        name, path = dice.choice(pages)
        start = time.monotonic()
        try:
            code, _, _ = site.get(path, dice.choice(['manager', 'clerk', 'cashier']))
        except OSError as error:
            code = repr(error)
        took.append((name, time.monotonic() - start))
        if code != 200:
            faults.append((name, code))


def measure(site, pages, staff, seconds):
    took, faults = [], []
    threads = [threading.Thread(target=ask, args=(site, pages, seconds, took, faults, seed)) for seed in range(staff)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, faults


def at(took, name, share):
    all_of_it = sorted(seconds for one, seconds in took if one == name)
    return all_of_it[int(len(all_of_it) * share)] if all_of_it else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=5000)
    parser.add_argument('--staff', type=int, default=20)
    parser.add_argument('--seconds', type=int, default=60)
    options = parser.parse_args()
    site = office.Site(options.dunwell, units=options.units)
    try:
        site.start()
        units = [code for code, in site.rows('SELECT code FROM unit ORDER BY id LIMIT 200')]
        pages = [(EMPTY, EMPTY), ('/', '/'), ('/dashboard', '/dashboard'), ('/units', '/units'),
                 ('/units by debt', '/units?sort=total&falling=1'), ('/payments', '/payments'),
                 ('/services', '/services')] + [('/units/{unit}', f'/units/{code}') for code in units[:40]]
        quiet, faults = measure(site, [(EMPTY, EMPTY)], 1, 3)
        print(f'{EMPTY} alone: median {at(quiet, EMPTY, 0.5) * 1000:.1f} ms')
        environment = dict(os.environ, DUNWELL_DB=site.database)
        run = subprocess.Popen([site.dunwell, 'run', '2027-01', '--as-of', '2027-01-20'], env=environment,
                               stdout=subprocess.DEVNULL)
        took, more = measure(site, pages, options.staff, options.seconds)
        faults += more
        base = at(took, EMPTY, 0.95)
        print(f'{len(took)} pages for {options.staff} at once beside a run ({"ended" if run.poll() == 0 else "at work"}), '
              f'{len(faults)} faults {faults[:3]}')
        print(f'{"page":16} {"count":>6} {"median, ms":>11} {"p95, ms":>9} {"ratio of p95":>13}')
        for name in dict.fromkeys(name for name, _ in pages):
            count = sum(1 for one, _ in took if one == name)
            print(f'{name:16} {count:6} {at(took, name, 0.5) * 1000:11.1f} {at(took, name, 0.95) * 1000:9.1f} '
                  f'{at(took, name, 0.95) / base:13.1f}')
        run.wait()
    finally:
        site.stop()


if __name__ == '__main__':
    main()
