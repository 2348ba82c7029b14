#!/usr/bin/env python3
"""Compares a dunwell binary with the independent oracle, over random communities.

usage: check_oracle.py DUNWELL [--communities 200] [--late-fees 100000] [--seed 1] [--jobs 2]
       check_oracle.py DUNWELL --only-seed N | --only-flat N

The binary is driven through its command line alone (SPEC 10): import, run, arrears, accounts.
Small communities (generate.make) are compared in every figure after every step; at the end the
last run and the import are repeated, which may change nothing. Flat communities of 1,000 charges
(generate.make_flat) are compared in their `arrears` until that many rows with a late fee were
compared. A failing folder is kept and named. Before that the oracle proves itself by its
self-test, and by the worked cases where they are at hand (--cases DIR). The last line is
`N passed, M failed`, over communities and late-fee rows; status 1 on any failure.
"""
import argparse
import csv
import io
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import generate  # noqa: E402
import oracle  # noqa: E402

SHOWN = 3                # differences shown of one step
COMMUNITIES_SHOWN = 10   # failing communities shown in full
FLAT_UNITS = 1000
NOTHING_DONE = ('charges_issued', 'bills', 'emails_queued', 'letters', 'phone_tasks')
FEE = oracle.ARREARS.index('late_fee_gross')
KEYS = {'arrears': 4, 'accounts': 2}


class Different(Exception):
    """The binary gave something else than the oracle, or ended badly."""


class Outcome:
    """What came of one community; small enough to hand from process to process."""

    def __init__(self, label, seed):
        self.label, self.seed, self.failure, self.folder = label, seed, None, None
        self.rows, self.late_fees, self.bad_rows, self.runs = 0, 0, 0, 0
        self.oracle_seconds = 0.0


class Driver:
    """One community in a temporary folder: the binary beside the oracle's books."""

    def __init__(self, exe, plan, outcome, whats=('arrears', 'accounts')):
        self.exe, self.plan, self.outcome, self.whats = exe, plan, outcome, whats
        self.db = os.path.join(os.path.dirname(plan.folder), 'books.sqlite')
        self.books, self.as_ofs = oracle.Books(), set()

    def call(self, *arguments):
        done = subprocess.run([self.exe, *arguments, '--db', self.db], capture_output=True,
                              timeout=600, check=False)
        if done.returncode != 0:
            said = done.stderr.decode(errors='replace').strip()[-600:]
            raise Different(f"`dunwell {' '.join(arguments)}` ended with {done.returncode}: {said}")
        return done.stdout.decode('utf-8-sig')

    def ask(self, work, *arguments):
        """The oracle's answer, with its time noted."""
        start = time.perf_counter()
        try:
            return work(*arguments)
        finally:
            self.outcome.oracle_seconds += time.perf_counter() - start

    def import_folder(self, name):
        folder = os.path.normpath(os.path.join(self.plan.folder, name))
        self.ask(self.books.import_folder, folder)
        self.call('import', folder)

    def run(self, period, as_of):
        """Compares all counts; `held` only in the first run as of a T.

        SPEC 7 does not say whether a hold still "stops" a notice of an account that has one
        for T already.
        """
        want = self.ask(self.books.run, period, as_of)
        got = json.loads(self.call('run', period, '--as-of', as_of, '--format', 'json'))
        self.outcome.runs += 1
        found = []
        for key, value in want.items():
            given = got.get(key)
            if isinstance(value, dict):
                given = {each: (given or {}).get(each) for each in value}
            if given != value and not (key == 'held' and as_of in self.as_ofs):
                found.append(f'{key}: dunwell {given}, oracle {value}')
        self.as_ofs.add(as_of)
        if found:
            raise Different('; '.join(found))
        return got

    def view(self, as_of):
        found = []
        for what in self.whats:
            found += self.compare(what, as_of)
        if found:
            rest = [f'... and {len(found) - SHOWN} more rows'] if len(found) > SHOWN else []
            raise Different('\n    '.join(found[:SHOWN] + rest))

    def rows(self, what, as_of):
        text = self.call(what, '--as-of', as_of, '--format', 'csv')
        return list(csv.reader(io.StringIO(text.replace('\r\n', '\n'))))

    def compare(self, what, as_of):
        """Every row of a view, by its key; then the order of the rows."""
        work, head = {'arrears': (self.books.arrears, oracle.ARREARS),
                      'accounts': (self.books.accounts_at, oracle.ACCOUNTS)}[what]
        want, (header, *got) = self.ask(work, as_of), self.rows(what, as_of) or [[]]
        if header != head:
            return [f'{what} as of {as_of}: header is {header}']
        found = row_differences(f'{what} as of {as_of}', head, got, want, KEYS[what])
        if not found and got != want:
            found = [f'{what} as of {as_of}: the right rows in another order']
        if what == 'arrears':
            self.outcome.rows += len(want)
            self.outcome.late_fees += sum(row[FEE] != '0.00' for row in want)
            self.outcome.bad_rows += len(found)
        return found

    def step(self, words):
        work = {'import': self.import_folder, 'run': self.run, 'as-of': self.view}[words[0]]
        try:
            return work(*words[1:])
        except Different as difference:
            raise Different(f"step `{' '.join(words)}`:\n    {difference}") from None

    def carry_out(self):
        self.step(['import', '.'])
        for words in self.plan.steps:
            self.step(words)
        self.repeat()

    def repeat(self):
        """The last run and the imports again: nothing may change (SPEC 7, 9)."""
        acts = [step for step in self.plan.steps if step[0] != 'as-of']
        days = [step[1] for step in self.plan.steps if step[0] == 'as-of']
        last_run = next((act for act in reversed(acts) if act[0] == 'run'), None)
        if last_run:
            done = self.step(last_run)
            idle = not any(done[key] for key in NOTHING_DONE) and not any(
                done['notices'].values())
            if acts[-1] is last_run and not idle:
                raise Different(f'the last run again was not idle: {done}')
        before = [self.rows(what, days[-1]) for what in self.whats]
        for name in self.plan.repeat:
            self.call('import', os.path.normpath(os.path.join(self.plan.folder, name)))
            if [self.rows(what, days[-1]) for what in self.whats] != before:
                raise Different(f'the import of {name} again changed the books')
        self.view(days[-1])


def keyed(rows, width):
    """Rows by their key; an account's key may come twice, so they are counted."""
    found = {}
    for row in rows:
        key, count = tuple(row[:width]), 0
        while (key, count) in found:
            count += 1
        found[key, count] = row
    return found


def row_differences(name, head, got, want, width):
    """One line for each row that is missing, too many, or has other values."""
    have, should, lines = keyed(got, width), keyed(want, width), []
    for key in sorted(set(have) | set(should)):
        title = f'{name}, row {" ".join(key[0])}'
        if key not in have:
            lines.append(f'{title}: dunwell has none, oracle {",".join(should[key])}')
        elif key not in should:
            lines.append(f'{title}: dunwell {",".join(have[key])}, oracle has none')
        elif have[key] != should[key]:
            cells = [f'{column}: dunwell {g}, oracle {w}'
                     for column, g, w in zip(head, have[key], should[key]) if g != w]
            lines.append(f'{title}: ' + '; '.join(cells or ['another number of columns']))
    return lines


def check_one(task):
    """Generates, drives and compares one community, small or flat."""
    exe, label, seed = task
    outcome = Outcome(label, seed)
    root = tempfile.mkdtemp(prefix=f'dunwell-oracle-{label}-{seed}-')
    folder = os.path.join(root, 'case')
    start = time.perf_counter()
    try:
        if label == 'flat':
            plan, whats = generate.make_flat(seed, folder, FLAT_UNITS), ('arrears',)
        else:
            plan, whats = generate.make(seed, folder), ('arrears', 'accounts')
        outcome.oracle_seconds = time.perf_counter() - start
        Driver(exe, plan, outcome, whats).carry_out()
        shutil.rmtree(root)
    except (Different, subprocess.TimeoutExpired, ValueError, OSError) as failure:
        outcome.failure, outcome.folder = str(failure) or repr(failure), folder
        if os.path.isdir(folder):
            with open(os.path.join(root, 'steps'), 'w', encoding='utf-8') as file:
                file.writelines(' '.join(step) + '\n' for step in plan.steps)
    return outcome


def prove_oracle(cases):
    """The self-test, and the worked cases where they are at hand."""
    good = oracle.self_test()
    if cases and os.path.isdir(cases):
        folders = [os.path.join(cases, name) for name in sorted(os.listdir(cases))]
        good = oracle.main([each for each in folders if os.path.isdir(each)]) and good
    if not good:
        sys.exit('the oracle does not agree with SPEC.md: nothing was compared')


class Tally:
    def __init__(self):
        self.good, self.bad, self.late_fees, self.bad_rows, self.shown = 0, 0, 0, 0, 0
        self.rows, self.runs, self.seconds = 0, 0, 0.0

    def take(self, outcome):
        self.seconds += outcome.oracle_seconds
        self.runs += outcome.runs
        if outcome.label == 'flat':
            self.late_fees += outcome.late_fees
            # A command that failed, with no row to show for it, is a failure as well.
            self.bad_rows += max(outcome.bad_rows, 1) if outcome.failure else 0
        else:
            self.rows += outcome.rows
            self.good += outcome.failure is None
            self.bad += outcome.failure is not None
        if outcome.failure:
            self.show(outcome)

    def show(self, outcome):
        self.shown += 1
        option = '--only-flat' if outcome.label == 'flat' else '--only-seed'
        print(f'FAILED  {outcome.label} {outcome.seed}: kept in {outcome.folder}; '
              f'again with {option} {outcome.seed}', flush=True)
        if self.shown <= COMMUNITIES_SHOWN:
            print(f'    {outcome.failure}', flush=True)

    def close(self):
        late = max(0, self.late_fees - self.bad_rows)
        print(f'{self.good + self.bad} communities: {self.runs} runs and {self.rows} rows of '
              f'arrears compared; flat communities: {self.late_fees} rows with a late fee '
              f"compared; {self.seconds:.0f} s of the oracle's own work")
        print(f'{self.good + late} passed, {self.bad + self.bad_rows} failed')
        return self.bad + self.bad_rows == 0


def check_all(options, pool):
    tally, exe = Tally(), os.path.abspath(options.dunwell)
    tasks = [(exe, 'community', options.seed + i) for i in range(options.communities)]
    for outcome in pool.imap(check_one, tasks):
        tally.take(outcome)
    seed, wanted = options.seed, options.late_fees
    while tally.late_fees < wanted and tally.bad_rows == 0:
        # Two to three late fees a unit come of one flat community: more follow until enough.
        count = max(options.jobs, (wanted - tally.late_fees) // (3 * FLAT_UNITS))
        for outcome in pool.imap(check_one, [(exe, 'flat', seed + i) for i in range(count)]):
            tally.take(outcome)
        seed += count
    return tally


def check_only(options):
    tally, exe = Tally(), os.path.abspath(options.dunwell)
    if options.only_seed is not None:
        tally.take(check_one((exe, 'community', options.only_seed)))
    if options.only_flat is not None:
        tally.take(check_one((exe, 'flat', options.only_flat)))
    return tally


def read_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('dunwell')
    parser.add_argument('--communities', type=int, default=200)
    parser.add_argument('--late-fees', type=int, default=100_000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--only-seed', type=int)
    parser.add_argument('--only-flat', type=int)
    parser.add_argument('--cases', default='', help='worked cases, if at hand')
    return parser.parse_args()


def main():
    options = read_options()
    prove_oracle(options.cases)
    if options.only_seed is not None or options.only_flat is not None:
        tally = check_only(options)
    else:
        with multiprocessing.Pool(options.jobs) as pool:
            tally = check_all(options, pool)
    sys.exit(0 if tally.close() else 1)


if __name__ == '__main__':
    main()
