#!/usr/bin/env python3
"""The independent oracle: what every number of a community must be, straight from SPEC.md.

usage: oracle.py CASE_DIR...     reproduces the expected/ files of worked cases
       oracle.py --self-test     a few facts computed by hand from SPEC.md

It shares no code and no idea with the product. Late fees are added up day by day, as whole fen
times whole parts per million, and rounded once (SPEC 4); nothing is done by runs of days.
Dates are day numbers (date.toordinal), periods are month numbers (year * 12 + month - 1),
money is fen. "§" in the comments below is a section of SPEC.md.
"""
import calendar
import csv
import functools
import io
import json
import os
import sys
from datetime import date
from fractions import Fraction

MILLION = 1_000_000
FIRST_RATE_DAY = date(1990, 1, 1).toordinal()   # late fees are computed from here ...
LAST_RATE_DAY = date(2060, 12, 31).toordinal()  # ... to here
STOPPING = {'disputed', 'promise', 'plan', 'deceased', 'court'}
PAPER = ('mailbox', 'hand', 'registered')
CALLS = ('phone', 'fax')
ARREARS = ('unit,owner,item,period,due,principal_open,late_fee_gross,late_fee_open,'
           'days_overdue').split(',')
ACCOUNTS = ('unit,owner,charged,conceded,paid,waived,credit,principal_open,'
            'late_fee_open').split(',')


class Refused(Exception):
    """The input says something that SPEC.md does not allow."""


# Quantities (§1)

def scaled(text, places):
    """A decimal as a whole number of 10^-places, exactly (§1)."""
    value = Fraction(text) * 10 ** places
    if value.denominator != 1:
        raise Refused(f'{text} has more than {places} decimals')
    return value.numerator


def fen(text):
    return scaled(text, 2)


def yuan(amount):
    sign = '-' if amount < 0 else ''
    return f'{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}'


def day_of(text):
    return date.fromisoformat(text).toordinal()


def maybe_day(text):
    return day_of(text) if text else None


def day_text(day):
    return date.fromordinal(day).isoformat()


def period_of(text):
    year, month = text.split('-')
    return int(year) * 12 + int(month) - 1


def period_text(period):
    return f'{period // 12:04d}-{period % 12 + 1:02d}'


def first_day(period):
    return date(period // 12, period % 12 + 1, 1).toordinal()


def last_day(period):
    return first_day(period + 1) - 1


def day_in_month(period, day):
    """Day `day` of the month, or the month's last day where it is shorter (§3)."""
    year, month = period // 12, period % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1])).toordinal()


def half_up(value):
    """A non-negative fraction to the nearest whole, halves up (§1)."""
    value = Fraction(value)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def in_bytes(text):
    return text.encode('utf-8')


# The YAML of policy.yaml (§9): block maps, flow maps and lists, lists of one flow value a line

def parse_yaml(text):
    lines = []
    for raw in text.lstrip('\ufeff').splitlines():
        line = without_comment(raw).rstrip()
        if line.strip():
            lines.append((len(line) - len(line.lstrip()), line.strip()))
    value, rest = parse_block(lines, 0)
    if rest != len(lines):
        raise Refused(f'cannot read this line of the policy: {lines[rest][1]}')
    return value


def without_comment(line):
    quote = None
    for i, char in enumerate(line):
        if quote:
            quote = None if char == quote else quote
        elif char in '"\'':
            quote = char
        elif char == '#' and (i == 0 or line[i - 1] in ' \t'):
            return line[:i]
    return line


def parse_block(lines, at):
    indent = lines[at][0]
    if lines[at][1].startswith('- '):
        items = []
        while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith('- '):
            items.append(parse_flow(lines[at][1][2:]))
            at += 1
        return items, at
    result = {}
    while at < len(lines) and lines[at][0] == indent:
        key, _, value = lines[at][1].partition(':')
        at += 1
        if value.strip():
            result[key.strip()] = parse_flow(value)
        elif at < len(lines) and (lines[at][0] > indent or lines[at][1].startswith('- ')):
            result[key.strip()], at = parse_block(lines, at)
        else:
            result[key.strip()] = ''
    return result, at


def parse_flow(text):
    text = text.strip()
    if text.startswith('{') and text.endswith('}'):
        pairs = [part.partition(':') for part in flow_parts(text[1:-1])]
        return {key.strip(): parse_flow(value) for key, _, value in pairs}
    if text.startswith('[') and text.endswith(']'):
        return [parse_flow(part) for part in flow_parts(text[1:-1])]
    if len(text) >= 2 and text[0] == text[-1] and text[0] in '"\'':
        return text[1:-1]
    return text


def flow_parts(text):
    parts, depth, quote, start = [], 0, None, 0
    for i, char in enumerate(text):
        if quote:
            quote = None if char == quote else quote
        elif char in '"\'':
            quote = char
        elif char in '[{':
            depth += 1
        elif char in ']}':
            depth -= 1
        elif char == ',' and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


# The policy (§4, §7, §9)

class Stage:
    def __init__(self, entry):
        self.code = entry['stage']
        self.from_day = int(entry['from_day'])
        self.min_amount = fen(entry['min_amount'])
        self.repeat_after = int(entry['repeat_after'])
        self.channels = entry['channels']


class Policy:
    def __init__(self, text):
        tree = parse_yaml(text)
        fees = tree.get('late_fee') or {}
        self.due_day = int(tree['due_day'])
        self.allocation = tree.get('allocation', 'principal_first')
        self.grace = int(fees.get('grace', 0))
        self.retroactive = fees.get('grace_mode', 'forgive') == 'retroactive'
        self.cap = Fraction(fees.get('cap', '1.0'))
        self.segments = sorted((day_of(each['from']), scaled(each['daily'], 6))
                               for each in fees.get('rates') or [])
        self.bill_channels = tree.get('bill_channels', ['email', 'mailbox'])
        self.stages = [Stage(entry) for entry in tree.get('dunning') or []]

    def segment_rate(self, day):
        """The rate of the segment that covers the day; 0 before the first one (§4.3)."""
        rate = 0
        for start, daily in self.segments:
            if start <= day:
                rate = daily
        return rate

    @functools.lru_cache(maxsize=None)
    def rates(self, agreed):
        """r(d) for every day, in ppm, from FIRST_RATE_DAY on, under an agreed rate (§4.3)."""
        def rate(day):
            segment = self.segment_rate(day)
            return segment if segment == 0 or agreed is None else agreed
        return [rate(day) for day in range(FIRST_RATE_DAY, LAST_RATE_DAY + 1)]


# The books: registers and facts (§2, §3, §5, §6, §7)

class Account:
    """One unit during one ownership (§2)."""

    def __init__(self, unit, start):
        self.unit, self.start, self.end = unit, start, None
        self.owners, self.agreed = set(), None
        self.charges = []
        self.received = []       # (value date, fen) of every payment
        self.credits = []        # [date, fen left], what of credit is still unused
        self.credit_moves = []   # (date, fen): credit given, and used (negative)
        self.notices = []        # (as-of date, stage code, or None for a bill)
        self.holds = []          # (reason, first day, last day or None)

    def holds_on(self, day):
        return self.start <= day and (self.end is None or day <= self.end)

    def owner_codes(self):
        return ';'.join(sorted(self.owners, key=in_bytes))

    def give_credit(self, day, amount):
        self.credits.append([day, amount])
        self.credit_moves.append((day, amount))

    def credit_at(self, as_of):
        return sum(amount for day, amount in self.credit_moves if day <= as_of)


class Charge:
    """One item for one account and one period, with every entry on it (§2, §3)."""

    def __init__(self, account, item, period, amount, due):
        self.account, self.item, self.period = account, item, period
        self.amount, self.due, self.issued = amount, due, first_day(period)
        self.run_as_of = None    # the T of the run that issued it; None for imported history
        self.principal = []      # (value date, fen) of principal payments
        self.conceded = []       # (date or None, fen); None: known when the charge was issued
        self.exempt_from = None  # no late fee at any as-of date from this day on; 0: always
        self.fee_paid = []       # [date, fen, fen not taken off again]; negative: taken off
        self.waived = []         # (date, fen)

    def age(self):
        """What "oldest" means: due date, period, item in byte order (§5)."""
        return self.due, self.period, in_bytes(self.item)

    def conceded_at(self, as_of):
        return sum(fen_ for day, fen_ in self.conceded
                   if as_of is None or (self.issued if day is None else day) <= as_of)

    def open_at(self, as_of=None):
        """Open principal counting entries up to a date; without one, all that the books hold."""
        paid = sum(fen_ for day, fen_ in self.principal if as_of is None or day <= as_of)
        return self.amount - self.conceded_at(as_of) - paid

    def fee_paid_at(self, as_of=None):
        return sum(entry[1] for entry in self.fee_paid if as_of is None or entry[0] <= as_of)

    def waived_at(self, as_of=None):
        return sum(fen_ for day, fen_ in self.waived if as_of is None or day <= as_of)


class Concession:
    def __init__(self, row, account):
        self.reference, self.account, self.item = row['reference'], account, row['item']
        self.first = period_of(row['from'])
        self.last = period_of(row['to']) if row['to'] else None
        self.kind, self.value = row['kind'], row['value']
        self.review, self.on = maybe_day(row['review']), maybe_day(row.get('on'))

    def covers(self, charge):
        """Its account, item and periods; a charge issued after the review gets nothing (§6)."""
        return (self.account is charge.account and self.item in ('*', charge.item)
                and self.first <= charge.period
                and (self.last is None or charge.period <= self.last)
                and (self.review is None or charge.issued <= self.review))

    def later_than(self, charge):
        """Decided after the charge was issued: it then works by entries from `on` (§6)."""
        return self.on is not None and self.on > charge.issued

    def relief(self, charge):
        """What it would take off alone: percent of the original amount, half up, or amount."""
        if self.kind == 'percent':
            return half_up(Fraction(self.value) * charge.amount / 100)
        return fen(self.value)


class FeeLine:
    def __init__(self, row):
        self.item, self.basis = row['item'], row['basis']
        self.price, self.cycle = scaled(row['price'], 4), int(row['cycle'])
        self.kinds = row['kinds'].split(';')
        self.start, self.end = day_of(row['from']), maybe_day(row['to'])

    def holds_on(self, day):
        return self.start <= day and (self.end is None or day <= self.end)


# Late fees (§4)

def gross(charge, as_of, policy):
    """The late fee of a charge to a date: the sum over days, rounded once, capped (§4.1-5)."""
    if charge.exempt_from is not None and charge.exempt_from <= as_of:
        return 0
    grace_end = charge.due + policy.grace
    start = grace_end + 1
    if policy.retroactive:
        if as_of <= grace_end or paid_by(charge, grace_end):
            return 0
        start = charge.due + 1
    total = accrued(charge, start, as_of, policy.rates(charge.account.agreed))
    base = charge.amount - charge.conceded_at(as_of)
    ceiling = policy.cap * base
    return min((total + MILLION // 2) // MILLION, ceiling.numerator // ceiling.denominator)


def paid_by(charge, day):
    """Retroactive grace: was the principal closed by entries dated on or before the day (§4.1)"""
    known = sum(fen_ for on, fen_ in charge.conceded if on is None or on <= day)
    return charge.amount - known - sum(f for on, f in charge.principal if on <= day) == 0


def accrued(charge, start, as_of, rates):
    """Sum of P(d) x r(d), d from start to as_of, in fen x ppm (§4.2-4).

    A payment lowers P from the day after its value date, a later concession from its own day.
    """
    principal = charge.amount - sum(f for on, f in charge.conceded if on is None)
    drops = [(on + 1, f) for on, f in charge.principal]
    drops += [(on, f) for on, f in charge.conceded if on is not None]
    drops.sort()
    total, dropped = 0, 0
    for day in range(start, as_of + 1):
        while dropped < len(drops) and drops[dropped][0] <= day:
            principal -= drops[dropped][1]
            dropped += 1
        if principal == 0 and dropped == len(drops):
            break
        total += principal * rates[day - FIRST_RATE_DAY]
    return total


def outstanding(charge, as_of, policy):
    """Late fee still due in a view as of a date: entries to that date (§4.6, §10)."""
    settled = charge.fee_paid_at(as_of) + charge.waived_at(as_of)
    return max(0, gross(charge, as_of, policy) - settled)


def allocatable_fee(charge, value_date, policy):
    """Late fee as at a value date, less all that was ever paid or waived on it (§5, §6).

    Without open principal the late fee is final: a concession decided after the value date may
    have lowered its cap, and nobody pays more than is due in the end.
    """
    settled = charge.fee_paid_at() + charge.waived_at()
    fee = gross(charge, value_date, policy)
    if charge.open_at() == 0:
        fee = min(fee, final_gross(charge, policy))
    return max(0, fee - settled)


def final_gross(charge, policy):
    """The late fee of a charge without open principal: it no longer grows (§5)."""
    days = [charge.due + policy.grace] + [on for on, _ in charge.principal]
    days += [on for on, _ in charge.conceded if on is not None]
    return gross(charge, max(days) + 1, policy)


class Books:
    """A community: `take` imports, `run` issues and duns, `arrears` and `accounts` are views."""

    def __init__(self):
        self.policy = None
        self.units, self.owners, self.lines, self.readings = {}, {}, {}, {}
        self.accounts, self.by_unit = {}, {}
        self.charges, self.concessions = {}, {}
        self.facts = {}
        self.unheld = []

    # Import (§9)

    def import_folder(self, folder):
        self.take(*read_folder(folder))

    def take(self, tables, policy_text=None):
        """Registers, fees, readings, concessions, holds; then history by date (§9)."""
        if policy_text is not None:
            self.policy = Policy(policy_text)
        self.take_registers(tables)
        fresh = self.take_concessions(tables.get('concessions', []))
        self.take_holds(tables.get('holds', []))
        self.post_history(tables, fresh)

    def take_registers(self, tables):
        self.units.update((row['unit'], row) for row in tables.get('units', []))
        self.owners.update((row['owner'], row) for row in tables.get('owners', []))
        for row in tables.get('ownerships', []):
            self.take_ownership(row)
        for row in tables.get('fees', []):
            self.lines[row['item'], row['kinds'], row['from']] = FeeLine(row)
        for row in tables.get('readings', []):
            key = row['unit'], row['item'], period_of(row['period'])
            used = scaled(row['reading'], 3) - scaled(row['previous'], 3)
            if used < 0:
                raise Refused(f'the reading {key} is below the previous one')
            self.readings[key] = used

    def take_ownership(self, row):
        """Rows of one unit with one first day are co-owners of one account (§9)."""
        start = day_of(row['from'])
        account = self.accounts.get((row['unit'], start))
        if account is None:
            account = self.accounts[row['unit'], start] = Account(row['unit'], start)
            self.by_unit.setdefault(row['unit'], []).append(account)
        account.owners.add(row['owner'])
        account.end = maybe_day(row['to'])
        account.agreed = scaled(row['daily_rate'], 6) if row['daily_rate'] else None

    def is_new(self, kind, key, row):
        """A fact met again is no new fact; with other values it is refused (§9)."""
        known = self.facts.setdefault(kind, {})
        if key in known and known[key] != row:
            raise Refused(f'{kind}: {key} is known with other values')
        fresh = key not in known
        known[key] = row
        return fresh

    def take_concessions(self, rows):
        fresh = []
        for row in rows:
            if self.is_new('concessions', row['reference'], row):
                account = self.holder_from(row['unit'], first_day(period_of(row['from'])))
                fresh.append(Concession(row, account))
        self.concessions.update((each.reference, each) for each in fresh)
        return fresh

    def take_holds(self, rows):
        for row in rows:
            if self.is_new('holds', (row['unit'], row['reason'], row['from']), row):
                start = day_of(row['from'])
                account = self.holder(row['unit'], start)
                if account is None:
                    raise Refused(f"nobody holds {row['unit']} on {row['from']}")
                account.holds.append((row['reason'], start, maybe_day(row['to'])))

    def of_unit(self, unit):
        """The unit's accounts, by first day."""
        return sorted(self.by_unit.get(unit, []), key=lambda each: each.start)

    def holder(self, unit, day):
        return next((each for each in self.of_unit(unit) if each.holds_on(day)), None)

    def holder_from(self, unit, day, until=None):
        """Who holds the unit on the day, or else is the first to hold it after that (§6, §9)."""
        for account in self.of_unit(unit):
            if account.end is None or account.end >= day:
                if until is None or account.start <= until:
                    return account
        raise Refused(f'nobody holds {unit} from {day_text(day)} on')

    # History, in order of date (§5)

    def post_history(self, tables, fresh_concessions):
        """On one day: charges oldest first, later concessions, waivers, payments (§5).

        A concession's place on its day `on` is not in SPEC.md: it counts "from that day", so it
        stands before the day's waivers and payments.
        """
        events = []
        for row in tables.get('charges', []):
            key = row['unit'], row['item'], period_of(row['period'])
            if self.is_new('charges', key, row):
                charge = self.history_charge(row)
                events.append((charge.issued, 0, charge.age(), self.issue, charge))
        for each in fresh_concessions:
            if each.on is not None:
                events.append((each.on, 1, in_bytes(each.reference), self.concede_later, each))
        for order, kind, post in ((2, 'waivers', self.waive), (3, 'payments', self.pay)):
            for row in tables.get(kind, []):
                if self.is_new(kind, row['reference'], row):
                    name = in_bytes(row['reference'])
                    events.append((day_of(row['date']), order, name, post, row))
        for _, _, _, post, subject in sorted(events, key=lambda event: event[:3]):
            post(subject)

    def history_charge(self, row):
        """It belongs to who holds the unit on the period's first day, or first after it (§9)."""
        period = period_of(row['period'])
        account = self.holder_from(row['unit'], first_day(period), last_day(period))
        return Charge(account, row['item'], period, fen(row['amount']), day_of(row['due']))

    # Charges and concessions (§3, §6)

    def issue(self, charge):
        """A charge enters the books, less its concessions; credit meets it at once (§5, §6)."""
        self.charges[charge.account.unit, charge.item, charge.period] = charge
        charge.account.charges.append(charge)
        concessions = sorted((each for each in self.concessions.values() if each.covers(charge)),
                             key=lambda each: in_bytes(each.reference))
        for each in concessions:
            if each.later_than(charge):
                continue
            if each.kind == 'no_late_fee':
                charge.exempt_from = 0
            else:
                left = charge.amount - charge.conceded_at(None)
                charge.conceded.append((None, min(left, each.relief(charge))))
        self.use_credit(charge.account)

    def concede_later(self, concession):
        """Decided on `on` for charges already issued: lowers what is still open of them (§6).

        As with a payment (§5): the whole act first, then the excess of what it closed, oldest
        first, then credit.
        """
        closed = []
        for charge in sorted(concession.account.charges, key=Charge.age):
            if not (concession.covers(charge) and concession.later_than(charge)):
                continue
            if concession.kind == 'no_late_fee':
                days = [d for d in (charge.exempt_from, concession.on) if d is not None]
                charge.exempt_from = min(days)
                continue
            taken = min(charge.open_at(), concession.relief(charge))
            if taken > 0:
                charge.conceded.append((concession.on, taken))
                if charge.open_at() == 0:
                    closed.append(charge)
        for charge in closed:
            self.take_off_excess(charge, concession.on)
        self.use_credit(concession.account)

    # Waivers and payments (§5, §6)

    def waive(self, row):
        """At most the late fee as at its date, less what was paid or waived; the rest lapses."""
        key = row['unit'], row['item'], period_of(row['period'])
        if key not in self.charges:
            raise Refused(f"waiver {row['reference']}: there is no charge {key}")
        charge, day = self.charges[key], day_of(row['date'])
        taken = min(fen(row['amount']), allocatable_fee(charge, day, self.policy))
        if taken > 0:
            charge.waived.append((day, taken))

    def payee(self, row):
        """The account that a payment belongs to (§5)."""
        day, owner = day_of(row['date']), row.get('owner')
        if not owner:
            account = self.holder(row['unit'], day)
        else:
            own = [each for each in self.of_unit(row['unit']) if owner in each.owners]
            now = [each for each in own if each.holds_on(day)]
            account = (now or own[-1:] or [None])[0]
        if account is None:
            raise Refused(f"payment {row['reference']}: nobody to book it to")
        return account

    def pay(self, row):
        """Allocation in full, credit, the excess of what it closed, then credit's uses (§5)."""
        account, day, left = self.payee(row), day_of(row['date']), fen(row['amount'])
        account.received.append((day, left))
        charges = sorted((each for each in account.charges if each.issued <= day),
                         key=Charge.age)
        closed = []
        for part, charge in self.steps(charges):
            if left == 0:
                break
            if part == 'principal':
                taken = min(left, charge.open_at())
                if taken > 0:
                    charge.principal.append((day, taken))
                    if charge.open_at() == 0:
                        closed.append(charge)
            else:
                taken = min(left, allocatable_fee(charge, day, self.policy))
                if taken > 0:
                    charge.fee_paid.append([day, taken, taken])
            left -= taken
        if left:
            account.give_credit(day, left)
        for charge in sorted(closed, key=Charge.age):
            self.take_off_excess(charge, day)
        self.use_credit(account)

    def steps(self, charges):
        """What a payment meets, in the order that the policy says (§5)."""
        principals = [('principal', each) for each in charges]
        fees = [('fee', each) for each in charges]
        if self.policy.allocation == 'principal_first':
            return principals + fees
        if self.policy.allocation == 'late_fee_first':
            return fees + principals
        return [step for pair in zip(fees, principals) for step in pair]

    def take_off_excess(self, charge, cause_day):
        """More late fee paid than the closed charge owes becomes credit, latest first (§5)."""
        due = max(0, final_gross(charge, self.policy) - charge.waived_at())
        excess = charge.fee_paid_at() - due
        paid = [entry for entry in charge.fee_paid if entry[2] > 0]
        for entry in sorted(paid, key=lambda each: each[0], reverse=True):
            if excess <= 0:
                return
            taken, day = min(excess, entry[2]), max(entry[0], cause_day)
            entry[2] -= taken
            charge.fee_paid.append([day, -taken, 0])
            charge.account.give_credit(day, taken)
            excess -= taken

    def use_credit(self, account):
        """The oldest credit meets the oldest open principal, one after the other (§5)."""
        while True:
            credits = [each for each in account.credits if each[1] > 0]
            charges = [each for each in account.charges if each.open_at() > 0] if credits else []
            if not charges:
                return
            credit = min(credits, key=lambda each: each[0])
            charge = min(charges, key=Charge.age)
            taken, day = min(credit[1], charge.open_at()), max(credit[0], charge.issued)
            credit[1] -= taken
            account.credit_moves.append((day, -taken))
            charge.principal.append((day, taken))
            if charge.open_at() == 0:
                self.take_off_excess(charge, day)

    # A period's charges (§3)

    def issue_period(self, period, as_of):
        """Issues what the period charges and the books do not hold yet; gives the new charges."""
        fresh, self.unheld = [], []
        items = sorted({line.item for line in self.lines.values()}, key=in_bytes)
        for unit in self.units.values():
            for item in items:
                if (unit['unit'], item, period) in self.charges:
                    continue
                charge = self.period_charge(unit, item, period)
                if charge is not None:
                    charge.run_as_of = as_of
                    fresh.append(charge)
        for charge in sorted(fresh, key=Charge.age):
            self.issue(charge)
        return fresh

    def period_charge(self, unit, item, period):
        """All parts that fall into the period, one charge, rounded once (§3)."""
        parts = []
        for line in self.lines.values():
            if line.item == item and unit['kind'] in line.kinds:
                make = self.metered_part if line.basis == 'metered' else self.block_part
                part = make(line, unit, period)
                if part is not None:
                    parts.append(part)
        amount = half_up(sum(part[1] for part in parts)) if parts else 0
        if amount == 0:
            return None
        day = min(part[0] for part in parts)
        account = self.holder(unit['unit'], day)
        if account is None:
            self.unheld.append((unit['unit'], item, period_text(period)))
            return None
        return Charge(account, item, period, amount, self.due_date(period, day))

    def due_date(self, period, first_charged):
        due = day_in_month(period, self.policy.due_day)
        return due if first_charged <= due else day_in_month(period + 1, self.policy.due_day)

    def block_part(self, line, unit, period):
        """(first day covered, exact fen) of a line that is charged in this period (§3)."""
        block = period - period % 12 % line.cycle
        block_end = last_day(block + line.cycle - 1)
        start = max(first_day(block), line.start, maybe_day(unit['handover']) or 0)
        end = block_end if line.end is None else min(block_end, line.end)
        if end < start or not first_day(period) <= start <= last_day(period):
            return None
        whole = Fraction(line.price * line.cycle, 100)
        if line.basis == 'area':
            whole *= Fraction(scaled(unit['area'], 2), 100)
        return start, whole * Fraction(end - start + 1, block_end - first_day(block) + 1)

    def metered_part(self, line, unit, period):
        """(reading - previous) x price, never prorated (§3)."""
        used = self.readings.get((unit['unit'], line.item, period))
        handover = maybe_day(unit['handover']) or 0
        day = max(first_day(period), handover if handover <= last_day(period) else 0)
        if used is None or not line.holds_on(day):
            return None
        return day, Fraction(used * line.price, 1000 * 100)

    # A run (§7)

    def run(self, period_name, as_of_text):
        period, as_of = period_of(period_name), day_of(as_of_text)
        if as_of < first_day(period):
            raise Refused('the run lies before its period')
        fresh = self.issue_period(period, as_of)
        result = {'charges_issued': len(fresh), 'charged': yuan(sum(c.amount for c in fresh)),
                  'bills': 0, 'held': 0,
                  'notices': {stage.code: 0 for stage in self.policy.stages},
                  'emails_queued': 0, 'letters': 0, 'phone_tasks': 0}
        for account in self.accounts.values():
            self.notify(account, as_of, result)
        return result

    def notify(self, account, as_of, result):
        """A dunning notice, or else a bill if a run as of T issued charges; one for one T."""
        if any(day == as_of for day, _ in account.notices):
            return
        stage, held = self.stage_due(account, as_of)
        result['held'] += held
        if stage is not None:
            result['notices'][stage.code] += 1
            self.deliver(account, as_of, stage.code, stage.channels, result)
        elif any(charge.run_as_of == as_of for charge in account.charges):
            result['bills'] += 1
            self.deliver(account, as_of, None, self.policy.bill_channels, result)

    def stage_due(self, account, as_of):
        """(the stage whose notice is due, whether a hold stopped it) (§7.2-3)."""
        stage = self.highest_stage(account, as_of)
        if stage is None:
            return None, False
        reasons = {reason for reason, start, end in account.holds
                   if start <= as_of and (end is None or as_of <= end)}
        if reasons & STOPPING:
            return None, True
        if 'hardship' in reasons:
            stage = self.policy.stages[0]
        earlier = [day for day, code in account.notices if code == stage.code and day <= as_of]
        if earlier and as_of - max(earlier) < stage.repeat_after:
            return None, False
        return stage, False

    def highest_stage(self, account, as_of):
        overdue = [(charge.due, charge.open_at(as_of)) for charge in account.charges
                   if charge.issued <= as_of and charge.due < as_of
                   and charge.run_as_of != as_of]
        found = None
        for stage in self.policy.stages:
            old = sum(open_ for due, open_ in overdue if due <= as_of - stage.from_day)
            if old > 0 and old >= stage.min_amount:
                found = stage
        return found

    def deliver(self, account, as_of, code, channels, result):
        """By the channels that an owner of the account agreed to (§7)."""
        account.notices.append((as_of, code))
        owners = [self.owners[owner] for owner in account.owners]
        agreed = {channel for owner in owners for channel in owner['channels'].split(';')}
        used = [channel for channel in channels if channel in agreed]
        emails = sum(1 for owner in owners if 'email' in used and owner['email']
                     and 'email' in owner['channels'].split(';'))
        letter = any(channel in PAPER for channel in used)
        task = any(channel in CALLS for channel in used)
        result['emails_queued'] += emails
        result['letters'] += letter or not (emails or task)
        result['phone_tasks'] += task

    # Views (§10)

    def arrears(self, as_of_text):
        """The rows of `arrears --as-of T`, without the header."""
        as_of, rows = day_of(as_of_text), []
        for charge in self.charges.values():
            if charge.issued > as_of:
                continue
            open_, fee = charge.open_at(as_of), gross(charge, as_of, self.policy)
            fee_open = max(0, fee - charge.fee_paid_at(as_of) - charge.waived_at(as_of))
            if open_ > 0 or fee_open > 0:
                rows.append((charge, open_, fee, fee_open))
        rows.sort(key=lambda row: (in_bytes(row[0].account.unit), row[0].age()))
        return [[c.account.unit, c.account.owner_codes(), c.item, period_text(c.period),
                 day_text(c.due), yuan(open_), yuan(fee), yuan(fee_open),
                 str(max(0, as_of - c.due) if open_ > 0 else 0)]
                for c, open_, fee, fee_open in rows]

    def accounts_at(self, as_of_text):
        """The rows of `accounts --as-of T`, without the header."""
        as_of, rows = day_of(as_of_text), []
        for account in sorted(self.accounts.values(),
                              key=lambda each: (in_bytes(each.unit), each.start)):
            charges = [each for each in account.charges if each.issued <= as_of]
            paid = [amount for day, amount in account.received if day <= as_of]
            if account.start <= as_of or charges or paid:
                rows.append([account.unit, account.owner_codes()]
                            + [yuan(sum(each)) for each in self.sums(charges, paid, as_of)[:4]]
                            + [yuan(account.credit_at(as_of))]
                            + [yuan(sum(each)) for each in self.sums(charges, paid, as_of)[4:]])
        return rows

    def sums(self, charges, paid, as_of):
        return ([each.amount for each in charges],
                [each.conceded_at(as_of) for each in charges], paid,
                [each.waived_at(as_of) for each in charges],
                [each.open_at(as_of) for each in charges],
                [outstanding(each, as_of, self.policy) for each in charges])


# Files

def read_folder(folder):
    """(tables, policy text or None) of a community folder or of a later import (§9)."""
    tables, policy = {}, None
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith('.csv'):
            with open(path, encoding='utf-8-sig', newline='') as file:
                tables[name[:-4]] = list(csv.DictReader(file))
        elif name == 'policy.yaml':
            with open(path, encoding='utf-8-sig') as file:
                policy = file.read()
    return tables, policy


def read_text(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as file:
        return file.read()


# Worked cases

def differences(name, got, want):
    """Lines that say where two tables differ."""
    found = [f'{name} line {i}: oracle {g}, expected {w}'
             for i, (g, w) in enumerate(zip(got, want), 1) if g != w]
    if len(got) != len(want):
        found.append(f'{name}: oracle has {len(got)} lines, expected {len(want)}')
    return found


def check_case(folder):
    """Every difference between the oracle and a worked case; (what was compared, differences)."""
    books, found, compared = Books(), [], 0
    books.import_folder(folder)
    for line in read_text(folder, 'expected', 'steps').splitlines():
        step = line.split()
        if not step:
            continue
        if step[0] == 'import':
            books.import_folder(os.path.join(folder, step[1]))
        elif step[0] == 'run':
            name = f'run-{step[1]}@{step[2]}.json'
            want, got = json.loads(read_text(folder, 'expected', name)), books.run(*step[1:])
            found += [] if got == want else [f'{name}: oracle {got}, expected {want}']
            compared += 1
        else:
            for what, header, rows in (('arrears', ARREARS, books.arrears(step[1])),
                                       ('accounts', ACCOUNTS, books.accounts_at(step[1]))):
                name = f'{what}-{step[1]}.csv'
                want = list(csv.reader(io.StringIO(read_text(folder, 'expected', name))))
                found += differences(name, [header] + rows, want)
                compared += len(want)
    return compared, found


# Self-test: a small house whose figures were worked out by hand

HOUSE_POLICY = """
code: T
due_day: 31
allocation: {allocation}   # a comment
late_fee:
  grace: {grace}
  grace_mode: {mode}
  cap: {cap}
  rates:
    - {{ from: 2020-01-01, daily: 0.001 }}
    - {{ from: 2024-03-01, daily: 0 }}
    - {{ from: 2024-04-01, daily: 0.0005 }}
bill_channels: [email]
dunning:
  - {{ stage: early, from_day: 1, min_amount: 0.01, repeat_after: 30, channels: [email] }}
  - {{ stage: late, from_day: 20, min_amount: 50.00, repeat_after: 14, channels: [hand, phone] }}
"""


def table(text):
    return list(csv.DictReader(io.StringIO('\n'.join(l.strip() for l in text.split('|')))))


def house(charges='', payments='', waivers='', concessions='', fees='', rate='', handover='',
          holds='', **policy):
    """Books of one flat U of 100.00 m2 that A has owned since 2020, who agreed to email."""
    settings = dict(allocation='principal_first', grace=0, mode='forgive', cap='1.0')
    settings.update(policy)
    books = Books()
    heads = dict(
        charges='unit,item,period,amount,due', fees='item,name,basis,price,cycle,kinds,from,to',
        payments='reference,date,unit,owner,amount,method,payer,note',
        waivers='reference,date,unit,item,period,amount,reason,approved_by',
        holds='unit,reason,from,to,note',
        concessions='reference,unit,item,from,to,kind,value,reason,approved_by,review,on')
    rows = dict(charges=charges, payments=payments, waivers=waivers, fees=fees, holds=holds,
                concessions=concessions)
    tables = {name: table(heads[name] + '|' + rows[name]) for name in heads}
    tables['units'] = table(f'unit,kind,area,handover|U,residence,100.00,{handover}')
    tables['owners'] = table('owner,email,channels|A,a@example.com,email')
    tables['ownerships'] = table(f'unit,owner,from,to,daily_rate|U,A,2020-01-01,,{rate}')
    books.take(tables, HOUSE_POLICY.format(**settings))
    return books


def later(books, **rows):
    """A later import of payments or waivers."""
    books.take({name: table(
        {'payments': 'reference,date,unit,owner,amount,method,payer,note',
         'waivers': 'reference,date,unit,item,period,amount,reason,approved_by'}[name]
        + '|' + text) for name, text in rows.items()})
    return books


def facts():
    """(what, got, want) of facts worked out by hand from SPEC.md."""
    def fee(books, as_of):
        rows = books.arrears(as_of)
        return rows[0][5:8] if rows else []
    jan = 'U,wy,2024-01,100.00,2024-01-31'
    yield '§4.1 nothing accrues on the due date', fee(house(jan), '2024-01-31')[1], '0.00'
    # February 2024 has 29 days: 29 x 0.10
    yield '§4.1 a day each, 29 February too', fee(house(jan), '2024-02-29')[1], '2.90'
    yield '§4.3 a general exemption beats an agreed rate', fee(
        house(jan, rate='0.002'), '2024-03-31')[1], '5.80'
    yield '§4.3 the agreed rate comes back after it', fee(
        house(jan, rate='0.002'), '2024-04-02')[1], '6.20'
    yield '§4.1 forgiven grace never accrues', fee(house(jan, grace=10), '2024-02-15')[1], '0.50'
    yield '§4.1 retroactive grace: nothing up to its end', fee(
        house(jan, grace=10, mode='retroactive'), '2024-02-10')[1], '0.00'
    yield '§4.1 retroactive grace: then from the due date on', fee(
        house(jan, grace=10, mode='retroactive'), '2024-02-11')[1], '1.10'
    yield '§4.1 retroactive grace: paid on its last day owes nothing', fee(
        house(jan, 'P,2024-02-10,U,,100.00,bank,,', grace=10, mode='retroactive'),
        '2024-06-01'), []
    yield '§4.2 the day of payment still accrues on what is paid', fee(
        house(jan, 'P,2024-02-10,U,,60.00,bank,,'), '2024-02-11'), ['40.00', '1.04', '1.04']
    yield '§4.4 0.5 fen is 1 fen', fee(
        house('U,wy,2024-01,1.25,2024-01-31'), '2024-02-04')[1], '0.01'  # 4 x 0.125 fen
    yield '§4.5 the cap is rounded down', fee(
        house('U,wy,2024-01,0.19,2024-01-31', cap='0.1'), '2030-01-01')[1], '0.01'
    # 100.00 late by 10 days: 1.00; late fee first leaves 1.00 of principal
    yield '§5 late fee first', fee(house(jan, 'P,2024-02-10,U,,100.00,bank,,',
                                         allocation='late_fee_first'),
                                   '2024-02-10'), ['1.00', '1.00', '0.00']
    # P: 1.00 late fee and 99.00 principal on 02-10. Then Q of 02-05 closes the 1.00 that is
    # open: 5 days of 100.00 and 5 of 99.00 make 0.995, so 1.00: nothing was paid in excess.
    early = later(house(jan, 'P,2024-02-10,U,,100.00,bank,,', allocation='late_fee_first'),
                  payments='Q,2024-02-05,U,,51.00,bank,,')
    yield '§5 a late-arriving payment lowers from its day on', early.accounts_at(
        '2024-02-10')[0][6:], ['50.00', '0.00', '0.00']
    # Waiver above what is open lapses: 10 x 0.10 = 1.00
    yield '§6 what is above lapses', house(
        jan, waivers='W,2024-02-10,U,wy,2024-01,9.00,,m').accounts_at('2024-02-10')[0][5], '1.00'
    yield '§6 concessions add up to all', house(
        jan, concessions='C1,U,*,2024-01,,percent,60,,m,,|C2,U,wy,2024-01,,amount,55.00,,m,,'
    ).accounts_at('2024-02-10')[0][2:], ['100.00', '100.00', '0.00', '0.00', '0.00', '0.00',
                                         '0.00']
    # 10 days of 100.00, then 50.00 from 02-11 on: 1.00 + 0.05
    yield '§6 a later decision lowers from its day', fee(
        house(jan, concessions='C1,U,*,2024-01,,percent,50,,m,,2024-02-11'), '2024-02-11'), [
            '50.00', '1.05', '1.05']
    yield from facts_of_runs(jan)
    yield from excess_facts()


def excess_facts():
    """Late fee paid in excess becomes credit (§5)."""
    two = 'U,wy,2024-01,100.00,2024-01-31|U,wy,2024-02,100.00,2024-02-29'
    # P on 02-20 takes 2.00 late fee and 18.00 principal. Q of 02-01 then closes the 82.00 that
    # is open: 1 x 100.00 + 19 x 18.00 at 1 per mille = 0.10 + 0.342 = 0.44. So 1.56 comes back,
    # dated 02-20, and meets the February charge (issued 02-01) with that date.
    books = later(house(two, 'P,2024-02-20,U,,20.00,bank,,', allocation='late_fee_first'),
                  payments='Q,2024-02-01,U,,82.00,bank,,')
    yield '§5 excess is credit and meets the next principal', [
        row[3:8] for row in books.arrears('2024-02-20')], [
            ['2024-02', '2024-02-29', '98.44', '0.00', '0.00']]
    yield '§5 the account balances', books.accounts_at('2024-02-20')[0][2:], [
        '200.00', '0.00', '102.00', '0.00', '0.00', '98.44', '0.00']


def facts_of_runs(jan):
    """Charges of a period and notices (§3, §7)."""
    fees = ('wy,,area,2.5000,1,residence,2020-01-01,2024-02-10|'
            'wy,,area,3.0001,1,residence,2024-02-11,')
    run = house(jan, fees=fees).run('2024-02', '2024-02-20')
    # 250 x 10/29 + 300.01 x 19/29 = 86.2069 + 196.5583 = 282.7652
    yield '§3 a price change inside a block, rounded once', run['charged'], '282.77'
    yield '§7 the stage of 20 days overdue', run['notices'], {'early': 0, 'late': 1}
    yield '§7 no channel agreed: a letter', (run['letters'], run['emails_queued']), (1, 0)
    books = house(fees=fees, handover='2024-04-30')
    yield '§3 before the handover nothing', books.run('2024-03', '2024-03-01')['charged'], '0.00'
    # 300.01 x 1/30 = 10.0003; first day 04-30 is the due day (31 -> 30 April)
    yield '§3 the days from the handover on', books.run('2024-04', '2024-04-30')['charged'], \
        '10.00'
    yield '§3 due on the last day of a short month', books.arrears('2024-04-30')[0][4], \
        '2024-04-30'
    quarter = house(fees='cw,,fixed,60.0000,3,residence,2024-02-15,')
    # The block is January to March, 91 days; covered 02-15 to 03-31: 46 days: 180 x 46/91
    yield '§3 a quarter that starts late', quarter.run('2024-02', '2024-02-28')['charged'], \
        '90.99'
    yield '§3 a block is charged once', quarter.run('2024-03', '2024-03-28')['charges_issued'], 0
    held = house(jan, holds='U,disputed,2024-02-01,2024-02-20,')
    yield '§7 a dispute stops the notice', held.run('2024-02', '2024-02-20')['held'], 1
    yield '§7 until its last day', held.run('2024-02', '2024-02-21')['notices']['late'], 1
    yield '§7 not again before repeat_after', held.run('2024-03', '2024-03-05')['notices'], {
        'early': 0, 'late': 0}
    yield '§7 once it is old enough', held.run('2024-03', '2024-03-06')['notices']['late'], 1


def self_test():
    bad = [(what, got, want) for what, got, want in facts() if got != want]
    for what, got, want in bad:
        print(f'FAILED  {what}: {got}, by hand {want}')
    total = sum(1 for _ in facts())
    print(f'{total - len(bad)} passed, {len(bad)} failed')
    return not bad


def main(arguments):
    if arguments == ['--self-test']:
        return self_test()
    if not arguments or arguments[0].startswith('-'):
        print(__doc__)
        return False
    good = True
    for folder in arguments:
        compared, found = check_case(folder)
        for line in found[:20]:
            print(line)
        verdict = 'FAILED ' if found else 'ok     '
        print(f'{verdict} {folder}: {compared} lines and runs compared, {len(found)} different')
        good = good and not found
    return good


if __name__ == '__main__':
    sys.exit(0 if main(sys.argv[1:]) else 1)
