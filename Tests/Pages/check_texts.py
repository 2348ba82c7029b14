#!/usr/bin/env python3
"""60 hostile texts in every text field of every form, over HTTP; then whatever shows texts is read again.

usage: check_texts.py DUNWELL [--rounds 60] [--seed 1] [--verbose]

Forms are found on the served pages, along `dunwell serve --routes`. In round r field f takes text (r + f) mod 60, with
a mark of its own, so that wherever a text comes back it is known whence. What a field refuses is
told by the page; the form is then sent with something right in that field, until it is taken. Every page is read as
browsers read it (html5lib): a mark stands nowhere but within its whole text. The registers hold such texts too,
and what is sent and given away is read: mails, letters, CSV and XLSX. Fewer --rounds take a part, chosen by the seed.
Ends with `N passed, M failed`.
"""
import argparse
import collections
import csv
import email
import email.policy
import glob
import io
import os
import random
import re
import secrets
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import zipfile

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import check_pages  # noqa: E402
import hostile  # noqa: E402
import office  # noqa: E402
import skeleton  # noqa: E402

ROLES = ['clerk', 'cashier', 'administrator', 'manager']
READERS = ['manager', 'administrator']
# What is right in a field that refuses words; tried in this order.
RIGHT = [office.TODAY, '2026-12-30', '2027-02-28', '2026-12', '2027-01', '1.00', '2', '10:30',
         office.NAMES['clerk'], '{unit}', '2027-01-10 1.00', '{notice}']
PNG = bytes.fromhex('89504e470d0a1a0a0000000d4948445200000001000000010806000000' '1f15c4890000000a49444154789c6360000000'
                    '0200015d0b2a9c0000000049454e44ae426082')
PHRASE = 'a long phrase for nobody but tests'


class HostileSite(office.Site):
    """An office whose registers hold such texts before the first page is served."""

    def __init__(self, dunwell, marks, units):
        self.marks = marks
        super().__init__(dunwell, units=units)

    def prepare(self, sample):
        for name, columns in (('owners.csv', ['name', 'address']), ('fees.csv', ['name']),
                              ('payments.csv', ['payer', 'note']), ('units.csv', [])):
            path = os.path.join(sample, name)
            with open(path, encoding='utf-8-sig', newline='') as file:
                rows = list(csv.DictReader(file))
            for place, row in enumerate(rows):
                for column in columns:
                    # Names of owners by turns, so that there are all of them; of fees every second.
                    row[column] = self.marks.text(f'{name} {column}', place)
            with open(path, 'w', encoding='utf-8', newline='') as file:
                writer = csv.DictWriter(file, rows[0].keys(), lineterminator='\n')
                writer.writeheader()
                writer.writerows(rows)


class Marks:
    """Texts with marks that tell field and round; what became of each field."""

    def __init__(self):
        self.fields, self.texts = [], {}
        self.sent, self.taken, self.shown = (collections.defaultdict(set) for _ in range(3))
        self.refusals = collections.defaultdict(collections.Counter)

    def text(self, field, turn):
        if field not in self.fields:
            self.fields.append(field)
        place = self.fields.index(field)
        number = (turn + place) % len(hostile.PAYLOADS)
        mark = f'{hostile.MARK}f{place}r{turn}z'
        self.texts[mark] = hostile.PAYLOADS[number].replace(hostile.MARK, mark)
        self.sent[field].add(number)
        return self.texts[mark]

    def source(self, mark):
        place, turn = map(int, re.fullmatch(hostile.MARK + r'f(\d+)r(\d+)z', mark).groups())
        return self.fields[place], (turn + place) % len(hostile.PAYLOADS)

    def were_taken(self, texts):
        for text in texts:
            for mark in skeleton.marks_in(text):
                field, number = self.source(mark)
                self.taken[field].add(number)

    def was_refused(self, field, why):
        self.refusals[field][re.sub(r'\d+', '…', re.sub(r'“.*”', '“…”', why, flags=re.S))[:60]] += 1


class Reader:
    """Reads whatever comes back, and judges it; the same bytes once."""

    def __init__(self, checks, marks, site):
        self.checks, self.marks, self.site, self.known = checks, marks, site, set()
        self.vocabulary = skeleton.vocabulary(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../templates/pages'))
        self.read = self.parsed = 0

    def page(self, body, where):
        """The page's tree where it holds a mark, else None."""
        text = re.sub(r'name="(csrf|form)" value="[^"]*"', r'name="\1"', body.decode())
        self.read += 1
        if hash(text) in self.known:
            return
        self.known.add(hash(text))
        self.parsed += 1
        faults, shown = skeleton.judge(text, self.marks.texts, self.vocabulary)
        self.checks.expect(not faults, f'{where}: {faults[:3]}')
        self.were_shown(shown)

    def were_shown(self, marks):
        for mark in marks:
            field, number = self.marks.source(mark)
            self.marks.shown[field].add(number)

    def answer(self, answer, where, role):
        """Reads an answer, and the page that it leads to."""
        status, headers, body = answer
        self.checks.expect(status in (200, 303, 401, 403, 404, 409, 413, 422, 429), f'{where}: status {status}')
        kind = headers['Content-Type'] or ''
        if kind.startswith('text/html'):
            self.page(body, where)
        elif body and status == 200:
            self.file(body, where)
        if status == 303:
            led = headers['Location']
            self.checks.expect(led.startswith('/') and not led.startswith('//'), f'{where} leads to {led}')
            after = self.site.get(led, role)
            if (after[1]['Content-Type'] or '').startswith('text/html'):
                self.page(after[2], led)

    def file(self, body, where):
        """A table to save: no cell of it is a formula."""
        if body.startswith(b'PK'):
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                sheets = b''.join(book.read(name) for name in book.namelist() if name.endswith('.xml'))
            self.checks.expect(not re.search(rb'<f[ >]|<hyperlink|<externalLink|<ddeLink', sheets), f'{where}: a formula')
            self.were_shown(skeleton.marks_in(sheets.decode()))
        elif not body.startswith((b'%PDF', b'\x89PNG', b'\xff\xd8')):
            text = body.decode('utf-8-sig')
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row if skeleton.marks_in(cell)]
            bad = [cell for cell in cells if cell.lstrip()[:1] in ('=', '+', '-', '@', '\t', '\r')]
            self.checks.expect(not bad, f'{where}: a formula in CSV: {bad[:2]}')
            self.were_shown(skeleton.marks_in(text))


class Walk:
    """Round after round, each form that there is, by a role that may."""

    def __init__(self, checks, site, marks, reader):
        self.checks, self.site, self.marks, self.reader = checks, site, marks, reader
        self.right = {}      # of a field of a form: what is taken there
        self.forms = {}      # form → how often it was taken
        self.posts = 0
        self.patterns = sorted((pattern for method, pattern, _ in site.routes() if method == 'GET'), key=lambda each: each.count('{'))
        self.stations = []   # role and page where there are forms
        self.units = [unit for unit, in site.rows('SELECT code FROM unit ORDER BY id')]
        self.copy_stubs(66)
        self.notices = [number for number, in site.rows('SELECT number FROM notice ORDER BY id')]

    # Fresh things

    def copy_stubs(self, count):
        """More scanned stubs, of other notices and of none: reading as many would take minutes."""
        with sqlite3.connect(self.site.database) as books:
            for place in range(count):
                books.execute('INSERT INTO scanStub (scan, page, place, notice, cutting, isWhole, ink) SELECT scan, ?, 1, '
                              'CASE WHEN ? THEN NULL ELSE (SELECT id FROM notice ORDER BY id DESC LIMIT 1 OFFSET ?) END, '
                              'cutting, isWhole, ink FROM scanStub WHERE cutting IS NOT NULL LIMIT 1',
                              [1001 + place, place % 3 == 2, place])

    def things(self, turn):
        """What stands for each part of a path in this round."""
        stubs = [str(stub) for stub, in self.site.rows(
            'SELECT id FROM scanStub WHERE page > 1000 AND id NOT IN (SELECT stub FROM scanDiscard) ORDER BY id')]
        cases = self.site.rows('SELECT max(id) FROM hardshipCase')
        _, _, body = self.site.get('/payments', 'manager')
        receipts = re.findall(r'href="/receipts/([^"/?]+)"', body.decode())
        return {
            '/units/{unit}': self.units[turn % len(self.units)],
            '/receipts/{number}': receipts[turn % len(receipts)] if receipts else 'none',
            '/hardship/{number}': str(cases[0][0]),
            '/services/{notice}': self.notices[turn % len(self.notices)],
            '/scans/{stub}': stubs[turn % len(stubs)] if stubs else 'none',
        }

    def path(self, pattern, turn):
        for stem, value in self.things(turn).items():
            if pattern.startswith(stem):
                return pattern.replace(stem, stem.partition('{')[0] + value, 1)
        return pattern

    def round(self, turn):
        """The first one looks for forms on all pages; the others go where there are some."""
        done, places = set(), self.stations or [(role, pattern) for role in ROLES for pattern in self.patterns]
        self.stations = []
        for role, pattern in places:
            if self.look(role, pattern, turn, done):
                self.stations.append((role, pattern))

    def look(self, role, pattern, turn, done):
        """Fills in the forms of a page that nobody has filled in in this round; whether it has any."""
        path = self.path(pattern, turn)
        if pattern.startswith('/hardship/{number}'):
            self.open_case(role, path)
        status, headers, body = self.site.get(path, role)
        if status != 200 or not (headers['Content-Type'] or '').startswith('text/html'):
            return False
        self.reader.page(body, f'{role} {path}')
        had = False
        for form in hostile.Forms(body.decode()).forms:
            action = urllib.parse.urljoin(path, form['action'] or path)
            shape = (re.sub(r'[^/]*\d[^/]*', '…', action.split('?')[0]), form['method'], tuple(sorted(form['texts'])))
            if not form['texts'] and action != '/units/chosen' or action == '/search' and pattern != '/':
                continue
            had = True
            if shape not in done and self.fill(role, shape, action, form, turn):
                done.add(shape)
        return had

    def open_case(self, role, path):
        """A case's page shows its inside once somebody has asked for it."""
        door = '/'.join(path.split('/')[:3])
        _, _, body = self.site.get(door, role)
        for form in hostile.Forms(body.decode()).forms:
            if form['action'] == door:
                self.site.post(door, form['fields'] | {'form': secrets.token_urlsafe()}, role)

    # Filling in

    def fill(self, role, shape, action, form, turn):
        """Every text field hostile; those that refuse it get something right, one after another."""
        fields = dict(form['fields'])
        names = sorted(form['texts'])
        label = lambda name: f'{shape[1]} {shape[0]} {name}'
        for name in names:
            fields[name] = self.marks.text(label(name), turn)
        buttons = form['buttons'] or [None]
        button = buttons[turn % len(buttons)]
        if button:
            fields[button[0]] = button[1]
        if form['method'] == 'get':
            self.reader.answer(self.site.get(action.split('?')[0] + '?' + urllib.parse.urlencode(fields), role),
                               f'{role} {action}', role)
            return True
        tried = collections.Counter()
        for name in names:
            if turn and self.right.get(label(name)) is not None and turn % 5:
                fields[name] = self.filled(self.right[label(name)], turn)
        for _ in range(40):
            # Each try is a form of its own.
            fields['form'] = form['fields'].get('form', '') if not tried else secrets.token_urlsafe()
            tried['all'] += 1
            answer = self.send(action, fields, form, role)
            status, _, body = answer
            self.posts += 1
            self.reader.answer(answer, f'{role} {action} {button}', role)
            refused = self.refused(body) if status in (200, 422) else []
            if status == 303 or status == 200 and not refused:
                self.took(shape, label, names, fields)
                self.follow(role, shape, answer, turn)
                return True
            wrong = [name for name, _ in refused if name in names]
            for name, why in refused:
                if name in names and skeleton.marks_in(fields[name]):
                    self.marks.was_refused(label(name), why)
            if not wrong:
                why = '; '.join(text for _, text in refused) or f'status {status}'
                for name in names:
                    if skeleton.marks_in(fields[name]):
                        self.marks.was_refused(label(name), 'the act: ' + why)
                return False
            for name in wrong:
                candidates = self.candidates(label(name), form['fields'].get(name))
                if tried[name] >= len(candidates):
                    return False
                fields[name] = self.filled(candidates[tried[name]], turn)
                self.right[label(name)] = candidates[tried[name]]
                tried[name] += 1
        return False

    def candidates(self, label, default):
        known = [self.right[label]] if label in self.right else []
        return known + ([default] if default else []) + RIGHT

    def filled(self, text, turn):
        return text.format(unit=self.units[turn % len(self.units)], notice=self.notices[turn % len(self.notices)])

    @staticmethod
    def refused(body):
        """Field and words of each complaint."""
        box = re.search(r'<div class="note red errors".*?</ul>', body.decode(), re.S)
        if not box:
            return []
        return [(name, skeleton.plain(words)) for name, words in re.findall(
            r'<li>(?:<a href="#([^"]*)">)?(.*?)(?:</a>)?</li>', box.group(0), re.S)]

    def send(self, action, fields, form, role):
        if not form['files']:
            return self.site.post(action, fields, role)
        return self.site.post_files(action, fields, form['uploads'][0], self.marks.text(f'file of {action}', self.posts), PNG, role)

    def took(self, shape, label, names, fields):
        self.forms[shape] = self.forms.get(shape, 0) + 1
        self.marks.were_taken(fields[name] for name in names)

    def follow(self, role, shape, answer, turn):
        """A post that answers with another form, as a preview does: that is filled and sent on."""
        status, headers, body = answer
        if status != 200 or not (headers['Content-Type'] or '').startswith('text/html'):
            return
        for form in hostile.Forms(body.decode()).forms:
            if form['method'] == 'post' and form['action'] and form['action'] not in ('/search', shape[0]):
                action = form['action']
                after = (action, 'post', tuple(sorted(form['texts'])))
                if action == '/units/holds':
                    self.reader.answer(self.send(action, form['fields'], form, role), action, role)
                    self.forms[after] = self.forms.get(after, 0) + 1
                elif form['texts'] or action == '/units/file':
                    self.fill(role, after, action, form, turn)


# The ways in, where passwords are typed

def entrances(checks, site, marks, reader, turns):
    for turn in turns:
        _, _, body = site.get('/log-in')
        way_in(site, marks, reader, '/log-in', body, turn, None)
        for role, path in (('cashier', '/me/confirm'), ('cashier', '/me'), ('cashier', '/me/totp')):
            site.let_in(role)
            _, _, body = site.get(path, role)
            way_in(site, marks, reader, path, body, turn, role)
    site.let_in('cashier')
    for turn in turns[::6]:
        said = site.run('user', 'invite', office.NAMES['auditor'], '--address', site.address, '--by', office.NAMES['manager'])
        path = re.search(r'http://[^/]*(/\S+)', said).group(1)
        _, _, body = site.get(path)
        way_in(site, marks, reader, path, body, turn, None)
    first_run(site, marks, reader, turns)


def way_in(site, marks, reader, path, body, turn, role):
    """Each form of the page, once: with hostile words and passwords."""
    for form in hostile.Forms(body.decode()).forms:
        names = sorted(form['texts'] | form['secrets'])
        action = urllib.parse.urljoin(path, form['action'] or path)
        if not names or action == '/search':
            continue
        label = lambda name: f'post {re.sub("/[^/]{16,}", "/…", action)} {name}'
        secret = marks.text(label('password'), turn)
        typed = {name: secret if name in ('password', 'again') else marks.text(label(name), turn) for name in names}
        answer = site.post(action, form['fields'] | typed, role)
        reader.answer(answer, f'{role} {action}', role)
        status, headers, body = answer
        if status == 303:
            marks.were_taken(typed.values())
        for name, why in Walk.refused(body) or [('', f'status {status}')] * (status != 303):
            for each in names if not name else [name]:
                if each in typed:
                    marks.was_refused(label(each), why)


def first_run(site, marks, reader, turns):
    """An office without users: the name of the first one is refused with each text but the last."""
    other = office.Site.__new__(office.Site)
    other.dunwell, other.tokens, other.server = site.dunwell, {}, None
    other.folder = os.path.join(site.folder, 'first')
    os.makedirs(other.folder)
    other.database = os.path.join(other.folder, 'office.sqlite')
    other.run('import', os.path.join(os.path.dirname(os.path.abspath(__file__)), '../TestKit/MapleCourt'))
    try:
        other.start()
        path = re.search(r'(/first-run/\S+)', other.said()).group(1)
        own = Reader(reader.checks, marks, other)
        for turn in turns:
            _, _, body = other.get(path)
            for form in hostile.Forms(body.decode()).forms:
                if 'name' not in form['texts']:
                    continue
                name = marks.text('post /first-run name', turn)
                last = turn == turns[-1]
                fields = form['fields'] | {'name': name, 'password': PHRASE, 'again': PHRASE if last else 'another'}
                answer = other.post(path, fields)
                own.answer(answer, path, None)
                if answer[0] == 303:
                    marks.were_taken([name])
                else:
                    marks.was_refused('post /first-run name', 'the passwords differ')
        reader.checks.expect(bool(marks.taken['post /first-run name']), 'the first user was made')
    finally:
        other.stop(keep=True)


# What leaves the office

def given_away(checks, site, marks, reader):
    """Mails, letters and tables with such names."""
    out = os.path.join(site.folder, 'out')
    site.run('mail', 'export', '--out', out + '/mails')
    site.run('export', out + '/tables')
    site.run('export', out + '/workbooks', '--format', 'xlsx')
    for view in ('arrears', 'accounts'):
        site.run(view, '--as-of', office.TODAY, '--out', f'{out}/{view}.xlsx')
        with open(f'{out}/{view}.csv', 'w', encoding='utf-8') as file:
            file.write(site.run(view, '--as-of', office.TODAY, '--format', 'csv'))
    counts = collections.Counter()
    for path in sorted(glob.glob(out + '/**/*', recursive=True)):
        if os.path.isfile(path):
            with open(path, 'rb') as file:
                content = file.read()
            name = os.path.relpath(path, out)
            counts[name.rpartition('.')[2]] += 1
            if name.endswith('.eml'):
                read_mail(checks, marks, reader, content, name)
            elif name.endswith(('.csv', '.xlsx')):
                reader.file(content, name)
    text = subprocess.run(['pdftotext', '-raw', site.letters, '-'], capture_output=True, check=True).stdout.decode()
    letters = skeleton.marks_in(''.join(text.split()))
    reader.were_shown(letters)
    checks.expect(counts['eml'] > 10 and counts['xlsx'] > 3 and counts['csv'] > 3 and letters, f'files: {counts}')
    print(f'{dict(counts)} read, {len(letters)} texts in letters')


def read_mail(checks, marks, reader, content, name):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    checks.expect(not mail.defects, f'{name}: {mail.defects}')
    checks.expect(not [key for key in mail.keys() if skeleton.marks_in(key)], f'{name}: a header of a text')
    for part in mail.walk():
        if part.get_content_type() == 'text/html':
            faults, shown = skeleton.judge(part.get_content(), marks.texts, None)
            checks.expect(not faults, f'{name}: {faults[:3]}')
            reader.were_shown(shown)


def read_all(checks, site, reader, each):
    """Every page of those who see most, as it stands now."""
    for role in READERS:
        finder = check_pages.Finder(site, role, each)
        for path in finder.pages(check_pages.Checks()):
            _, headers, body = site.get(path, role)
            reader.page(body, f'{role} {path}')


def tell(marks, walk, is_long):
    """Figures of every field, and the fields of which nothing is known."""
    unknown = []
    for field in marks.fields:
        sent, taken, shown = (len(each[field]) for each in (marks.sent, marks.taken, marks.shown))
        why = ', '.join(f'{count} × {words}' for words, count in marks.refusals[field].most_common(2))
        if not taken and not shown:
            unknown.append(field)
        if is_long:
            print(f'{field}: {sent} texts, {taken} taken, {shown} shown' + (f'; refused: {why}' if why else ''))
    totals = [sum(len(each[field]) for field in marks.fields) for each in (marks.sent, marks.taken, marks.shown)]
    refused = sum(sum(each.values()) for each in marks.refusals.values())
    print(f'{len(marks.fields)} fields: {totals[0]} texts in fields, {totals[1]} of them taken, {totals[2]} shown again; '
          f'{refused} refusals; {walk.posts} forms sent')
    reasons = collections.Counter()
    for each in marks.refusals.values():
        reasons.update(each)
    print('refused most by: ' + '; '.join(f'{words} ({count})' for words, count in reasons.most_common(8)))
    print(f'neither taken nor shown: {", ".join(unknown) or "none"}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--rounds', type=int, default=60)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    checks, start, marks = check_pages.Checks(), time.monotonic(), Marks()
    chosen = sorted(random.Random(options.seed).sample(range(60), options.rounds))
    site = HostileSite(options.dunwell, marks, units=64)
    try:
        site.start()
        reader = Reader(checks, marks, site)
        walk = Walk(checks, site, marks, reader)
        print(f'ready after {time.monotonic() - start:.0f} s', flush=True)
        for place, turn in enumerate(chosen):
            site.confirm()
            walk.round(turn)
            if place % 20 == 19:
                read_all(checks, site, reader, 1)
            if options.verbose:
                print(f'round {turn}: {time.monotonic() - start:.0f} s', flush=True)
        read_all(checks, site, reader, 3)
        entrances(checks, site, marks, reader, chosen)
        given_away(checks, site, marks, reader)
        errors = [line for line in site.said().splitlines() if ' error ' in line]
        checks.expect(not errors, f'the server says: {errors[:5]}')
    finally:
        site.stop()
    tell(marks, walk, options.verbose)
    print(f'{reader.read} pages read, {reader.parsed} of them taken apart; {time.monotonic() - start:.0f} s')
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


if __name__ == '__main__':
    sys.exit(main())
