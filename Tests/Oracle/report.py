#!/usr/bin/env python3
"""The month's report against sums that share nothing with it.

usage: report.py DUNWELL [--communities 40] [--seed 1] [--only-seed N]

Random communities (generate.make) are imported and run. Then, for several months, every figure of
`report --format json` is compared with three others: the oracle's own books (oracle.Books), the
differences of `accounts` between two evenings and the rows of `arrears` as CSV, and the payments of
the exported community folder. Promises, contacts and complaints are written into the database and
judged here once more. Afterwards payments and charges are reversed, and the comparison with the
views is made again. Every line of every report, in all and by group, must be the sum of the rows
that `--list` gives for it. The last line is `N passed, M failed`, over figures; status 1 on any
failure.
"""
import argparse
import csv
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import check_oracle  # noqa: E402
import generate  # noqa: E402
import oracle  # noqa: E402
from oracle import day_text, fen, first_day, last_day, period_text  # noqa: E402

AGES = [(30, '1-30'), (60, '31-60'), (90, '61-90'), (180, '91-180'), (365, '181-365')]
GROUP_COLUMNS = {'month': None, 'period': 'period', 'building': 'building', 'age': 'age',
                 'way': 'way', 'staff': 'staff'}
SHOWN = 20
EPOCH = oracle.day_of('1970-01-01')   # from which the database counts its days


class Tally:
    def __init__(self):
        self.good, self.bad = 0, 0

    def expect(self, what, got, want):
        if got == want:
            self.good += 1
            return
        self.bad += 1
        if self.bad <= SHOWN:
            print(f'FAILED  {what}: dunwell {got}, here {want}', flush=True)


def age_of(days):
    return next((name for most, name in AGES if days <= most), '366+')


class Office:
    """One community: the binary, the oracle's books, and what was written beside them."""

    def __init__(self, exe, seed, root, tally):
        self.seed, self.tally, self.rng = seed, tally, random.Random(seed * 7919 + 1)
        plan = generate.make(seed, os.path.join(root, 'case'))
        self.driver = check_oracle.Driver(exe, plan, check_oracle.Outcome('report', seed), ())
        self.driver.import_folder('.')
        for words in plan.steps:
            if words[0] != 'as-of':
                self.driver.step(words)
        self.books = self.driver.books
        periods = {charge.period for charge in self.books.charges.values()}
        last = max(periods) + 1
        self.months = [last - i for i in range(min(5, last - min(periods) + 1))]

    def rows(self, *words):
        text = self.driver.call(*words, '--format', 'csv')
        return list(csv.DictReader(io.StringIO(text)))

    def report(self, month, last):
        text = self.driver.call('report', period_text(month), '--as-of', day_text(last),
                                '--format', 'json')
        return json.loads(text)

    def compare(self, what, lines, part, wanted):
        """Amounts in fen by (group, figure); figures that are 0 may have no line."""
        have = {(line['group'], line['figure']): fen(line['amount'])
                for line in lines if line['part'] == part and line['amount'] is not None}
        for key, amount in sorted(wanted.items()):
            self.tally.expect(f'{self.seed} {what} {part} {key}', have.get(key, 0), amount)


# What the oracle's books say

def month_of_books(books, month, end):
    """{part: {(group, figure): fen}}"""
    start = first_day(month)
    sums = {'month': {}, 'building': {}, 'period': {}, 'age': {}}

    def add(figure, amount, building, part=None, group=None):
        for name, key in [('month', ''), ('building', building), (part, group)]:
            if name and not (name == 'building' and figure.startswith('period_')):
                sums[name][key, figure] = sums[name].get((key, figure), 0) + amount

    def within(moves):
        return sum(move[1] for move in moves if start <= move[0] <= end)

    for account in books.accounts.values():
        building = books.units[account.unit]['building']
        add('collected', within(account.received), building)
        add('credit_change', within(account.credit_moves), building)
        for charge in account.charges:
            if charge.issued <= end:
                of_charge(add, within, charge, building, books, month, end)
    return sums


def of_charge(add, within, charge, building, books, month, end):
    evening = first_day(month) - 1
    was = charge.issued <= evening
    conceded, opened = charge.conceded_at(end), charge.open_at(end)
    before = charge.conceded_at(evening) if was else 0
    add('charged', 0 if was else charge.amount, building)
    add('conceded', conceded - before, building)
    accrued = oracle.gross(charge, end, books.policy)
    earlier = oracle.gross(charge, evening, books.policy) if was else 0
    add('late_fee_accrued', accrued - earlier, building)
    add('late_fee_waived', within(charge.waived), building)
    add('late_fee_collected', within(charge.fee_paid), building)
    current = charge.period == month
    add('current_collected' if current else 'arrears_collected', within(charge.principal), building)
    if current:
        add('current_due', charge.amount - conceded, building)
    elif was:
        add('arrears_due', charge.open_at(evening), building)
    if charge.period > month - 12:
        name = period_text(charge.period)
        add('period_due', charge.amount - conceded, building, 'period', name)
        add('period_collected', charge.amount - conceded - opened, building, 'period', name)
    if charge.due < end and opened:
        add('overdue', opened, building, 'age', age_of(end - charge.due))


# What the views say

def total(rows, column):
    return sum(fen(row[column]) for row in rows)


def late_fee_gross(rows):
    """By the identity of SPEC 10, where no late fee is paid in excess."""
    parts = ['principal_open', 'late_fee_open', 'conceded', 'waived', 'paid']
    return (sum(total(rows, part) for part in parts) - total(rows, 'charged')
            - total(rows, 'credit'))


def has_excess(books, *days):
    """Whether more was paid and waived on a late fee than there is on one of the days."""
    return any(charge.fee_paid_at(day) + charge.waived_at(day)
               > oracle.gross(charge, day, books.policy)
               for charge in books.charges.values() for day in days if charge.issued <= day)


def compare_views(office, month, end, lines, accrued=True):
    evening = day_text(first_day(month) - 1)
    before, after = (office.rows('accounts', '--as-of', day)
                     for day in (evening, day_text(end)))
    wanted = {('', figure): total(after, column) - total(before, column)
              for figure, column in [('charged', 'charged'), ('conceded', 'conceded'),
                                     ('collected', 'paid'), ('late_fee_waived', 'waived'),
                                     ('credit_change', 'credit')]}
    if accrued and not has_excess(office.books, first_day(month) - 1, end):
        wanted['', 'late_fee_accrued'] = late_fee_gross(after) - late_fee_gross(before)
    arrears = office.rows('arrears', '--as-of', day_text(end))
    overdue = [row for row in arrears if int(row['days_overdue']) > 0]
    wanted['', 'overdue'] = total(overdue, 'principal_open')
    office.compare(f'views {period_text(month)}', lines, 'month', wanted)
    ages = {}
    for row in overdue:
        key = age_of(int(row['days_overdue'])), 'overdue'
        ages[key] = ages.get(key, 0) + fen(row['principal_open'])
    office.compare(f'views {period_text(month)}', lines, 'age', ages)
    have = {line['figure']: fen(line['amount'] or '0') for line in lines if line['part'] == 'month'}
    split = sum(have[name] for name in ('current_collected', 'arrears_collected',
                                        'late_fee_collected', 'credit_change'))
    office.tally.expect(f'{office.seed} {period_text(month)} split', split, have['collected'])


def compare_folder(office, root):
    """Payments of the exported folder, by month of their value date."""
    folder = os.path.join(root, 'export')
    office.driver.call('export', folder)
    with open(os.path.join(folder, 'payments.csv'), encoding='utf-8-sig', newline='') as file:
        payments = list(csv.DictReader(file))
    for month in office.months:
        name = period_text(month)
        paid = [row for row in payments if row['date'].startswith(name)]
        lines = office.report(month, last_day(month))
        office.compare(f'folder {name}', lines, 'month', {('', 'collected'): total(paid, 'amount')})
        ways = {}
        for row in paid:
            key = row['method'], 'collected'
            ways[key] = ways.get(key, 0) + fen(row['amount'])
        office.compare(f'folder {name}', lines, 'way', ways)


# Promises, contacts, complaints

def write_casework(office):
    """Rows as the acts write them; what the report must say of them is counted from this list."""
    rng, days = office.rng, (first_day(min(office.months)) - 40, last_day(max(office.months)))
    made = {'promise': [], 'contact': [], 'complaint': [], 'answer': []}
    with sqlite3.connect(office.driver.db) as db:
        accounts = db.execute('SELECT account.id, unit, community FROM account').fetchall()
        act = db.execute('SELECT max(id) FROM act').fetchone()[0]
        for account, unit, community in accounts:
            for _ in range(rng.choice([0, 1, 1, 2])):
                day = rng.randint(*days)
                row = (account, rng.choice([100, 5_000, 30_000, 90_000]), day,
                       day + rng.choice([0, 3, 10, 31]), rng.choice(['王芳', 'Li']))
                db.execute('INSERT INTO promise (community, unit, account, amount, day, until, written, '
                           'staff, act) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)',
                           (community, unit, row[0], row[1], row[2] - EPOCH, row[3] - EPOCH,
                            row[4], act))
                made['promise'].append(row)
            for _ in range(rng.choice([0, 1, 2])):
                day, how = rng.randint(*days), rng.choice(['call', 'visit', 'message', 'letter'])
                staff = rng.choice(['王芳', 'Li', '赵 六'])
                db.execute("INSERT INTO contact (community, unit, account, how, day, staff, relation, "
                           "brokenRules, act) VALUES (?, ?, ?, ?, ?, ?, 'owner', '', ?)",
                           (community, unit, account, how, day - EPOCH, staff, act))
                made['contact'].append((how, day, staff))
            if rng.random() < 0.3:
                write_complaint(db, made, (community, unit, account), rng.randint(*days), act, rng)
        made['payment'] = db.execute('SELECT account, valueDate + ?, amount FROM payment',
                                     (EPOCH,)).fetchall()
    return made


def write_complaint(db, made, where, day, act, rng):
    row = db.execute('INSERT INTO complaint (community, unit, account, day, staff, act) '
                     "VALUES (?, ?, ?, ?, 'Li', ?)", (*where, day - EPOCH, act))
    made['complaint'].append(day)
    if rng.random() < 0.5:
        answered = day + rng.choice([0, 5, 40])
        db.execute('INSERT INTO complaintAnswer (community, complaint, day, byWhom, act) '
                   "VALUES (?, ?, ?, '陈经理', ?)", (where[0], row.lastrowid, answered - EPOCH, act))
        made['answer'].append(answered)


def state(promise, payments):
    account, amount, day, until, _ = promise
    paid = sum(row[2] for row in payments if row[0] == account and day <= row[1] <= until)
    return 'kept' if paid >= amount else 'partly' if paid else 'broken'


def compare_casework(office, made, month, end, lines):
    start, counts = first_day(month), {}

    def count(figure, staff, amount=0, way=None):
        for part, group in [('month', ''), ('staff', staff), ('way', way)]:
            if group is not None:
                have = counts.get((part, group, figure), (0, 0))
                counts[part, group, figure] = have[0] + 1, have[1] + amount

    for promise in made['promise']:
        _, amount, day, until, staff = promise
        if start <= day <= end:
            count('promises_made', staff, amount)
        if start <= until + 1 <= end:
            count('promises_' + state(promise, made['payment']), staff, amount)
    for how, day, staff in made['contact']:
        if start <= day <= end:
            count('contacts', staff, way=how)
    for day in made['complaint']:
        if start <= day <= end:
            count('complaints', 'Li')
    for day in made['answer']:
        if start <= day <= end:
            count('complaints_answered', '陈经理')
    names = ('promises_', 'contacts', 'complaints')
    have = {(line['part'], line['group'], line['figure']):
            (line['count'], fen(line['amount'] or '0')) for line in lines
            if line['figure'].startswith(names) and line['count']}
    office.tally.expect(f'{office.seed} casework {period_text(month)}', have, counts)


# Lists

def compare_lists(office, month, end, lines):
    """Every line is the sum of its rows, and counts them."""
    words = (period_text(month), '--as-of', day_text(end))
    for figure in sorted({line['figure'] for line in lines}):
        rows = office.rows('report', *words, '--list', figure)
        for line in lines:
            if line['figure'] != figure:
                continue
            column = GROUP_COLUMNS[line['part']]
            behind = [row for row in rows if column is None or row[column] == line['group']]
            want = len(behind), sum(fen(row['amount']) for row in behind if row['amount'])
            got = line['count'], fen(line['amount'] or '0')
            office.tally.expect(f"{office.seed} list {line['part']} {line['group']} {figure}", got,
                                want)


# Reversals

def reverse_some(office):
    """Payments and charges; the oracle knows no reversals, the views do."""
    rng, last = office.rng, last_day(max(office.months))
    with sqlite3.connect(office.driver.db) as db:
        payments = db.execute('SELECT reference, valueDate + ? FROM payment',
                              (EPOCH,)).fetchall()
        charges = db.execute(
            'SELECT unit.code, item.code, period, max(coalesce(valueDate, 0)) + ? FROM charge '
            'JOIN unit ON unit.id = charge.unit JOIN item ON item.id = charge.item '
            'LEFT JOIN entry USING (unit, period, item) GROUP BY 1, 2, 3', (EPOCH,)).fetchall()
    for reference, day in rng.sample(payments, min(3, len(payments))):
        # On the last day: nothing that came from it is dated later.
        office.driver.call('payment', 'reverse', reference, '--on', day_text(max(day, last)),
                           '--reason', 'test', '--by', 'x')
    for unit, item, period, latest in rng.sample(charges, min(2, len(charges))):
        day = max(latest, last, first_day(period))
        office.driver.call('charge', 'reverse', unit, item, period_text(period), '--on',
                           day_text(day), '--reason', 'test', '--by', 'x')


def check(exe, seed, tally):
    root = tempfile.mkdtemp(prefix=f'dunwell-report-{seed}-')
    before = tally.bad
    try:
        office = Office(exe, seed, root, tally)
        made = write_casework(office)
        for month in office.months:
            for end in {last_day(month), office.rng.randint(first_day(month), last_day(month))}:
                lines = office.report(month, end)
                books = month_of_books(office.books, month, end)
                for part, wanted in books.items():
                    office.compare(f'books {period_text(month)}', lines, part, wanted)
                compare_views(office, month, end, lines)
                compare_casework(office, made, month, end, lines)
        compare_folder(office, root)
        reverse_some(office)
        for month in office.months[:2]:
            end = last_day(month)
            lines = office.report(month, end)
            compare_views(office, month, end, lines, accrued=False)
        month = office.rng.choice(office.months[:2])
        compare_lists(office, month, last_day(month), office.report(month, last_day(month)))
    except check_oracle.Different as failure:
        tally.expect(f'{seed}', str(failure), '')
    if tally.bad == before:
        shutil.rmtree(root)
    else:
        print(f'        community {seed}: kept in {root}; again with --only-seed {seed}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('dunwell')
    parser.add_argument('--communities', type=int, default=40)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only-seed', type=int)
    options = parser.parse_args()
    tally, exe = Tally(), os.path.abspath(options.dunwell)
    seeds = range(options.seed, options.seed + options.communities)
    for seed in [options.only_seed] if options.only_seed is not None else seeds:
        check(exe, seed, tally)
    print(f'{tally.good} passed, {tally.bad} failed')
    sys.exit(0 if tally.bad == 0 and tally.good else 1)


if __name__ == '__main__':
    main()
