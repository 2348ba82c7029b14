#!/usr/bin/env python3
"""Seeded random communities with steps, for check_oracle.py.

usage: generate.py SEED FOLDER [--flat UNITS]

`make(seed, folder)` writes a community folder with later imports in sub-folders (late1, late2 ...)
and gives its Plan; `make_flat` writes a big community of one charge a unit for the late fees. The
same seed gives the same folder. Only what SPEC.md settles is generated; what it leaves open is
avoided, with a comment that says so.
"""
import csv
import os
import random
import sys
from datetime import date

from oracle import (Books, day_in_month, day_of, day_text, first_day, last_day, period_of,
                    period_text, yuan)

HEADS = {
    'units': 'unit,building,kind,area,handover',
    'owners': 'owner,name,phone,email,address,channels,language',
    'ownerships': 'unit,owner,from,to,daily_rate',
    'fees': 'item,name,basis,price,cycle,kinds,from,to',
    'readings': 'unit,item,period,previous,reading',
    'charges': 'unit,item,period,amount,due',
    'payments': 'reference,date,unit,owner,amount,method,payer,note',
    'waivers': 'reference,date,unit,item,period,amount,reason,approved_by',
    'concessions': 'reference,unit,item,from,to,kind,value,reason,approved_by,review,on',
    'holds': 'unit,reason,from,to,note',
}
REGISTERS = ('units', 'owners', 'ownerships', 'fees', 'policy')
CHANNELS = ['email', 'mailbox', 'hand', 'registered', 'phone', 'fax']
ORDERS = ['principal_first', 'late_fee_first', 'charge_by_charge']
RATES = ['0.001', '0.0005', '0.003', '0.0003', '0.002', '0.000333', '0.000001', '0.00085']
OFFICE = """office:
  name: 枫林物业服务中心
  address: 示例市枫林路 1 号
  phone: 5550 0100
  email: office@example.com
  contact: 收费处
  bank: { name: 示例银行, account: "0000 0000 0000 1234", holder: 枫林物业服务中心 }
"""


class Plan:
    """What to do with a generated folder after its import: the steps, and how to end."""

    def __init__(self, seed, folder):
        self.seed, self.folder, self.steps = seed, folder, []
        self.repeat = ['.']   # the imports that must change nothing when they are repeated


# Policies (SPEC 4, 7, 9)

def rate_segments(rng, first, last):
    """Rates from about the first day on; some months have none."""
    starts = {first - rng.choice([2000, 400, 30, -20])}
    for _ in range(rng.choice([0, 1, 2, 3, 5])):
        starts.add(rng.randrange(first, last))
    lines = []
    for i, start in enumerate(sorted(starts)):
        zero = rng.random() < (0.1 if i == 0 else 0.3)
        lines.append(f'    - {{ from: {day_text(start)}, '
                     f"daily: {'0' if zero else rng.choice(RATES)} }}\n")
    return ''.join(lines)


def some_channels(rng):
    return '[' + ', '.join(rng.sample(CHANNELS, rng.randint(1, 4))) + ']'


def ladder(rng):
    codes = ['early', 'middle', 'late', 'formal']
    if rng.random() < 0.3:
        codes = ['first', 'second', 'third', 'fourth', 'fifth', 'last'][:rng.randint(1, 6)]
    days = sorted(rng.sample(range(1, 12 * len(codes) + 8), len(codes)))
    if rng.random() < 0.4 and len(codes) == 4:
        days = [1, 6, 19, 29]
    lines = []
    for i, (code, day) in enumerate(zip(codes, days)):
        least = rng.choice(['0.01', '0.01', '20.00', '50.00', '100.00', '300.00'])
        template = ['early', 'middle', 'late', 'formal'][min(i, 3)]
        sign = ', signature: true' if i == 3 else ''
        lines.append(f'  - {{ stage: {code}, from_day: {day}, min_amount: {least}, '
                     f'repeat_after: {rng.choice([1, 7, 14, 30, 45])}, '
                     f'channels: {some_channels(rng)}, template: {template}{sign} }}\n')
    return ''.join(lines)


def policy_text(rng, first, last, due_day):
    """(text before the rates, rates, text after them); some keys are left to their defaults."""
    def maybe(line, chance=0.85):
        return line if rng.random() < chance else ''
    grace = rng.choice([0, 0, 0, 1, 3, 7, 15, 31, 45])
    mode = rng.choice(['forgive', 'retroactive'])
    cap = rng.choice(['0.1', '0.3', '0.5', '1.0', '1.0', '1', '0.05', '0.01', '0.3333', '2.0'])
    head = (f'community: 枫林苑   # a comment\ncode: MC\n{OFFICE}due_day: {due_day}\n'
            + maybe(f'allocation: {rng.choice(ORDERS)}\n', 0.95)
            + f'late_fee:\n  grace: {grace}\n'
            + (f'  grace_mode: {mode}\n' if mode != 'forgive' else maybe('  grace_mode: forgive\n'))
            + (f'  cap: {cap}\n' if cap != '1.0' else maybe('  cap: 1.0\n')) + '  rates:\n')
    tail = (maybe(f'bill_channels: {some_channels(rng)}\n') + 'dunning:\n' + ladder(rng)
            + 'limitation: { years: 3, warn_days: 90, accept: [] }\n')
    return head, rate_segments(rng, first, last), tail


def write_folder(folder, tables, policy=None):
    os.makedirs(folder, exist_ok=True)
    for name, rows in tables.items():
        with open(os.path.join(folder, name + '.csv'), 'w', encoding='utf-8', newline='') as file:
            writer = csv.DictWriter(file, HEADS[name].split(','), restval='')
            writer.writeheader()
            writer.writerows(rows)
    if policy is not None:
        with open(os.path.join(folder, 'policy.yaml'), 'w', encoding='utf-8') as file:
            file.write(policy)


# A small community

class Maker:
    def __init__(self, seed, folder):
        self.rng = random.Random(seed)
        self.plan = Plan(seed, folder)
        self.books = Books()      # follows the steps, to know which charges runs have issued
        self.tables = {}          # of the import that is being made
        self.used = set()         # references and keys
        self.last_fact = {}       # unit: latest day that a fact of it speaks of
        self.registers_changed = False
        self.set_calendar()

    def set_calendar(self):
        """History from `start`, runs from `first_run` on; often over a 29 February."""
        rng = self.rng
        months = rng.choice([2, 3, 4, 6, 8, 12])
        if rng.random() < 0.35:
            self.first_run = rng.choice([2020, 2024, 2028]) * 12 + 1 + rng.randint(0, 3)
        else:
            self.first_run = rng.randint(2019 * 12, 2029 * 12)
        self.start = self.first_run - months
        self.due_day = rng.choice([1, 5, 10, 15, 15, 20, 25, 28, 29, 30, 31])
        self.runs = self.plan_runs()
        self.end = max(day for _, day in self.runs)

    def plan_runs(self):
        """Periods one after the other; some twice, some late, some as of the same day."""
        rng, runs, day = self.rng, [], 0
        for i in range(rng.choice([1, 2, 2, 3, 4])):
            period = self.first_run + i
            fresh = first_day(period) + rng.choice([0, 3, 4, 9, 15, 20, 27, 34, 50])
            day = fresh if rng.random() < 0.07 else max(day, fresh)
            runs.append((period, day))
            if rng.random() < 0.15:
                runs.append((period, day))
            if rng.random() < 0.2:
                day += rng.choice([1, 7, 14, 30, rng.randint(1, 20)])
                runs.append((period, day))
            if rng.random() < 0.06:
                runs.append((self.first_run - rng.randint(1, 2), day + rng.randint(0, 3)))
            if day >= first_day(period + 1) and rng.random() < 0.5:
                runs.append((period + 1, day))
        return runs

    def make(self):
        rng = self.rng
        self.make_registers()
        self.make_facts(0)
        self.write('.')
        self.view(first_day(self.first_run) - rng.randint(1, 60))
        late = sorted(rng.randrange(len(self.runs)) for _ in range(rng.choice([0, 1, 1, 2, 3])))
        for i, (period, day) in enumerate(self.runs):
            self.done, self.future = self.runs[:i + 1], self.runs[i + 1:]
            self.step('run', period_text(period), day_text(day))
            if rng.random() < 0.4:
                self.view(day)
            for _ in range(late.count(i)):
                self.late_import()
        self.last_views()
        return self.plan

    def last_views(self):
        rng = self.rng
        days = {self.end, self.end + rng.randint(1, 400)}
        days.add(rng.randrange(first_day(self.start), self.end))
        leaps = [d for d in range(first_day(self.start), self.end + 1)
                 if (date.fromordinal(d).month, date.fromordinal(d).day) == (2, 29)]
        for day in sorted(days | set(leaps)):
            self.view(day)

    def view(self, day):
        self.plan.steps.append(['as-of', day_text(day)])

    def step(self, *words):
        self.plan.steps.append(list(words))
        if words[0] == 'run':
            self.books.run(*words[1:])

    def write(self, name):
        """Writes the import under way, and carries it out in the maker's own books."""
        policy = self.tables.pop('policy', None)
        for rows in self.tables.values():
            if 'reference' in rows[0]:
                self.rng.shuffle(rows)
        write_folder(os.path.join(self.plan.folder, name), self.tables, policy)
        self.books.import_folder(os.path.join(self.plan.folder, name))

    def add(self, table, **row):
        self.tables.setdefault(table, []).append(row)

    # Registers

    def make_registers(self):
        rng = self.rng
        first, last = first_day(self.start), self.end + 60
        self.policy = policy_text(rng, first, last, self.due_day)
        self.tables['policy'] = ''.join(self.policy)
        self.units, self.owners, self.tenures = {}, {}, []
        self.make_fees()
        for i in range(rng.choice([5, 6, 8, 10, 12, 15, 20, 30, 40])):
            self.make_unit(i)
        for owner in self.owners.values():
            self.add('owners', **owner)

    def make_unit(self, i):
        rng = self.rng
        kind = rng.choice(['residence'] * 6 + ['shop', 'parking', 'parking'])
        mark = {'residence': '1-2-', 'shop': 'S-', 'parking': 'P-'}[kind]
        unit = f'{mark}{rng.choice(["", "0", "b"])}{i + 1}'
        handover = None
        if rng.random() < 0.15:
            handover = rng.randrange(first_day(self.start), self.end + 10)
        area = rng.choice([rng.randint(3000, 16000), rng.randint(1, 30000), 10000])
        self.units[unit] = dict(unit=unit, building=str(rng.randint(1, 3)), kind=kind,
                                area=yuan(area), handover=day_text(handover) if handover else '')
        self.add('units', **self.units[unit])
        self.make_tenures(unit, handover)

    def make_tenures(self, unit, handover):
        """The unit's owners, one after the other; rarely a gap, or nobody at first."""
        rng = self.rng
        start = handover or day_of('2015-01-01')
        if rng.random() < 0.06:
            start = rng.randrange(first_day(self.start), self.end)
            start = max(start, handover or 0)
        while True:
            end = None
            if rng.random() < 0.25:
                end = rng.randrange(first_day(self.start), self.end + 30)
            if end is not None and end < start:
                end = None
            self.make_tenure(unit, start, end)
            if end is None:
                return
            start = end + 1 + (rng.randint(1, 40) if rng.random() < 0.1 else 0)

    def make_tenure(self, unit, start, end):
        rng = self.rng
        codes = {self.make_owner() for _ in range(rng.choice([1, 1, 1, 2, 3]))}
        earlier = [t for t in self.tenures if t['unit'] == unit]
        if len(earlier) > 1 and rng.random() < 0.5:   # a former owner buys it back
            codes.add(rng.choice(earlier[0]['owners']))
        rate = rng.choice(RATES + ['0']) if rng.random() < 0.2 else ''
        tenure = dict(unit=unit, owners=sorted(codes), start=start, end=end, rate=rate)
        self.tenures.append(tenure)
        self.write_tenure(tenure)

    def write_tenure(self, tenure):
        for owner in tenure['owners']:
            self.add('ownerships', unit=tenure['unit'], owner=owner,
                     **{'from': day_text(tenure['start']), 'daily_rate': tenure['rate'],
                        'to': day_text(tenure['end']) if tenure['end'] else ''})

    def make_owner(self):
        rng = self.rng
        if self.owners and rng.random() < 0.1:
            return rng.choice(sorted(self.owners))
        code = f'{rng.choice(["O", "o", "C"])}{len(self.owners) + 1:03d}'
        self.owners[code] = self.owner_row(code)
        return code

    def owner_row(self, code):
        rng = self.rng
        channels = [] if rng.random() < 0.15 else rng.sample(CHANNELS, rng.randint(1, 4))
        email = f'{code.lower()}@example.com' if rng.random() < 0.75 else ''
        return dict(owner=code, name=f'业主{code}', phone='13900000000', email=email,
                    address=rng.choice(['', '示例市某路 8 号']), channels=';'.join(channels),
                    language=rng.choice(['zh', 'zh', 'en']))

    def holder(self, unit, day):
        return next((t for t in self.tenures if t['unit'] == unit and t['start'] <= day
                     and (t['end'] is None or day <= t['end'])), None)

    # Fees (SPEC 3)

    def make_fees(self):
        rng = self.rng
        self.lines = []
        items = [('wy', 'area', 'residence', 28500), ('wys', 'area', 'shop', 65000),
                 ('cw', 'fixed', 'parking', 600000), ('lj', 'fixed', 'residence;shop', 80000),
                 ('gt', 'area', 'residence', 1234), ('sf', 'metered', 'residence', 34567),
                 ('yr', 'fixed', 'shop;parking', 123456), ('Zz', 'fixed', 'residence', 3)]
        for item, basis, kinds, price in items:
            if item in ('wy', 'wys', 'cw') or rng.random() < 0.3:
                for part in [kinds] if rng.random() < 0.7 else kinds.split(';'):
                    self.make_lines(item, basis, part, price)

    def make_lines(self, item, basis, kinds, price):
        """One line, or several that follow one another, with changes inside blocks."""
        rng = self.rng
        cycle = 1 if basis == 'metered' else rng.choice([1, 1, 1, 3, 6, 12])
        start = day_of('2015-01-01')
        if rng.random() < 0.15:
            start = first_day(self.first_run) + rng.randint(-40, 60)
        while True:
            end = None
            if rng.random() < 0.35:
                end = first_day(self.first_run) + rng.randint(-20, 90)
                end = end if end >= start else None
            self.make_line(item, basis, price, cycle, kinds, start, end)
            if end is None or rng.random() < 0.2:
                return
            start = end + 1 + (rng.randint(1, 20) if rng.random() < 0.15 else 0)
            price += rng.randint(1, 9999)
            if basis != 'metered' and rng.random() < 0.2:
                cycle = rng.choice([1, 3, 6])

    def make_line(self, item, basis, price, cycle, kinds, start, end):
        line = {'item': item, 'name': f'收费{item}', 'basis': basis, 'cycle': str(cycle),
                'price': f'{price // 10000}.{price % 10000:04d}', 'kinds': kinds,
                'from': day_text(start), 'to': day_text(end) if end else ''}
        self.lines.append(line)
        self.add('fees', **line)

    # Facts

    def make_facts(self, number):
        """Everything but the registers, of the import with this number."""
        if number == 0:
            self.done, self.future = [], self.runs
            self.make_history()
        self.reading_rows(0.6 if number == 0 else 0.3)
        self.barred = {}          # unit: days of later concessions, see make_late_concession
        if number == 0:
            self.make_relieved()
        for unit in self.units:
            self.make_concessions(unit, 0.14 if number == 0 else 0.06)
        for unit in self.units:
            self.make_payments(unit, number)
            self.make_holds(unit, 0.2 if number == 0 else 0.05)
        self.make_waivers(0.06 if number == 0 else 0.02)

    def known_charges(self):
        """(unit, item, period, fen) of charges in the books or in this import."""
        rows = [(unit, item, period, charge.amount)
                for (unit, item, period), charge in self.books.charges.items()]
        rows += [(row['unit'], row['item'], period_of(row['period']),
                  int(row['amount'].replace('.', ''))) for row in self.tables.get('charges', [])]
        return rows

    def make_history(self):
        for unit in self.units.values():
            items = {}
            for line in self.lines:
                if unit['kind'] in line['kinds'].split(';'):
                    items.setdefault(line['item'], int(line['cycle']))
            for item, cycle in items.items():
                for period in range(self.start, self.first_run + 3):
                    chance = 0.85 if period < self.first_run else 0.02
                    if period % cycle == 0 and self.rng.random() < chance:
                        self.make_charge(unit['unit'], item, period)

    def make_charge(self, unit, item, period):
        rng = self.rng
        if not any(self.holder(unit, day)
                   for day in range(first_day(period), last_day(period) + 1)):
            return
        amount = rng.choice([rng.randint(1, 60000), rng.randint(5000, 60000), 25513,
                             rng.randint(1, 300), 28500])
        if rng.random() < 0.01:
            amount = rng.randint(10 ** 6, 10 ** 8)
        due = day_in_month(period, self.due_day)
        if rng.random() < 0.2:
            due = first_day(period) + rng.randint(-8, 70)
        self.add('charges', unit=unit, item=item, period=period_text(period),
                 amount=yuan(amount), due=day_text(due))

    def reading_rows(self, chance):
        """Readings for the periods of runs to come."""
        rng = self.rng
        kinds = {kind for line in self.lines if line['basis'] == 'metered'
                 for kind in line['kinds'].split(';')}
        for period in sorted({period for period, _ in self.future}):
            for code, unit in self.units.items():
                handover = day_of(unit['handover']) if unit['handover'] else 0
                day = max(first_day(period), handover)
                key = 'reading', code, period
                if (unit['kind'] not in kinds or key in self.used or rng.random() > chance
                        or day > last_day(period) or not self.holder(code, day)):
                    continue
                self.used.add(key)
                before = rng.randint(0, 10 ** 6)
                after = before + rng.choice([0, 1, rng.randint(1, 30000), rng.randint(1, 99999)])
                self.add('readings', unit=code, item='sf', period=period_text(period),
                         previous=f'{before / 1000:.3f}', reading=f'{after / 1000:.3f}')

    def reference(self, letters):
        while True:
            name = f'{self.rng.choice(letters)}{self.rng.randrange(10 ** 6):06d}'
            if name not in self.used:
                self.used.add(name)
                return name

    def note_fact(self, unit, day):
        self.last_fact[unit] = max(self.last_fact.get(unit, 0), day)

    def make_payments(self, unit, number):
        rng = self.rng
        amounts = [row[3] for row in self.known_charges() if row[0] == unit] or [10000]
        day = None
        for _ in range(rng.choice([0, 1, 2, 3, 4, 8] if number == 0 else [0, 0, 1, 2, 4])):
            if day is None or rng.random() > 0.3:
                last = self.end + 20 if rng.random() < 0.2 else first_day(self.first_run) + 20
                day = rng.randrange(first_day(self.start) - 10, last)
            self.make_payment(unit, day, amounts, number)

    def make_payment(self, unit, day, amounts, number):
        rng, owner = self.rng, ''
        if rng.random() < 0.15:
            tenure = rng.choice([t for t in self.tenures if t['unit'] == unit])
            owner = rng.choice(tenure['owners'])
        elif not self.holder(unit, day):
            return
        # How a later concession stands to payments of its day, or of its import, is not in SPEC.
        if number > 0 and self.barred.get(unit) or day in self.barred.get(unit, ()):
            return
        amount = rng.choice([rng.choice(amounts), rng.choice(amounts), max(1, amounts[0] // 2),
                             sum(rng.choices(amounts, k=3)), rng.randint(1, 50000), 1,
                             rng.choice(amounts) + rng.randint(1, 900)])
        row = dict(reference=self.reference('BbPp'), date=day_text(day), unit=unit, owner=owner,
                   amount=yuan(amount), payer='', note='',
                   method=rng.choice(['bank', 'debit', 'wechat', 'alipay', 'pos', 'cash']))
        for _ in range(2 if rng.random() < 0.02 else 1):
            self.add('payments', **row)
        self.note_fact(unit, day)

    def make_waivers(self, chance):
        rng = self.rng
        for unit, item, period, amount in self.known_charges():
            if rng.random() > chance:
                continue
            day = rng.randint(first_day(period), max(first_day(period), self.end) + 20)
            # How a later concession stands to waivers of its day is not in SPEC.md.
            if not self.holder(unit, day) or self.barred.get(unit):
                continue
            waived = rng.choice([rng.randint(1, 50), rng.randint(1, 3000), amount])
            self.add('waivers', reference=self.reference('WwV'), date=day_text(day), unit=unit,
                     item=item, period=period_text(period), amount=yuan(waived),
                     reason='非恶意欠费', approved_by='manager')
            self.note_fact(unit, day)

    def make_holds(self, unit, chance):
        rng = self.rng
        while rng.random() < chance:
            start = first_day(self.first_run) + rng.randint(-60, 90)
            if rng.random() < 0.15:
                start = rng.choice(self.runs)[1]
            reason = rng.choice(['disputed', 'promise', 'plan', 'deceased', 'court',
                                 'hardship', 'hardship'])
            key = unit, reason, start
            if key in self.used or not self.holder(unit, start):
                continue
            self.used.add(key)
            end = rng.choice([start + rng.randint(0, 90)] + [day for _, day in self.runs])
            end = '' if rng.random() < 0.3 else day_text(max(start, end))
            self.add('holds', unit=unit, reason=reason, to=end, **{'from': day_text(start)})
            self.note_fact(unit, start)

    # Concessions (SPEC 6)

    def make_concessions(self, unit, chance):
        while self.rng.random() < chance:
            for _ in range(self.rng.choice([1, 1, 2, 3])):
                if self.rng.random() < 0.35:
                    self.make_late_concession(unit)
                else:
                    self.make_early_concession(unit)
            chance /= 2

    def books_period(self):
        """The latest period of a charge that the books hold, or that was run."""
        periods = [key[2] for key in self.books.charges] + [period for period, _ in self.done]
        return max(periods, default=None)

    def make_early_concession(self, unit):
        """Known before its charges are issued: in the first import, or for periods to come."""
        rng, latest = self.rng, self.books_period()
        first = self.start + rng.randint(0, self.first_run - self.start + 2)
        if latest is not None:
            first = latest + 1
        last = None if rng.random() < 0.4 else first + rng.randint(0, 8)
        kinds = ['percent', 'percent', 'amount', 'no_late_fee']
        self.add_concession(unit, first, last, rng.choice(kinds), None)

    def make_late_concession(self, unit):
        """With its date of decision: some of its charges, or all, are issued already.

        Not in SPEC.md, so avoided: charges that a run issues later although their period began
        before `on`; charges in the books that were issued after `on`; `no_late_fee` for
        charges already issued.
        """
        rng, latest = self.rng, self.books_period()
        future = min((period for period, _ in self.future), default=self.first_run + 12)
        newest = min(self.first_run - 1 if latest is None else latest, future - 1)
        oldest = self.start if latest is None else max(self.start, newest - 3)
        if newest < oldest:
            return
        first = rng.randint(oldest, newest)
        if latest is None and rng.random() < 0.5:
            day = rng.randrange(first_day(first), first_day(future))
            last = None if rng.random() < 0.5 else first + rng.randint(0, 8)
            kind = rng.choice(['percent', 'amount'])
        else:
            last = rng.randint(first, newest)
            day = first_day(last) + rng.randint(1, 60)
            kind = rng.choice(['percent', 'amount'])
        if latest is None and rng.random() < 0.1:
            kind, day = 'no_late_fee', first_day(first) - rng.randint(1, 40)
        day += date.fromordinal(day).day == 1   # on the day of issue itself: not in SPEC.md
        if self.barred_by_facts(unit, day) or not self.holder(unit, day):
            return
        self.barred.setdefault(unit, set()).add(day)
        self.add_concession(unit, first, last, kind, day)

    def make_relieved(self):
        """Some pay late fee and a part, then a concession closes what is open of the charge.

        Where the cap is low it lowers the late fee below what was paid, and sets credit free.
        """
        rng = self.rng
        for unit in self.units:
            rows = [row for row in self.tables.get('charges', []) if row['unit'] == unit]
            if not rows or rng.random() > 0.15:
                continue
            row = min(rows, key=lambda each: each['due'])
            period, amount = period_of(row['period']), int(row['amount'].replace('.', ''))
            paid = day_of(row['due']) + rng.randint(50, 90)
            on = max(paid, first_day(period + 1)) + rng.randint(1, 20)
            on += date.fromordinal(on).day == 1
            if (not self.holder(unit, paid) or not self.holder(unit, on)
                    or period >= min(each for each, _ in self.runs)):
                continue
            self.make_payment(unit, paid, [max(1, amount // 2)] * 3, 0)
            self.barred.setdefault(unit, set()).add(on)
            self.add_concession(unit, period, period, 'amount', on)

    def barred_by_facts(self, unit, day):
        rows = self.tables.get('payments', []) + self.tables.get('waivers', [])
        return any(row['unit'] == unit and row['date'] == day_text(day) for row in rows)

    def add_concession(self, unit, first, last, kind, on):
        rng = self.rng
        tenures = [t for t in self.tenures if t['unit'] == unit
                   and (t['end'] is None or t['end'] >= first_day(first))]
        if not tenures:
            return
        items = [line['item'] for line in self.lines] + ['*', '*', '*']
        value = {'percent': rng.choice(['50', '33.33', '100', '20', '60', '0.5', '12.5']),
                 'amount': rng.choice(['10.00', '0.01', '100.00', '99999.00', '55.5']),
                 'no_late_fee': ''}[kind]
        if on and kind != 'no_late_fee' and rng.random() < 0.5:   # closes charges paid in part
            value = {'percent': '100', 'amount': '9999999.00'}[kind]
        review = ''
        if rng.random() < 0.4:
            review = day_text(first_day(first) + rng.randint(0, 300))
        self.add('concessions', reference=self.reference('CcD'), unit=unit,
                 item=rng.choice(items), to='' if last is None else period_text(last), kind=kind,
                 value=value, reason='低保户', approved_by='manager', review=review,
                 on=day_text(on) if on else '', **{'from': period_text(first)})
        self.note_fact(unit, first_day(first))

    # Later imports

    def late_import(self):
        """Payments with earlier value dates, and often changed registers."""
        number = sum(step[0] == 'import' for step in self.plan.steps) + 1
        self.tables = {}
        rng = self.rng
        if rng.random() < 0.35:
            self.change_owners()
        if rng.random() < 0.35:
            self.sell_units()
        if rng.random() < 0.25:
            self.change_prices()
        if rng.random() < 0.15:
            self.add_rate()
        self.make_facts(number)
        if rng.random() < 0.2:
            self.find_old_charges()
        changed = any(self.tables.get(name) for name in REGISTERS)
        name = f'late{number}'
        self.step('import', name)
        self.write(name)
        # A register changed here would be changed back by an earlier folder.
        self.registers_changed = self.registers_changed or changed
        self.plan.repeat = [name] if self.registers_changed else self.plan.repeat + [name]
        if rng.random() < 0.6:
            self.view(self.done[-1][1] + rng.randint(-20, 20))

    def change_owners(self):
        for code in self.rng.sample(sorted(self.owners), min(4, len(self.owners))):
            self.owners[code] = self.owner_row(code)
            self.add('owners', **self.owners[code])

    def sell_units(self):
        """New owners from a day after every run, and after every fact of the unit so far."""
        rng, known = self.rng, set(self.owners)
        month = max(max(period for period, _ in self.done), self.books_period() or 0) + 1
        for unit in rng.sample(sorted(self.units), min(3, len(self.units))):
            tenure = max((t for t in self.tenures if t['unit'] == unit),
                         key=lambda each: each['start'])
            day = max(first_day(month) + rng.randint(0, 25), self.last_fact.get(unit, 0) + 1,
                      tenure['start'] + 1, max(day for _, day in self.done) + 1)
            if tenure['end'] is None:
                tenure['end'] = day - 1
                self.write_tenure(tenure)
                self.make_tenure(unit, day, None)
        for code in sorted(set(self.owners) - known):
            self.add('owners', **self.owners[code])

    def change_prices(self):
        """An open line ends, and another one follows it."""
        rng = self.rng
        for line in [line for line in self.lines if not line['to']]:
            if rng.random() < 0.3:
                day = max(day for _, day in self.done) + rng.randint(1, 30)
                if day <= day_of(line['from']):
                    continue
                line['to'] = day_text(day - 1)
                self.add('fees', **line)
                price = int(line['price'].replace('.', '')) + rng.randint(1, 5000)
                self.make_line(line['item'], line['basis'], price, int(line['cycle']),
                               line['kinds'], day, None)

    def add_rate(self):
        """A rate from a day that no entry so far has reached; what was, stays as it was."""
        rng, (head, rates, tail) = self.rng, self.policy
        day = max([self.end, *self.last_fact.values(), day_of(rates.split()[-4][:-1])])
        day += rng.randint(30, 60)
        rates += f"    - {{ from: {day_text(day)}, daily: {rng.choice(RATES + ['0'])} }}\n"
        self.policy = head, rates, tail
        self.tables['policy'] = ''.join(self.policy)

    def find_old_charges(self):
        """Arrears from before the history."""
        for unit, row in self.units.items():
            items = [line['item'] for line in self.lines if row['kind'] in line['kinds']]
            period = self.start - self.rng.randint(1, 3)
            if items and self.rng.random() < 0.1 and (unit, period) not in self.used:
                self.used.add((unit, period))
                self.make_charge(unit, items[0], period)


def make(seed, folder):
    """A small community with steps."""
    return Maker(seed, folder).make()


# A big flat community: one account and one charge a unit

class FlatMaker:
    def __init__(self, seed, folder, units):
        self.rng = random.Random(f'flat {seed}')
        self.plan, self.units = Plan(seed, folder), units
        self.end = self.rng.randrange(day_of('2019-01-01'), day_of('2030-01-01'))
        self.first = self.end - self.rng.choice([120, 300, 500, 900])
        self.now, self.late, self.serial = {}, {}, 0

    def make(self):
        rng = self.rng
        due_day = rng.randint(1, 31)
        policy = ''.join(policy_text(rng, self.first, self.end, due_day))
        line = {'item': 'wy', 'name': '物业服务费', 'basis': 'area', 'price': '2.8500',
                'cycle': '1', 'kinds': 'residence', 'from': '2010-01-01', 'to': ''}
        self.now['fees'] = [line]
        for i in range(self.units):
            self.make_unit(f'{i % 7 + 1}-{i + 1:04d}', f'O{i + 1:05d}')
        write_folder(self.plan.folder, self.now, policy)
        write_folder(os.path.join(self.plan.folder, 'late'), self.late)
        self.plan.repeat += ['late']
        middle = rng.randrange((self.first + self.end) // 2, self.end)
        self.plan.steps = [['as-of', day_text(self.end)], ['import', 'late'],
                           ['as-of', day_text(middle)], ['as-of', day_text(self.end)],
                           ['as-of', day_text(self.end + rng.choice([1, 30, 200]))]]
        return self.plan

    def add(self, table, late=False, **row):
        (self.late if late else self.now).setdefault(table, []).append(row)

    def name(self, letter):
        self.serial += 1
        return f'{letter}{self.serial * 7919 % 10 ** 6:06d}'   # the order of names is not of age

    def make_unit(self, unit, owner):
        rng = self.rng
        self.add('units', unit=unit, building='1', kind='residence', area='100.00')
        self.add('owners', owner=owner, name=owner, channels='mailbox', language='zh')
        self.add('ownerships', unit=unit, owner=owner,
                 daily_rate=rng.choice(RATES) if rng.random() < 0.2 else '',
                 **{'from': '2010-01-01'})
        due = rng.randint(self.first, self.end)
        period = period_of(day_text(due)[:7]) - (rng.random() < 0.1)
        amount = rng.choice([rng.randint(1, 200), rng.randint(1000, 90000), 28500,
                             rng.randint(1000, 90000), rng.randint(10 ** 5, 10 ** 7)])
        self.add('charges', unit=unit, item='wy', period=period_text(period),
                 amount=yuan(amount), due=day_text(due))
        self.make_entries(unit, period, due, amount)

    def make_entries(self, unit, period, due, amount):
        rng = self.rng
        start = first_day(period)
        day = rng.randint(start, self.end)
        for _ in range(rng.choice([0, 1, 1, 2, 3, 6])):
            if rng.random() < 0.75:
                day = rng.randint(start, self.end)
            paid = rng.choice([amount // 2, amount // 3, amount // 5, rng.randint(1, amount),
                               rng.randint(1, 500), amount if rng.random() < 0.5 else 1])
            self.add('payments', rng.random() < 0.25, reference=self.name(rng.choice('Pp')),
                     date=day_text(day), unit=unit, amount=yuan(max(1, paid)), method='bank')
        if rng.random() < 0.2:
            self.add('waivers', rng.random() < 0.3, reference=self.name('W'), unit=unit,
                     date=day_text(rng.randint(max(start, due), self.end + 5)), item='wy',
                     period=period_text(period), reason='非恶意欠费', approved_by='manager',
                     amount=yuan(rng.choice([1, rng.randint(1, 2000), amount])))
        for _ in range(rng.choice([0] * 17 + [1, 1, 2])):
            kind = rng.choice(['percent', 'percent', 'amount', 'no_late_fee'])
            value = {'percent': rng.choice(['50', '33.33', '80', '7.5']), 'no_late_fee': '',
                     'amount': yuan(rng.randint(1, max(1, amount // 2)))}[kind]
            self.add('concessions', reference=self.name('C'), unit=unit, item='*', kind=kind,
                     value=value, reason='低保户', approved_by='manager',
                     **{'from': period_text(period)})


def make_flat(seed, folder, units=1000):
    """A community of one charge a unit, to compare many late fees."""
    return FlatMaker(seed, folder, units).make()


def main(arguments):
    if len(arguments) not in (2, 4):
        sys.exit(__doc__)
    if os.path.isdir(arguments[1]) and os.listdir(arguments[1]):
        sys.exit(f'{arguments[1]} is not empty: what is left there would be imported as well')
    if len(arguments) == 4:
        plan = make_flat(int(arguments[0]), arguments[1], int(arguments[3]))
    else:
        plan = make(int(arguments[0]), arguments[1])
    for step in plan.steps:
        print(*step)


if __name__ == '__main__':
    main(sys.argv[1:])
