#!/usr/bin/env python3
"""How long the pages take while 20 people use them at once and the month is run: the 95th percentile of each page, as a
ratio to an almost empty page of the same server, and how large each page is.

usage: pages.py DUNWELL [--units N] [--staff N] [--seconds N] [--pause S] [--books DATABASE]

DUNWELL is the program, built for release. The books are `dunwell sample`'s: 36 months of N units, with two months run;
--books: such books, made before, of which a copy is used. Each person opens a page, reads it for a while (--pause on
the average) and opens the next; one in thirty records a payment in place of it. First nobody runs anything; then one
month after another is run, so that a run is always under way. Nothing is asserted.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'Pages'))
import office  # noqa: E402

EMPTY = '/settings'
PAYMENT = 'POST payment'
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Loaded(office.Site):
    """Many units, and nothing that pages alone can show."""

    def __init__(self, dunwell, units, books=None):
        self.books = books
        super().__init__(dunwell, units=units)

    def _fill(self, units, seed):
        if self.books:
            shutil.copyfile(self.books, self.database)
        else:
            sample = os.path.join(self.folder, 'sample')
            self.run('sample', sample, '--units', str(units), '--seed', str(seed))
            self.run('import', sample)
            self.run('user', 'add', office.NAMES['manager'], '--role', 'manager')
            for role in office.ROLES[1:]:
                self.run('user', 'add', office.NAMES[role], '--role', role, '--by', office.NAMES['manager'])
            for month, day in (('2026-11', '2026-11-20'), ('2026-12', '2026-12-20')):
                self.run('run', month, '--as-of', day, '--by', office.NAMES['clerk'])
        self._let_in()


class Staff:
    """People at work, and how long they waited."""

    def __init__(self, site, pages, units, pause):
        self.site, self.pages, self.units, self.pause = site, pages, units, pause
        self.took, self.faults, self.sizes = [], [], {}

    def work(self, people, seconds):
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._person, args=(seed, until)) for seed in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _person(self, seed, until):
        dice = random.Random(seed)
        time.sleep(dice.uniform(0, self.pause))
        while time.monotonic() < until:
            if len(self.pages) > 1 and dice.random() < 1 / 30:
                self._pay(dice)
            else:
                name, path = dice.choice(self.pages)
                self._timed(name, lambda: self.site.get(path, 'manager'), (200,))
            time.sleep(dice.expovariate(1 / self.pause) if self.pause else 0)

    def _pay(self, dice):
        path = f'/units/{dice.choice(self.units)}/payment'
        page = self._timed('/units/{unit}/payment', lambda: self.site.get(path, 'cashier'), (200,))
        if page:
            fields = dict(HIDDEN.findall(page.decode()))
            fields.update(amount='1.00', method='wechat', date=office.TODAY, payer='', note='')
            self._timed(PAYMENT, lambda: self.site.post(path, fields, 'cashier'), (303,))

    def _timed(self, name, ask, wanted):
        start = time.monotonic()
        try:
            code, _, body = ask()
        except OSError as error:
            code, body = repr(error), b''
        self.took.append((name, time.monotonic() - start))
        self.sizes[name] = max(len(body), self.sizes.get(name, 0))
        if code in wanted:
            return body
        self.faults.append((name, code))
        return None


def at(took, name, share):
    all_of_it = sorted(seconds for one, seconds in took if one == name)
    return all_of_it[int(len(all_of_it) * share)] if all_of_it else 0


def show(staff):
    base = at(staff.took, EMPTY, 0.95)
    print(f'{len(staff.took)} pages, {len(staff.faults)} faults {staff.faults[:3]}; load average '
          f'{os.getloadavg()[0]:.1f}')
    print(f'{"page":24} {"count":>6} {"median, ms":>11} {"p95, ms":>9} {"longest":>9} {"ratio of p95":>13} {"KB":>6}')
    for name in sorted({name for name, _ in staff.took}, key=lambda name: -at(staff.took, name, 0.95)):
        count = sum(1 for one, _ in staff.took if one == name)
        print(f'{name:24} {count:6} {at(staff.took, name, 0.5) * 1000:11.1f} {at(staff.took, name, 0.95) * 1000:9.1f} '
              f'{at(staff.took, name, 1 - 1e-9) * 1000:9.1f} {at(staff.took, name, 0.95) / base:13.1f} '
              f'{staff.sizes[name] / 1000:6.0f}', flush=True)


def run_months(site, is_over, ended):
    """One run after the other: each gives notices as of another day."""
    environment = dict(os.environ, DUNWELL_DB=site.database)
    for month in (f'{year}-{number:02}' for year in range(2027, 2040) for number in range(1, 13)):
        if is_over.is_set():
            return
        start = time.monotonic()
        done = subprocess.run([site.dunwell, 'run', month, '--as-of', f'{month}-20'], env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        ended.append((done.returncode, time.monotonic() - start))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=5000)
    parser.add_argument('--staff', type=int, default=20)
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--pause', type=float, default=2)
    parser.add_argument('--books')
    options = parser.parse_args()
    site = Loaded(options.dunwell, options.units, options.books)
    try:
        site.start()
        units = [code for code, in site.rows('SELECT code FROM unit ORDER BY id LIMIT 200')]
        pages = [(path, path) for path in (
            EMPTY, EMPTY, '/', '/dashboard', '/units', '/units?sort=total&falling=1', '/units?page=50', '/charges',
            '/payments', '/payments?from=2024-01-01', '/services', '/services?gap=all', '/services/visits', '/audit',
            '/users', '/scans', '/hardship', '/me')]
        pages += [('/units/{unit}', f'/units/{code}') for code in units[:10]]
        alone = Staff(site, [(EMPTY, EMPTY)], units, 0)
        alone.work(1, 3)
        print(f'{EMPTY} alone: median {at(alone.took, EMPTY, 0.5) * 1000:.1f} ms', flush=True)
        print(f'\n{options.staff} people, nothing is run:')
        quiet = Staff(site, pages, units, options.pause)
        quiet.work(options.staff, options.seconds / 2)
        show(quiet)
        is_over, ended = threading.Event(), []
        runs = threading.Thread(target=run_months, args=(site, is_over, ended))
        runs.start()
        beside = Staff(site, pages, units, options.pause)
        beside.work(options.staff, options.seconds)
        is_over.set()
        print(f'\n{options.staff} people beside runs, of which {len(ended)} ended, '
              f'{sum(1 for code, _ in ended if code)} with a fault; the longest took '
              f'{max((seconds for _, seconds in ended), default=0):.1f} s:')
        show(beside)
        runs.join()
    finally:
        site.stop()


if __name__ == '__main__':
    main()
