#!/usr/bin/env python3
"""The limitation clock against an independent oracle, straight from SPEC.md 8 and 10.

usage: limitation.py DUNWELL [--histories 20000] [--typed 300] [--seed 1]
       limitation.py --table N [--seed 1]     N histories of one charge each, for the Swift test

Communities of many units are imported, billed by runs, paid, reversed and served; then
`limitation`, `limitation --warn` and `limitation gaps` are compared in every row as of many days.
Services are written into the database at once, for speed; `--typed` of them go through
`dunwell service add` instead. It shares no code and no idea with the product: days are
datetime.date, a clock is wound up day after day with events, by a table of what counts.
The last line is `N passed, M failed`, over charges; status 1 on any failure.
"""
import argparse
import calendar
import csv
import io
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import date, timedelta

ITEMS = ('sf', 'wy')
WAYS = {'A': ['signed_owner', 'signed_household', 'page'], 'B': ['signed_agent', 'signed_owner'],
        'C': ['registered', 'notarised'], 'D': ['email', 'mailbox', 'fax', 'left_witnessed'],
        'E': ['posted', 'phone', 'visit']}
STRENGTH = ['A', 'B', 'C', 'D', 'payment', 'promise!', 'plan!', 'promise', 'plan']
LIST = ('unit,owner,item,period,due,principal_open,last_day,days_left,rests_on,grade').split(',')
GAPS = 'unit,owner,item,period,due,principal_open,paid_period,paid_on,unproven_notices'.split(',')


# The rule

def years_later(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:   # only 29 February has no counterpart
        return date(day.year + years, day.month,
                    calendar.monthrange(day.year + years, day.month)[1])


def name_of(event):
    """An event's kind as STRENGTH has it; None for what never counts."""
    if event['kind'] == 'service':
        if event['grade'] == 'E' or event['grade'] == 'D' and not event['accepted']:
            return None
        return event['grade']
    if event['kind'] == 'payment':
        return 'payment'
    return event['kind'] + ('!' if event['written'] else '')


def wind(due, years, events, as_of):
    """(last day, rests_on, grade)."""
    last, rests = years_later(due, years), ('due', '')
    for day in sorted({event['date'] for event in events}):
        if day > as_of:
            break
        names = {name_of(event) for event in events if event['date'] == day} - {None}
        if day > last:
            names &= {'A', 'promise!', 'plan!'}
        if names:
            best = min(names, key=STRENGTH.index)
            last = years_later(day, years)
            rests = ('service', best) if best in 'ABCD' else (best.rstrip('!'), '')
    return last, *rests


# Histories of one charge, for the rule alone

def awkward_day(rng, first, last):
    """Often a month's end, or 29 February, or next to one."""
    if rng.random() < 0.4:
        year = rng.randint(first.year, last.year)
        month = rng.choice([2, 2, 2, rng.randint(1, 12)])
        day = date(year, month, calendar.monthrange(year, month)[1])
        return day + timedelta(rng.choice([-1, 0, 0, 0, 1]))
    return first + timedelta(rng.randrange((last - first).days + 1))


def some_event(rng, first, last):
    kind = rng.choice(['service', 'service', 'service', 'payment', 'promise', 'plan'])
    event = {'date': awkward_day(rng, first, last), 'kind': kind}
    if kind == 'service':
        event['grade'] = rng.choice('ABCDE')
        event['accepted'] = event['grade'] in 'ABC' or event['grade'] == 'D' and rng.random() < 0.4
    elif kind != 'payment':
        event['written'] = rng.random() < 0.5
    return event


def write_table(count, seed):
    """due,years,as_of,events,last_day,rests_on,grade; an event is date:kind:grade:flag."""
    rng = random.Random(seed)
    for _ in range(count):
        due = awkward_day(rng, date(1995, 1, 1), date(2030, 12, 31))
        years = rng.choice([3, 3, 3, 1, 2, 4, 20])
        end = years_later(due, 3 * years)
        events = []
        for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8])):
            event = some_event(rng, due - timedelta(60), end)
            if rng.random() < 0.3:   # at the edge of what the clock says so far
                last = wind(due, years, events, end)[0]
                event['date'] = last + timedelta(rng.choice([-1, 0, 1]))
            events.append(event)
            if rng.random() < 0.15:
                events.append(dict(some_event(rng, due, end), date=event['date']))
        as_of = rng.choice([end, end, awkward_day(rng, due, end),
                            (rng.choice(events)['date'] if events else end)])
        shuffled = rng.sample(events, len(events))
        texts = [':'.join([str(e['date']), e['kind'], e.get('grade', ''),
                           '1' if e.get('accepted') or e.get('written') else '0'])
                 for e in shuffled]
        last, rests, grade = wind(due, years, events, as_of)
        print(f"{due},{years},{as_of},{';'.join(texts)},{last},{rests},{grade}")


# Communities, for the whole binary

class Charge:
    def __init__(self, unit, item, period, due, fen):
        self.unit, self.item, self.period, self.due, self.fen = unit, item, period, due, fen
        self.met = []     # (day, fen, payment, is it by credit)
        self.served = []  # events of kind service
        self.promised = []  # events of kind promise

    issued = property(lambda self: date.fromisoformat(self.period + '-01'))

    def age(self):
        return self.due, self.period, self.item.encode()

    def left(self):
        return self.fen - sum(fen for _, fen, _, _ in self.met)

    def standing(self, as_of, reversals):
        """What meets it as of a day: dated by then, and not reversed by then."""
        return [each for each in self.met if each[0] <= as_of
                and not reversals.get(each[2], date.max) <= as_of]

    def open_at(self, as_of, reversals):
        return self.fen - sum(each[1] for each in self.standing(as_of, reversals))

    def events(self, as_of, reversals):
        paid = [{'date': day, 'kind': 'payment'}
                for day, _, _, is_credit in self.standing(as_of, reversals) if not is_credit]
        return paid + [event for event in self.served + self.promised if event['date'] <= as_of]


class Community:
    """One community: what happened, and what SPEC.md makes of it."""

    def __init__(self, seed, units):
        self.rng = rng = random.Random(seed)
        self.years = rng.choice([3, 3, 3, 1, 2])
        self.warn = rng.choice([90, 90, 0, 30, 200])
        self.accept = rng.choice([[], ['email'], ['mailbox', 'fax'], ['D']])
        self.first = date(2019, 1, 1)
        self.last = date(2019 + 3 * self.years, 12, 31)
        self.charges, self.payments, self.reversals = [], [], {}
        self.listed = {}   # (unit, day of the run): charges
        for number in range(units):
            self.make_unit(f'{number // 100 + 1}-{number:05d}')

    def make_unit(self, unit):
        rng, charges = self.rng, []
        for _ in range(rng.choice([1, 2, 2, 3, 5])):
            due = awkward_day(rng, self.first, self.first + timedelta(500))
            period = f'{due:%Y-%m}'
            item = rng.choice(ITEMS)
            if any((each.item, each.period) == (item, period) for each in charges):
                continue
            charges.append(Charge(unit, item, period, due, rng.choice([28500, 100, 12345])))
        self.charges += charges
        is_reversed, payments = rng.random() < 0.3, []
        for _ in range(rng.choice([0, 0, 1, 2, 3])):
            day = awkward_day(rng, self.first, self.last)
            if rng.random() < 0.3:   # at the edge
                edge = rng.choice(charges).due
                day = years_later(edge, self.years) + timedelta(rng.choice([-1, 0, 1]))
            fen = rng.choice([50, 100, 12345, 28500, 40000])
            new = (day, f'P{len(self.payments) + len(payments):06d}', fen)
            # No credit beside a reversal.
            if not is_reversed or self.fits(charges, payments + [new]):
                payments.append(new)
        payments.sort()
        self.post(charges, payments)
        self.payments += [(unit, *each) for each in payments]
        if is_reversed and payments and rng.random() < 0.8:
            day, reference, _ = rng.choice(payments)
            self.reversals[reference] = day + timedelta(rng.choice([0, 1, 200, 800]))

    @staticmethod
    def fits(charges, payments):
        """Whether no payment leaves credit: at each day there was as much to meet."""
        return all(sum(c.fen for c in charges if c.issued <= day)
                   >= sum(p[2] for p in payments if p[0] <= day) for day, _, _ in payments)

    @staticmethod
    def post(charges, payments):
        """The oldest principal first; what is left meets charges as they are issued."""
        credits = []   # [day, reference, fen]
        steps = [(c.issued, 0, c.age(), c) for c in charges]
        steps += [(p[0], 1, (p[1],), p) for p in payments]
        there = []
        for day, _, _, subject in sorted(steps, key=lambda step: (step[0], step[1], step[2])):
            if isinstance(subject, Charge):
                there.append(subject)
            else:
                left = subject[2]
                for charge in sorted(there, key=Charge.age):
                    taken = min(left, charge.left())
                    if taken:
                        charge.met.append((day, taken, subject[1], False))
                        left -= taken
                if left:
                    credits.append([day, subject[1], left])
            for credit in credits:
                for charge in sorted(there, key=Charge.age):
                    taken = min(credit[2], charge.left())
                    if taken:
                        charge.met.append((day, taken, credit[1], True))
                        credit[2] -= taken

    # What the binary is told

    def files(self):
        units = sorted({charge.unit for charge in self.charges})
        return {
            'policy.yaml': f'''community: Clock
code: CL
due_day: 15
late_fee: {{ rates: [{{ from: 1990-01-01, daily: 0 }}] }}
dunning:
  - {{ stage: formal, from_day: 1, min_amount: 0.01, repeat_after: 1, channels: [hand], template: formal, signature: true }}
limitation: {{ years: {self.years}, warn_days: {self.warn}, accept: [{', '.join(self.accept)}] }}
''',
            'units.csv': table('unit,building,kind,area,handover',
                               [(u, u.split('-')[0], 'residence', '80', '') for u in units]),
            'owners.csv': table('owner,name,phone,email,address,channels,language',
                                [('O' + u, '业主', '', '', '', 'hand', 'zh') for u in units]),
            'ownerships.csv': table('unit,owner,from,to,daily_rate',
                                    [(u, 'O' + u, '2000-01-01', '', '') for u in units]),
            'charges.csv': table('unit,item,period,amount,due',
                                 [(c.unit, c.item, c.period, yuan(c.fen), c.due)
                                  for c in self.charges]),
            'fees.csv': table('item,name,basis,price,cycle,kinds,from,to',
                              [(item, item, 'fixed', '1.0000', 1, 'shop', '2018-01-01', '')
                               for item in ITEMS]),
            'payments.csv': table('reference,date,unit,owner,amount,method,payer,note',
                                  [(ref, day, unit, '', yuan(fen), 'bank', '', '')
                                   for unit, day, ref, fen in self.payments]),
        }

    def run(self, as_of):
        """Every account with something overdue is given a notice of all that is open."""
        by_unit = {}
        for charge in self.charges:
            if charge.issued <= as_of and charge.open_at(as_of, {}) > 0:
                by_unit.setdefault(charge.unit, []).append(charge)
        given = [unit for unit, charges in by_unit.items() if any(c.due < as_of for c in charges)]
        for unit in given:
            self.listed[unit, as_of] = by_unit[unit]
        return given

    def serve(self, unit, as_of, day, how, grade):
        accepted = grade in 'ABC' or grade == 'D' and (how in self.accept or 'D' in self.accept)
        for charge in self.listed[unit, as_of]:
            charge.served.append({'date': day, 'kind': 'service', 'grade': grade,
                                  'accepted': accepted})

    def promise(self, unit, day, written):
        """It covers what is open of the unit at the end of that day."""
        for charge in self.charges:
            if charge.unit == unit and charge.issued <= day \
                    and charge.open_at(day, self.reversals) > 0:
                charge.promised.append({'date': day, 'kind': 'promise', 'written': written})

    # What the binary must say

    def rows(self, as_of, warn=False):
        found = []
        for charge in self.charges:
            left = charge.open_at(as_of, self.reversals)
            if charge.issued > as_of or left == 0:
                continue
            last, rests, grade = wind(charge.due, self.years,
                                      charge.events(as_of, self.reversals), as_of)
            days = (last - as_of).days
            if not warn or 0 <= days <= self.warn:
                found.append([charge.unit, 'O' + charge.unit, charge.item, charge.period,
                              str(charge.due), yuan(left), str(last), str(days), rests, grade])
        return sorted(found, key=lambda row: (row[6], row[0].encode(), row[2].encode(), row[3]))

    def gaps(self, as_of):
        by_unit, found = {}, []
        for charge in self.charges:
            if charge.issued <= as_of:
                by_unit.setdefault((charge.unit, charge.item), []).append(charge)
        for (unit, item), charges in by_unit.items():
            for charge in charges:
                left = charge.open_at(as_of, self.reversals)
                paid = [(max(day for day, *_ in other.standing(as_of, self.reversals)),
                         other.period) for other in charges if other.period > charge.period
                        and other.open_at(as_of, self.reversals) == 0]
                if left == 0 or not paid:
                    continue
                paid_on, paid_period = max(paid)
                if any(charge.due < event['date'] <= paid_on and name_of(event)
                       for event in charge.events(as_of, self.reversals)):
                    continue
                listed = sum(1 for (other, day), lines in self.listed.items()
                             if other == unit and charge in lines and charge.due < day <= paid_on)
                found.append([unit, 'O' + unit, item, charge.period, str(charge.due), yuan(left),
                              paid_period, str(paid_on), str(listed)])
        return sorted(found, key=lambda row: (row[0].encode(), row[2].encode(), row[3]))


def yuan(fen):
    return f'{fen // 100}.{fen % 100:02d}'


def table(head, rows):
    return head + '\n' + ''.join(','.join(str(cell) for cell in row) + '\n' for row in rows)


class Binary:
    def __init__(self, exe, folder):
        self.exe, self.db = exe, os.path.join(folder, 'books.sqlite')

    def call(self, *arguments):
        done = subprocess.run([self.exe, *map(str, arguments), '--db', self.db],
                              capture_output=True, timeout=900, check=False)
        if done.returncode != 0:
            sys.exit(f"`dunwell {' '.join(map(str, arguments))}` ended with {done.returncode}: "
                     + done.stderr.decode(errors='replace')[-600:])
        return done.stdout.decode('utf-8-sig').replace('\r\n', '\n')

    def rows(self, *arguments):
        return list(csv.reader(io.StringIO(self.call(*arguments, '--format', 'csv'))))

    def notices(self):
        return {(row['unit'], date.fromisoformat(row['as_of'])): row['notice'] for row in
                csv.DictReader(io.StringIO(self.call('notices', '--format', 'csv')))}


def serve_all(community, binary, typed):
    """Most notices are served, once or twice; some of it is withdrawn again."""
    rng, numbers = community.rng, binary.notices()
    if set(numbers) != set(community.listed):
        sys.exit('the runs gave other notices than the oracle')
    books = sqlite3.connect(binary.db)
    ids = dict(books.execute('SELECT number, id FROM notice'))
    act = books.execute('SELECT max(id) FROM act').fetchone()[0]
    by_hand = 0
    for (unit, as_of), number in sorted(numbers.items()):
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            grade = rng.choice('AABBCCDDDE')
            how = rng.choice(WAYS[grade])
            day = max(as_of, awkward_day(rng, as_of, community.last))
            charge = rng.choice(community.listed[unit, as_of])
            if rng.random() < 0.4:
                last = wind(charge.due, community.years,
                            charge.events(date.max, community.reversals), date.max)[0]
                day = max(as_of, last + timedelta(rng.choice([-1, 0, 1])))
            if by_hand < typed and (grade in 'AB' and how == 'signed_owner' or grade == 'E'):
                by_hand += 1
                acknowledges = ['--acknowledges'] if grade == 'A' else []
                signer = ['--signer', '业主', '--relation', 'owner'] if grade != 'E' else []
                books.commit()
                binary.call('service', 'add', number, '--how', how, '--on', day, '--by', '李四',
                            *(['王五'] if how == 'visit' else []), *signer, *acknowledges)
            else:
                books.execute(
                    'INSERT INTO service (community, notice, how, day, grade, staff, '
                    'acknowledges, agreed, act) VALUES (1, ?, ?, ?, ?, ?, ?, 0, ?)',
                    (ids[number], how, day.toordinal() - date(1970, 1, 1).toordinal(), grade,
                     '李四', grade == 'A', act))
                if rng.random() < 0.1:
                    books.execute('INSERT INTO serviceWithdrawal (community, service, act) '
                                  'VALUES (1, last_insert_rowid(), ?)', (act,))
                    continue
            community.serve(unit, as_of, day, how, grade)
    books.commit()
    books.close()
    return by_hand


def promise_all(community, binary, count):
    """Promises of any unit on any day, often next to the last day of a clock; some are withdrawn."""
    rng = community.rng
    for _ in range(count):
        charge, written = rng.choice(community.charges), rng.random() < 0.4
        day = awkward_day(rng, community.first, community.last)
        if rng.random() < 0.5:
            last = wind(charge.due, community.years,
                        charge.events(date.max, community.reversals), date.max)[0]
            day = last + timedelta(rng.choice([-1, 0, 1]))
        number = binary.call('promise', 'add', charge.unit, '--amount', yuan(rng.randint(1, 50000)),
                             '--until', day + timedelta(rng.choice([0, 9, 400])), '--on', day,
                             '--by', '李四', *(['--written'] if written else []))
        if rng.random() < 0.1:
            number = number.split()[1].split('：')[0].rstrip(':')
            binary.call('promise', 'withdraw', number, '--reason', 'test', '--on', day,
                        '--by', '李四')
        else:
            community.promise(charge.unit, day, written)


def check(exe, seed, units, typed):
    """One community. Gives (charges, rows compared, services typed, differences)."""
    community = Community(seed, units)
    with tempfile.TemporaryDirectory(prefix='dunwell-limitation-') as folder:
        binary, source = Binary(exe, folder), os.path.join(folder, 'community')
        os.mkdir(source)
        for name, text in community.files().items():
            with open(os.path.join(source, name), 'w', encoding='utf-8') as file:
                file.write(text)
        binary.call('import', source)
        span = (community.last - community.first).days
        for _ in range(4):
            as_of = community.first + timedelta(community.rng.randrange(60, span))
            community.run(as_of)
            binary.call('run', f'{as_of:%Y-%m}', '--as-of', as_of)
        for reference, day in community.reversals.items():
            binary.call('payment', 'reverse', reference, '--on', day, '--reason', 'test')
        by_hand = serve_all(community, binary, typed)
        promise_all(community, binary, min(150, units // 3))
        days = [community.first, community.last, community.last + timedelta(2000)]
        days += [awkward_day(community.rng, community.first, community.last) for _ in range(5)]
        compared, wrong = 0, []
        for day in days:
            for what, want in (([], [LIST, *community.rows(day)]),
                               (['--warn'], [LIST, *community.rows(day, warn=True)]),
                               (['gaps'], [GAPS, *community.gaps(day)])):
                got = binary.rows('limitation', *what, '--as-of', day)
                compared += len(want) - 1
                if got != want:
                    wrong.append(f"seed {seed}, limitation {' '.join(what)} as of {day}: "
                                 + difference(got, want))
        return len(community.charges), compared, by_hand, wrong


def difference(got, want):
    for place, (one, other) in enumerate(zip(got, want)):
        if one != other:
            return f'row {place}: dunwell {",".join(one)}, oracle {",".join(other)}'
    return f'dunwell has {len(got)} rows, the oracle {len(want)}'


def self_test():
    """A few facts by hand."""
    def last(due, *events, as_of=date(2099, 1, 1)):
        return str(wind(date.fromisoformat(due), 3, list(events), as_of)[0])

    def event(day, kind, **more):
        return {'date': date.fromisoformat(day), 'kind': kind, **more}
    assert last('2023-11-15') == '2026-11-15' and last('2024-02-29') == '2027-02-28'
    assert last('2023-11-15', event('2026-11-15', 'payment')) == '2029-11-15'
    assert last('2023-11-15', event('2026-11-16', 'payment')) == '2026-11-15'
    signed = event('2026-11-16', 'service', grade='A', accepted=True)
    assert last('2023-11-15', signed) == '2029-11-16'
    assert last('2023-11-15', dict(signed, grade='B')) == '2026-11-15'


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('dunwell', nargs='?')
    parser.add_argument('--histories', type=int, default=20_000)
    parser.add_argument('--typed', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--table', type=int)
    options = parser.parse_args()
    self_test()
    if options.table:
        return write_table(options.table, options.seed)
    charges, rows, typed, wrong, seed = 0, 0, 0, [], options.seed
    while charges < options.histories and not wrong:
        units = min(2000, max(50, (options.histories - charges) * 5 // 12))
        found = check(os.path.abspath(options.dunwell), seed, units, options.typed - typed)
        charges, rows, typed = charges + found[0], rows + found[1], typed + found[2]
        wrong += found[3]
        seed += 1
    for each in wrong[:20]:
        print('FAILED ', each)
    print(f'{seed - options.seed} communities, {rows} rows compared, {typed} services typed in')
    print(f'{charges if not wrong else 0} passed, {len(wrong)} failed')
    return sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
