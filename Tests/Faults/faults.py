#!/usr/bin/env python3
"""Injects faults into every command of a dunwell binary that changes data or writes files.

usage: faults.py DUNWELL [--kills 300] [--errors 200] [--seed N] [--jobs 2] [--only ACT] [--quick]
       faults.py DUNWELL --only ACT --point KIND:N

By strace, from outside: the process is killed at the Nth call that writes; or that call fails with
ENOSPC (`full`) or EIO (`eio`), alone or with all that follow (`full+`, `eio+`). The calls of an
undisturbed run are counted first; the points are the first and last few of each act and others
spread evenly, so that --kills 100000 takes all. After each fault the database is sound and holds no
half act, a failure is told in a clear sentence, and the same command again completes the act: the
books, and `arrears`, `accounts` and `notices` byte for byte, are those of the undisturbed run.
Last, many processes at once do the same: one effect.

A failing point is named with how to reproduce it, and its folder kept: the state after the fault
in `fault`, after the next call in `again`. The last line is `N passed, M failed`; status 1 on any
failure. `--only` takes the beginning of an act's name. Wants strace and pdftoppm (apt-get install
strace poppler-utils).
"""
import argparse
import base64
import concurrent.futures
import csv
import dataclasses
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import typing

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import books as ledger  # noqa: E402
from books import Broken  # noqa: E402
import injection  # noqa: E402

DATES = ('2026-11-21', '2026-12-25')
VIEWS = [f'{view} --as-of {date} --format csv' for view in ('arrears', 'accounts')
         for date in DATES] + ['notices --format csv']
ENDS = 3             # so many points at either end are always taken
ALIKE = 4            # so many of a row of like calls are taken before the rest
SHOWN = 5            # failing points of an act shown and kept
AT_ONCE, QUICK_AT_ONCE = 50, 12
SMALL_WAVES = (8,) * 6   # where the database is made too: fewer start closer together
DRAFT = 'early.zh.letter.mustache'
HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'templates', 'notices')


# ---- What a command leaves beside the books. Each looks at a folder and tells 'whole', 'partly' or
# ---- 'absent', or raises Broken where something is half-written.

def nothing(_folder, _now, _reference):
    return 'whole'


def pdf(name):
    """A whole PDF or none."""
    def look(folder, _now, _reference):
        path = os.path.join(folder, name)
        return 'whole' if os.path.exists(path) and ledger.pages_of(path) else 'absent'
    return look


def mails(name):
    """Every .eml in its place has the very bytes that are kept."""
    def look(folder, now, _reference):
        there = files(os.path.join(folder, name))
        for file, content in there.items():
            if content != now.bodies.get(int(file.split('.')[-2])):
                raise Broken(f'{name}/{file} stands in its place, but its bytes are not kept')
        return amount(len(there), len(now.rows('message')))
    return look


def copies(name):
    """Files that are byte for byte those of the undisturbed run, or absent."""
    def look(folder, _now, reference):
        there, want = (files(os.path.join(each, name)) for each in (folder, reference))
        for file, content in there.items():
            if content != want.get(file):
                raise Broken(f'{file} is not that of an undisturbed run')
        return amount(len(there), len(want))
    return look


def evidence_pack(name):
    """A folder in which every file is what its manifest says, or none."""
    def look(folder, _now, _reference):
        place = os.path.join(folder, name)
        if not os.path.isdir(place):
            return 'absent'
        for line in ledger.content(os.path.join(place, 'SHA256SUMS')).decode().splitlines():
            digest, path = line.split('  ', 1)
            if ledger.sha256(ledger.content(os.path.join(place, path))) != digest:
                raise Broken(f'{path} of the pack is not what its manifest says')
        return 'whole'
    return look


def template(name):
    """The file in the folder of templates is the old one or the new one, whole."""
    def look(folder, _now, reference):
        there, want, old = (ledger.content(path) for path in (
            os.path.join(folder, 'notices', name), os.path.join(reference, 'notices', name),
            os.path.join(TEMPLATES, name)))
        if there not in (want, old):
            raise Broken(f'{name} is neither the old template nor the new one')
        return 'whole' if there == want else 'absent'
    return look


def shown(message):
    """Standard output is exactly the kept message."""
    def look(folder, now, _reference):
        out = ledger.content(os.path.join(folder, injection.OUT))
        return 'whole' if out and out == now.bodies.get(message) else 'absent'
    return look


def files(path):
    """Finished files by name: those of a folder, or the file itself."""
    if os.path.isfile(path):
        return {os.path.basename(path): ledger.content(path)}
    names = os.listdir(path) if os.path.isdir(path) else []
    return {name: ledger.content(os.path.join(path, name)) for name in names
            if not name.endswith('.part')}


def amount(count, of):
    return 'whole' if count == of else 'partly' if count else 'absent'


# ---- The acts. A later command joins by one line.

@dataclasses.dataclass(frozen=True)
class Act:
    """A command, the books it begins with, what a fault may leave, and what it writes beside."""
    name: str
    base: str
    command: str
    state: typing.Callable = ledger.whole
    output: typing.Callable = nothing
    at_once: bool = False
    adds: str = ''          # a table to which every call adds
    added: int = 1          # how many rows
    new_folder: str = ''    # that may be refused where it holds something
    share: float = 1.0      # of points, beside other acts


# Books to begin with: those before, and the command that makes them.
BASES = {
    'none': None,
    'imported': ('none', 'import {first}'),
    'billed': ('imported', 'run 2026-11 --as-of 2026-11-21'),
    'printed': ('billed', 'letters --out first.pdf'),
    'scanned': ('printed', 'service scan {stub} --by 王'),
    'unread': ('printed', 'service scan {blurred} --by 王'),
    'served': ('printed', 'service add {letter} --how visit --on 2026-11-22 --by 王 --note 误'),
    'composing': ('billed', 'mail show 1'),
    'updated': ('billed', 'import {later}'),
    'large': ('none', 'import {large}'),
}

ACTS = (
    Act('first import', 'none', 'import {first}', at_once=True),
    Act('second import', 'billed', 'import {later}', at_once=True),
    Act('run', 'imported', 'run 2026-11 --as-of 2026-11-21', ledger.by_unit, at_once=True),
    Act('next run', 'updated', 'run 2026-12 --as-of 2026-12-25', ledger.by_unit),
    Act('run in portions', 'large', 'run 2026-11 --as-of 2026-11-21', ledger.by_unit, share=0.2),
    Act('letters', 'billed', 'letters --out letters.pdf', output=pdf('letters.pdf'), at_once=True),
    Act('reprint', 'printed', 'letters --out again.pdf --reprint {letter}',
        output=pdf('again.pdf'), adds='letterReprint'),
    Act('letters by building', 'billed', 'letters --out letters.pdf --separators --duplex',
        output=pdf('letters.pdf'), share=0.2),
    Act('rescue', 'billed', 'limitation rescue --as-of 2029-09-01 --out rescue.pdf',
        ledger.given_then_printed, pdf('rescue.pdf'), adds='letterReprint', added=12),
    Act('evidence pack', 'served', 'evidence export 1-1-101 --as-of 2026-12-01 --out pack',
        output=evidence_pack('pack'), new_folder='pack', share=0.3),
    Act('sample letter', 'billed', 'letters --out sample.pdf --sample formal',
        output=pdf('sample.pdf'), share=0.2),
    Act('mail export', 'composing', 'mail export --out outbox', ledger.by_message,
        mails('outbox'), at_once=True),
    Act('mail show', 'billed', 'mail show 2', output=shown(2), at_once=True),
    Act('service add', 'printed', 'service add {letter} --how registered --on 2026-12-01 --by 王 '
        '--file {proof} {draft} --note 挂号', at_once=True),
    Act('service withdraw', 'served', 'service withdraw 1 --reason 误', at_once=True),
    Act('service scan', 'printed', 'service scan {stub} --by 王', at_once=True),
    Act('scan confirm', 'scanned', 'service confirm 1 --on 2026-11-22 --by 王', share=0.5),
    Act('scan assign', 'unread', 'service scan assign 1 FL-202611-00001-1 --by 王', share=0.2),
    Act('scan discard', 'scanned', 'service scan discard 1 --reason 误', share=0.2),
    Act('evidence anchor', 'served', 'evidence anchor --out anchor.pdf',
        output=pdf('anchor.pdf'), share=0.2),
    Act('promise add', 'billed', 'promise add 1-1-101 --amount 100.00 --until 2026-12-05 '
        '--on 2026-11-22 --by 王', at_once=True, share=0.5),
    Act('mail bounces', 'composing', 'mail bounces --maildir {reports}', at_once=True),
    Act('template save', 'billed', 'template save {draft}', output=template(DRAFT), at_once=True),
    Act('export', 'updated', 'export tables', output=copies('tables'), new_folder='tables'),
    Act('ledger export', 'updated', 'export --ledger books.journal',
        output=copies('books.journal')),
    Act('export to Excel', 'updated', 'export workbooks --format xlsx',
        output=copies('workbooks'), new_folder='workbooks'),
    Act('arrears to Excel', 'updated', 'arrears --as-of 2026-11-21 --out arrears.xlsx',
        output=copies('arrears.xlsx')),
)


# ---- The community.

# A picture of four by two pixels.
SEAL = ('iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAC0lEQVR4nGNggAEAAAoAAX+AdF4AAAAASUVORK5C'
        'YII=')

def make_folders(exe, place):
    """Folders to import: a first one, later changes, and one of more units than a portion."""
    names = {name: os.path.join(place, name) for name in ('first', 'later', 'large')}
    for name, units in (('first', 12), ('large', 1020)):
        must([exe, 'sample', names[name], '--units', str(units), '--seed', '5'], place)
    for file in ('charges.csv', 'payments.csv', 'waivers.csv'):
        edit(names['large'], file, lambda rows: rows[:1])
    shutil.copytree(names['first'], names['later'])
    change(names['later'])
    names['proof'] = os.path.join(place, 'slip.jpg')
    with open(names['proof'], 'wb') as file:
        file.write(bytes(range(256)) * 1024)
    names['reports'] = os.path.join(place, 'reports')
    write_reports(names['reports'])
    names['draft'] = os.path.join(place, DRAFT)
    with open(os.path.join(TEMPLATES, DRAFT), encoding='utf-8') as file:
        changed = file.read().replace('温和的提醒', '更温和的提醒')
    with open(names['draft'], 'w', encoding='utf-8') as file:
        file.write(changed)
    return names


def write_reports(folder):
    """A maildir in which a report says of each owner's address that it is unknown."""
    for part in ('new', 'cur', 'tmp'):
        os.makedirs(os.path.join(folder, part))
    for number in range(1, 20):
        with open(os.path.join(folder, 'new', f'{number:03}.report'), 'w', encoding='ascii') as file:
            file.write(f"""From: MAILER-DAEMON@mail.example.com
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; o{number}@example.com
Action: failed
Status: 5.1.1
--b--
""")


def change(folder):
    """What an office brings a few days later: payments, waivers, changes of its registers."""
    edit(folder, 'payments.csv', lambda rows: rows + [
        ['LATER-1', '2026-11-23', '1-1-101', '', '500.00', 'cash', '', ''],
        ['LATER-2', '2026-11-24', '1-1-202', '', '9000.00', 'bank', '', 'in advance'],
        ['LATER-3', '2026-11-25', 'P-0001', 'O000001', '12.34', 'wechat', '', '']])
    edit(folder, 'waivers.csv', lambda rows: rows + [
        ['W-1', '2026-11-26', '1-1-101', 'wy', '2026-09', '5.00', 'goodwill', 'manager']])
    edit(folder, 'concessions.csv', lambda rows: rows + [
        ['C-1', '1-1-301', 'wy', '2026-12', '2027-03', 'percent', '10', 'leak', 'manager', '', '']])
    edit(folder, 'holds.csv', lambda rows: rows + [
        ['1-1-601', 'disputed', '2026-12-01', '', 'asks for a statement']])
    edit(folder, 'owners.csv', lambda rows: [
        [*row[:2], '13900009999', *row[3:]] if row[0] == 'O000002' else row for row in rows]
        + [['O000099', '新 业主', '', 'o99@example.com', '', 'email;mailbox', 'zh']])
    edit(folder, 'ownerships.csv', lambda rows: [
        [*row[:3], '2026-11-30', *row[4:]] if row[0] == '1-1-602' or row[1] == 'O000006' else row
        for row in rows] + [['1-1-302', 'O000099', '2026-12-01', '', '']])
    edit(folder, 'fees.csv', lambda rows: rows + [
        ['dt', '电梯费', 'fixed', '15.0000', '1', 'residence', '2026-12-01', '']])
    path = os.path.join(folder, 'policy.yaml')
    with open(path, 'a', encoding='utf-8') as file:
        file.write('# changed\n')
    edit_text(path, 'letters:\n', 'letters:\n  seal: seal.png\n')
    with open(os.path.join(folder, 'seal.png'), 'wb') as file:
        file.write(base64.b64decode(SEAL))


def edit_text(path, old, new):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text.replace(old, new))


def edit(folder, name, work):
    path = os.path.join(folder, name)
    with open(path, encoding='utf-8-sig', newline='') as file:
        rows = work(list(csv.reader(file)))
    with open(path, 'w', encoding='utf-8', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows(rows)


def must(command, folder):
    """A call without faults, which has to end well."""
    end = injection.call(command, folder)
    if end.status != 0:
        raise SystemExit(f"faults: `{' '.join(command)}` ended with {end.status}: "
                         f'{end.err.strip()[-500:]}')
    return end


# ---- Undisturbed runs.

class Workshop:
    """The binary, the folders to import, and the books to begin with."""

    def __init__(self, exe, place):
        self.exe, self.place, self.made = exe, place, {}
        self.words = make_folders(exe, place)

    def base(self, name):
        """A folder with the books of that name; made once."""
        if name not in self.made:
            folder = os.path.join(self.place, 'base-' + name)
            if BASES[name] is None:
                shutil.copytree(TEMPLATES, os.path.join(folder, 'notices'))
            else:
                before, command = BASES[name]
                shutil.copytree(self.base(before), folder)
                must(self.command(command, folder), folder)
            self.made[name] = folder
        return self.made[name]

    def command(self, text, folder):
        letter = a_printed_letter(folder) if '{letter}' in text else ''
        stub = self.a_stub(folder, 'stub', 110) if '{stub}' in text else ''
        blurred = self.a_stub(folder, 'blurred', 20) if '{blurred}' in text else ''
        return [self.exe,
                *text.format(**self.words, letter=letter, stub=stub, blurred=blurred).split()]

    def a_stub(self, folder, name, dpi):
        """A picture of a printed letter's last sheet, as a scanner makes it: made once. No code is
        read at 20 dpi."""
        picture = os.path.join(self.place, name)
        if not os.path.exists(picture + '.png'):
            page = str(ledger.pages_of(os.path.join(folder, 'first.pdf')))
            subprocess.run(['pdftoppm', '-r', str(dpi), '-gray', '-png', '-singlefile', '-f', page,
                            os.path.join(folder, 'first.pdf'), picture], check=True)
        return picture + '.png'

    def fresh(self, base):
        """A copy of the books, in a new folder."""
        folder = tempfile.mkdtemp(dir=self.place, prefix='trial-')
        shutil.copytree(self.base(base), folder, dirs_exist_ok=True)
        return folder

    def views(self, folder):
        found = []
        for view in VIEWS:
            end = injection.call([self.exe, *view.split()], folder)
            if end.status != 0:
                raise Broken(f'`{view}` ended with {end.status}: {end.err.strip()[-200:]}')
            found.append(end.out)
        return found


def a_printed_letter(folder):
    """The number of the notice whose letter was printed last."""
    now = ledger.read_books(folder)
    numbers = {row[0]: row[2] for row in now.rows('notice')}
    return numbers[max(row[0] for row in now.rows('letterPrint'))]


class Reference:
    """An act done without a fault: its points, and the books before and after it."""

    def __init__(self, shop, act):
        self.act = act
        self.folder = shop.fresh(act.base)
        self.command = shop.command(act.command, self.folder)
        self.before = ledger.read_books(self.folder)
        end = injection.traced(self.command, self.folder)
        if end.status != 0:
            raise SystemExit(f'faults: {act.name} ended with {end.status} undisturbed: {end.err}')
        self.points = injection.points_of(self.folder)
        self.paths = injection.paths_to_fill(self.points)
        self.after = ledger.read_books(self.folder)
        if act.state(self.before, self.after, self.after) != 'after':
            raise SystemExit(f'faults: {act.name} does not come to its end undisturbed')
        self.views = shop.views(self.folder)
        self.stable = self.count_by_path(shop)

    def count_by_path(self, shop):
        """The points that strace counts when it sees the paths of a full disk alone."""
        folder = shop.fresh(self.act.base)
        injection.traced(shop.command(self.act.command, folder), folder,
                         injection.by_path(self.paths, folder))
        points = injection.points_of(folder)
        shutil.rmtree(folder)
        return points

    def numbered(self, kind):
        """The points that a kind of fault is numbered by."""
        return self.stable if kind.endswith('+') else self.points

    def population(self, kind):
        """The points of a kind; an error of standard error itself could not be told, and an
        opening that stays refused would hide the rest."""
        if kind == 'kill':
            return self.points
        left_out = injection.OPENING if kind.endswith('+') else ()
        return [point for point in self.numbered(kind)
                if point.path != injection.ERR and point.call not in left_out]


# ---- Which points.

def pick(points, count, rng):
    """The first and last, then few of each row of like calls, spread evenly, then any others."""
    if count >= len(points) or count <= 0:
        return list(points) if count > 0 else []
    ends = points[:ENDS] + points[-ENDS:] if count > 2 * ENDS else []
    between = [point for point in thinned(points) if point not in ends]
    wanted = count - len(ends)
    if wanted < len(between):
        step = len(between) / wanted
        chosen = ends + [between[int((place + rng.random()) * step)] for place in range(wanted)]
    else:
        chosen = ends + between
    chosen = set(chosen)
    rest = [point for point in points if point not in chosen]
    return sorted([*chosen, *rng.sample(rest, count - len(chosen))],
                  key=lambda point: point.index)


def thinned(points):
    """At most ALIKE of each row of like calls on one file, its ends among them."""
    rows = []
    for point in points:
        if rows and (rows[-1][-1].call, rows[-1][-1].path) == (point.call, point.path):
            rows[-1].append(point)
        else:
            rows.append([point])
    found = []
    for row in rows:
        step = max(1.0, (len(row) - 1) / (ALIKE - 1))
        found += [row[round(place * step)] for place in range(min(ALIKE, len(row)))]
    return found


def kills(reference, count, rng):
    return [('kill', point) for point in pick(reference.population('kill'), count, rng)]


def errors(reference, count, rng):
    """Half of them single, half of a disk that stays so; ENOSPC and EIO by turns."""
    faults = []
    for kinds in (('full', 'eio'), ('full+', 'eio+')):
        points = reference.population(kinds[0])
        wanted = count // 2 if kinds[0] == 'full+' else count - count // 2
        once = pick(points, wanted, rng)
        turn = rng.randrange(2)
        faults += [(kinds[(place + turn) % 2], point) for place, point in enumerate(once)]
        again = pick(points, wanted - len(points), rng) if wanted > len(points) else []
        place_of = {point: place for place, point in enumerate(once)}
        faults += [(kinds[(place_of[point] + turn + 1) % 2], point) for point in again]
    return faults


def shares(references, total, size):
    """How many points each act gets: alike, as far as it has so many."""
    left, given = total, {}
    for reference in sorted(references, key=lambda each: size(each) / each.act.share):
        waiting = [each for each in references if each.act.name not in given]
        weight = sum(each.act.share for each in waiting)
        given[reference.act.name] = min(size(reference),
                                        round(left * reference.act.share / weight))
        left -= given[reference.act.name]
    return given


# ---- One trial.

NOT_OURS = re.compile(
    r'[A-Z]\w*Error\b|\w\(\)|Error:|Fatal error|rogram crashed|Optional\(|'
    r'fault of this program|Domain=|0x[0-9a-f]{6}|^\s+at ', re.MULTILINE)
NOTHING_CHANGED = re.compile(r'changed nothing|nothing was changed|nothing of this import')


def check_message(end, state, reference):
    """A failure is told in clear sentences of ours, which are true."""
    if end.status is None:
        raise Broken(f'hangs for more than {injection.LIMIT} s')
    if end.status < 0 or end.status > 2:
        raise Broken(f'ends with {end.status}: {end.err.strip()[:300]}')
    said = end.err.strip()
    if not said:
        raise Broken(f'ends with {end.status} without a message')
    if NOT_OURS.search(said) or not said.endswith(('.', '。')):
        raise Broken(f'the message is no clear sentence: {said[:300]}')
    if state == 'after' and reference.after != reference.before and NOTHING_CHANGED.search(said):
        raise Broken(f'the act is complete, but the message says: {said[:300]}')


class Trial:
    """An act with one fault, then the same command again."""

    def __init__(self, shop, reference, kind, point):
        self.shop, self.reference, self.kind, self.point = shop, reference, kind, point
        self.act, self.failure, self.remarks, self.hit = reference.act, None, [], False
        self.folder = shop.fresh(self.act.base)

    @property
    def name(self):
        return f'{self.kind}:{self.point.index}'

    def run(self):
        try:
            self.disturbed()
            shutil.copytree(self.folder, self.folder + '-fault')
            self.undisturbed()
        except Broken as broken:
            self.failure = str(broken)
        return self

    def put_away(self, keep):
        """Forgets the folders, or keeps them under the point's name."""
        fault = self.folder + '-fault'
        if not keep:
            shutil.rmtree(fault, ignore_errors=True)
            return shutil.rmtree(self.folder)
        place = os.path.join(keep, f"{self.act.name.replace(' ', '-')}-{self.name}")
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        if os.path.exists(fault):
            shutil.move(fault, os.path.join(place, 'fault'))
        return shutil.move(self.folder, os.path.join(
            place, 'again' if os.path.exists(os.path.join(place, 'fault')) else 'fault'))

    def disturbed(self):
        """The command with the fault; then what it left is looked at."""
        self.command = self.shop.command(self.act.command, self.folder)
        end = injection.injected(self.command, self.folder, self.point, self.kind,
                                 self.reference.paths)
        self.hit = end.hit
        self.now = ledger.read_books(self.folder)
        self.state = self.act.state(self.reference.before, self.now, self.reference.after)
        outputs = self.act.output(self.folder, self.now, self.reference.folder)
        if self.kind == 'kill' and end.status == -9:
            return
        if end.status == 0:
            self.accepted(outputs)
        else:
            check_message(end, self.state, self.reference)
            self.refused(outputs)

    def accepted(self, outputs):
        """Status 0: the act is complete."""
        if self.state != 'after' or outputs != 'whole':
            raise Broken(f'ends with 0, but the books are {self.state}, its files {outputs}')
        if self.point.path == injection.OUT:
            self.remarks.append('ends with 0 though its standard output was lost')

    def refused(self, outputs):
        """After an error nothing half-written lies about, as far as the disk let it be removed."""
        if leftovers(self.folder) and not self.kind.endswith('+') and \
                not self.point.call.startswith('unlink'):
            raise Broken(f'left half-written: {leftovers(self.folder)}')
        if outputs == 'whole' and self.state == 'before' and self.act.output is not nothing \
                and self.reference.before != self.reference.after:
            self.remarks.append('failed, and nothing counts, but its file was given')

    def undisturbed(self):
        """The same command again completes it."""
        end = injection.call(self.command, self.folder)
        if end.status == 1 and self.act.new_folder and self.act.new_folder in end.err:
            self.remarks.append('refused again, as its folder is no longer empty')
            shutil.rmtree(os.path.join(self.folder, self.act.new_folder))
            end = injection.call(self.command, self.folder)
        if end.status != 0:
            raise Broken(f'again: ends with {end.status}: {end.err.strip()[-300:]}')
        now = ledger.read_books(self.folder)
        check_end(self.shop, self.reference, self.folder, now,
                  more=self.act.added if self.state == 'after' else 0)
        for message, body in self.now.bodies.items():
            if now.bodies.get(message) != body:
                raise Broken(f'again: message {message} was composed, and has other bytes now')
        if leftovers(self.folder):
            self.remarks.append('a .part file stays behind for good')


def check_end(shop, reference, folder, now, more=0):
    """The act is complete, as in the undisturbed run, byte for byte in the views."""
    act, after = reference.act, reference.after
    found = ledger.difference(now, after, ('act', act.adds))
    if found:
        raise Broken(f'at the end the books are not those of an undisturbed run: {found}')
    if act.adds and len(now.rows(act.adds)) - len(after.rows(act.adds)) != more:
        raise Broken(f'at the end there are {len(now.rows(act.adds))} rows in {act.adds}')
    outputs = act.output(folder, now, reference.folder)
    if outputs != 'whole':
        raise Broken(f'at the end its files are {outputs}')
    for view, one, other in zip(VIEWS, shop.views(folder), reference.views):
        if one != other:
            raise Broken(f'at the end `{view}` is not that of an undisturbed run')


def leftovers(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder)
                  for place, _, names in os.walk(folder) for name in names
                  if name.endswith('.part'))


# ---- Many at once.

def at_once(shop, reference, count):
    """The same command in many processes: one effect. Gives failures, who was refused, where."""
    folder = shop.fresh(reference.act.base)
    command = shop.command(reference.act.command, folder)
    processes = [injection.start(command, folder, f'.{place}') for place in range(count)]
    ends = [injection.ended(process, folder, f'.{place}')
            for place, process in enumerate(processes)]
    shutil.copy(os.path.join(folder, injection.OUT + '.0'), os.path.join(folder, injection.OUT))
    refused = [end for end in ends if end.status != 0]
    failures = [found for found in [
        *(broken(check_message, end, 'before', reference) for end in refused),
        broken(check_books, shop, reference, folder)] if found]
    if not failures:
        shutil.rmtree(folder)
    return failures, refused, folder


def check_books(shop, reference, folder):
    check_end(shop, reference, folder, ledger.read_books(folder))


def broken(check, *values):
    """What a check found."""
    try:
        check(*values)
    except Broken as found:
        return str(found)
    return None


# ---- The whole.

class Session:
    """What was asked for, and what was found."""

    def __init__(self, options, shop, keep):
        self.options, self.shop, self.keep = options, shop, keep
        self.passed, self.failed = 0, 0

    def met(self, reference, fault, tries=4):
        """A trial whose fault came where it was meant to: how many files a command opens before one of its own
        differs a little from run to run, so one that was not met is tried again."""
        for left in reversed(range(tries)):
            trial = Trial(self.shop, reference, *fault).run()
            if trial.hit or trial.failure or not left:
                return trial
            trial.put_away(None)

    def act(self, reference, faults):
        """The trials of one act, and its line."""
        began, failing, remarks, missed = time.monotonic(), [], {}, 0
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            trials = [pool.submit(self.met, reference, fault) for fault in faults]
            for trial in (each.result() for each in trials):
                missed += not trial.hit and not trial.failure
                for remark in set(trial.remarks):
                    remarks.setdefault(remark, []).append(trial.name)
                if trial.failure:
                    failing.append(trial)
                trial.put_away(self.keep if trial.failure and len(failing) <= SHOWN else None)
        self.passed += len(faults) - len(failing) - missed
        self.failed += len(failing) + (missed > len(faults) / 10)
        self.tell(reference, faults, failing, missed, time.monotonic() - began)
        for remark, names in remarks.items():
            print(f"    note: {remark}: {len(names)} points, such as {names[0]}", flush=True)

    def tell(self, reference, faults, failing, missed, seconds):
        count = sum(kind == 'kill' for kind, _ in faults)
        kinds = ('full', 'eio', 'full+', 'eio+')
        possible = sum(len(reference.population(kind)) for kind in kinds)
        found = f'{len(failing)} FAULTY' if failing else 'no fault'
        other = f', {missed} not reached' if missed else ''
        other += ', TOO MANY' if missed > len(faults) / 10 else ''
        print(f"{reference.act.name}: killed at {count} of {len(reference.points)} points, "
              f"{len(faults) - count} of {possible} errors{other}: {found} ({seconds:.0f} s)",
              flush=True)
        for trial in failing[:SHOWN]:
            self.tell_failure(trial)
        if len(failing) > SHOWN:
            print(f"    ... and {', '.join(trial.name for trial in failing[SHOWN:])}")

    def tell_failure(self, trial):
        point, name = trial.point, trial.act.name
        print(f"    {trial.name} ({point.call} {point.number}, {point.path or '-'}): "
              f"{trial.failure}\n"
              f"        faults.py {self.options.dunwell} --only '{name}' --point {trial.name}\n"
              f"        kept: {self.keep}/{name.replace(' ', '-')}-{trial.name}", flush=True)

    def together(self, reference):
        for count in (QUICK_AT_ONCE if self.options.quick else AT_ONCE,
                      *(SMALL_WAVES if BASES[reference.act.base] is None else ())):
            self.wave(reference, count)

    def wave(self, reference, count):
        """The same command in so many processes, and its line."""
        began = time.monotonic()
        failures, refused, folder = at_once(self.shop, reference, count)
        self.passed, self.failed = self.passed + (not failures), self.failed + bool(failures)
        print(f"{reference.act.name}: {count} at once: {'FAULTY' if failures else 'one effect'}, "
              f"{len(refused)} refused ({time.monotonic() - began:.0f} s)")
        shorter = {found.splitlines()[0][:200] for found in failures}
        for found in sorted(shorter)[:SHOWN]:
            print(f'    {found}')
        for said in sorted({first_line(end.err) for end in refused} - shorter)[:3]:
            print(f'    said: {said}')
        if failures:
            place = os.path.join(self.keep, f"{reference.act.name.replace(' ', '-')}-at-once")
            shutil.rmtree(place, ignore_errors=True)
            print(f'    kept: {shutil.move(folder, place)}')
        sys.stdout.flush()


def first_line(text):
    return text.strip().split('\n', maxsplit=1)[0][:200]


def chosen_acts(options):
    acts = [act for act in ACTS if act.name.startswith(options.only or '')]
    if not acts:
        raise SystemExit(f"faults: no act {options.only}; there are "
                         f"{', '.join(act.name for act in ACTS)}")
    if options.quick and not options.only:
        acts = [act for act in acts if act.base != 'large']
    return acts


def one_point(session, reference, text):
    """Reproduces one point."""
    kind, index = text.split(':')
    point = next((each for each in reference.numbered(kind) if each.index == int(index)), None)
    if point is None:
        raise SystemExit(f'faults: {reference.act.name} has no point {text}')
    session.act(reference, [(kind, point)])


def everything(session, acts):
    options = session.options
    references = [Reference(session.shop, act) for act in acts]
    if options.point:
        return one_point(session, references[0], options.point)
    killed = shares(references, options.kills, lambda each: len(each.population('kill')))
    failed = shares(references, options.errors, lambda each: 2 * (
        len(each.population('full')) + len(each.population('full+'))))
    for reference in references:
        name = reference.act.name
        rng = random.Random(f'{options.seed}/{name}')
        session.act(reference, kills(reference, killed[name], rng)
                    + errors(reference, failed[name], rng))
    for reference in references:
        if reference.act.at_once:
            session.together(reference)
    return None


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('dunwell')
    parser.add_argument('--kills', type=int)
    parser.add_argument('--errors', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--only', metavar='ACT')
    parser.add_argument('--point', metavar='KIND:N', help='kill, full, eio, full+ or eio+')
    parser.add_argument('--quick', action='store_true', help='40 kills, 30 errors, 12 at once')
    options = parser.parse_args(arguments)
    options.dunwell = os.path.abspath(options.dunwell)
    options.kills = (40 if options.quick else 300) if options.kills is None else options.kills
    options.errors = (30 if options.quick else 200) if options.errors is None else options.errors
    return options


def main(arguments):
    options = parsed(arguments)
    if not shutil.which('strace'):
        raise SystemExit('faults: strace is missing: apt-get install strace')
    os.environ['DUNWELL_TEMPLATES'] = 'notices'
    os.environ['LANG'] = 'C.UTF-8'
    began, keep = time.monotonic(), tempfile.mkdtemp(prefix='dunwell-faults-kept-')
    with tempfile.TemporaryDirectory(prefix='dunwell-faults-') as place:
        session = Session(options, Workshop(options.dunwell, os.path.realpath(place)), keep)
        everything(session, chosen_acts(options))
    if not os.listdir(keep):
        os.rmdir(keep)
    print(f'{time.monotonic() - began:.0f} s in all')
    print(f'{session.passed} passed, {session.failed} failed')
    return 1 if session.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
