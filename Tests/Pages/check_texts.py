#!/usr/bin/env python3
"""60 hostile texts in every text field of every form, over HTTP; then whatever shows texts is read again.

usage: check_texts.py DUNWELL [--rounds 60] [--first 0] [--verbose]

Forms are found on the served pages, along `dunwell serve --routes`. In round r field f takes text (r + f) mod 60, with
a mark of its own, so that wherever a text comes back it is known whence. What a field refuses is
told by the page; the form is then sent with something right in that field, until it is taken. Every page is read as
browsers read it (html5lib): a mark stands nowhere but within its whole text. The registers hold such texts too,
and what is sent and given away is read: mails, letters, CSV and XLSX. The rounds come in a shuffled order, the same
each time: --first and --rounds take a part.
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
# What is right in a field that refuses words: by its name, else tried in this order.
RIGHT = [office.TODAY, '2026-12-30', '2027-02-28', '2026-12', '2027-01', '1.00', '2', '10:30', office.NAMES['clerk'],
         '{unit}', '2027-01-10 1.00', '{notice}']
LIKELY = {'unit': '{unit}', 'number': '{notice}', 'persons': '2', 'to': '2027-02', 'review': '2027-02-28',
          'until': '2026-12-30', 'staff': office.NAMES['clerk'], 'second': office.NAMES['cashier'], 'value': '10',
          'parts': '2027-01-10 1.00', 'next': '2026-12-30', 'paid-by': '2026-12-30'}
PNG = bytes.fromhex('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c63600000'
                    '000200015d0b2a9c0000000049454e44ae426082')
HERE = os.path.dirname(os.path.abspath(__file__))
FORMULA = re.compile(rb'<f[ >]|<hyperlink|<externalLink|<ddeLink')
STUBS = '''
    INSERT INTO scanStub (scan, page, place, notice, cutting, isWhole, ink)
    SELECT scan, ?, 1, CASE WHEN ? THEN NULL ELSE (SELECT id FROM notice ORDER BY id DESC LIMIT 1 OFFSET ?) END,
      cutting, isWhole, ink FROM scanStub WHERE cutting IS NOT NULL LIMIT 1'''
PHRASE = 'a long phrase for nobody but tests'


class HostileSite(office.Site):
    """An office whose registers hold such texts before the first page is served."""

    def __init__(self, dunwell, marks, units):
        self.marks = marks
        super().__init__(dunwell, units=units)

    def prepare(self, sample):
        for name, columns in (('owners.csv', ['name', 'address']), ('fees.csv', ['name']),
                              ('payments.csv', ['payer', 'note'])):
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
        with open(os.path.join(sample, 'policy.yaml'), 'a', encoding='utf-8') as policy:
            policy.write('casework:\n  living_allowance: [{ from: 2026-01-01, per_person: 1000 }]\n')


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
        mark = hostile.MARK + digits(place) + digits(turn)
        self.texts[mark] = hostile.PAYLOADS[number].replace(hostile.MARK, mark)
        self.sent[field].add(number)
        return self.texts[mark]

    def source(self, mark):
        place, turn = int(mark[-4:-2], 36), int(mark[-2:], 36)
        return self.fields[place], (turn + place) % len(hostile.PAYLOADS)

    def file_name(self, field, turn):
        """As browsers send it; of a path the last part alone is kept."""
        text = self.text(field, turn)
        for mark in skeleton.marks_in(text):
            self.texts[mark] = re.split(r'[/\\]', text)[-1]
        return text

    def were_taken(self, texts):
        for text in texts:
            for mark in skeleton.marks_in(text):
                field, number = self.source(mark)
                self.taken[field].add(number)

    def was_refused(self, field, why):
        self.refusals[field][re.sub(r'\d+', '…', re.sub(r'“.*”', '“…”', why, flags=re.S))[:60]] += 1


def digits(number):
    """Two of base 36: fields have short limits."""
    signs = '0123456789abcdefghijklmnopqrstuvwxyz'
    return signs[number // 36] + signs[number % 36]


class Reader:
    """Reads whatever comes back, and judges it; the same bytes once."""

    def __init__(self, checks, marks, site):
        self.checks, self.marks, self.site, self.known = checks, marks, site, set()
        self.vocabulary = skeleton.vocabulary(os.path.join(HERE, '../../templates/pages'))
        self.read = self.parsed = 0

    def page(self, body, where, headers):
        """Takes a page of ours apart, or a mail as its owner sees it, which is shut in without script."""
        text = re.sub(r'name="(csrf|form)" value="[^"]*"', r'name="\1"', body.decode())
        self.read += 1
        if hash(text) in self.known:
            return
        self.known.add(hash(text))
        self.parsed += 1
        is_mail = (headers['Content-Security-Policy'] or '').startswith('sandbox;')
        words = None if is_mail else self.vocabulary
        faults, shown = skeleton.judge(text, self.marks.texts, words)
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
            self.page(body, where, headers)
        elif body and status == 200:
            self.file(body, where)
        if status == 303:
            led = headers['Location']
            self.checks.expect(led.startswith('/') and not led.startswith('//'), f'{where} leads to {led}')
            after = self.site.get(led, role)
            if (after[1]['Content-Type'] or '').startswith('text/html'):
                self.page(after[2], led, after[1])

    def file(self, body, where):
        """A table to save: no cell of it is a formula."""
        if body.startswith(b'PK'):
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                sheets = b''.join(book.read(name) for name in book.namelist() if name.endswith('.xml'))
            self.checks.expect(not FORMULA.search(sheets), f'{where}: a formula')
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
        self.patterns = sorted((pattern for method, pattern, _ in site.routes() if method == 'GET'),
                               key=lambda each: (each.count('{'), -len(each)))
        self.seen = b''      # the page that was looked at last
        self.stations = []   # role and page where there are forms
        self.units = [unit for unit, in site.rows('SELECT code FROM unit ORDER BY id')]
        self.copy_stubs(66)
        self.notices = [number for number, in site.rows('SELECT number FROM notice ORDER BY id')]

    # Fresh things

    def copy_stubs(self, count):
        """More scanned stubs, of other notices and of none: reading as many would take minutes."""
        with sqlite3.connect(self.site.database) as books:
            for place in range(count):
                books.execute(STUBS, [1001 + place, place % 3 == 2, place])

    def path(self, pattern, turn):
        """With a fresh thing of this round for the first part that is one."""
        stem = re.match(r'[^{]*\{\w+\}', pattern)
        if not stem:
            return pattern
        thing = {
            '/units/{unit}': lambda: self.units[turn % len(self.units)],
            '/receipts/{number}': self.receipt,
            '/hardship/{number}': lambda: self.newest('SELECT max(id) FROM hardshipCase'),
            '/services/{notice}': lambda: self.notices[turn % len(self.notices)],
            '/scans/{stub}': lambda: self.newest(
                'SELECT min(id) FROM scanStub WHERE page > 1000 AND id NOT IN (SELECT stub FROM scanDiscard)'),
        }.get(stem.group(0))
        return pattern.replace(stem.group(0), stem.group(0).partition('{')[0] + thing(), 1) if thing else pattern

    def receipt(self):
        _, _, body = self.site.get('/payments', 'manager')
        return (re.findall(r'href="/receipts/([^"/?]+)"', body.decode()) or ['none'])[0]

    def newest(self, sql):
        rows = self.site.rows(sql)
        return str(rows[0][0]) if rows else 'none'

    def round(self, turn):
        """The first one looks for forms on all pages; the others go where there are some."""
        done, places = set(), self.stations or [(role, page) for page in self.patterns for role in ROLES]
        is_first, self.stations = not self.stations, []
        for role, page in places:
            if self.look(role, page, turn, done):
                self.stations.append((role, page))
            if is_first and '{' in page:
                for query in self.queries(role, page, turn):
                    if self.look(role, page + query, turn, done):
                        self.stations.append((role, page + query))

    def queries(self, role, page, turn):
        """What links of a page ask of the same page."""
        path, body = self.path(page, turn), self.seen
        links = [urllib.parse.urljoin(path, link) for link in check_pages.Page(body.decode()).links]
        return sorted({link[len(path):] for link in links if link.startswith(path + '?')})[:20]

    def look(self, role, pattern, turn, done):
        """Fills in the forms of a page that nobody has filled in in this round; whether there were any."""
        path = self.path(pattern, turn)
        status, headers, body = self.opened(role, pattern, path)
        if status != 200 or not (headers['Content-Type'] or '').startswith('text/html'):
            self.seen = b''
            return '{number}' in pattern and role in ('clerk', 'manager')   # such a thing is made in the course of it
        self.reader.page(body, f'{role} {path}', headers)
        had, self.seen = False, body
        for form in hostile.Forms(body.decode()).forms:
            action = urllib.parse.urljoin(path, form['action'] or path)
            shape = self.shape(action, form)
            has_room = form['texts'] or form['uploads'] or action == '/units/chosen'
            if shape in done or not has_room or action == '/search' and pattern != '/':
                continue
            had = True
            if self.fill(role, shape, action, form, turn):
                done.add(shape)
                self.reader.answer(self.site.get(path, role), f'{role} {path}, after', role)
        return had

    def opened(self, role, pattern, path):
        """The page; of a case, what its door opens upon, since a look at it is a post."""
        if pattern.startswith('/hardship/{number}'):
            door = '/'.join(path.split('/')[:3])
            _, _, body = self.site.get(door, role)
            for form in hostile.Forms(body.decode()).forms:
                if form['action'] == door:
                    answer = self.site.post(door, form['fields'], role)
                    if pattern == '/hardship/{number}':
                        return answer
        return self.site.get(path, role)

    @staticmethod
    def shape(action, form):
        return re.sub(r'[^/]*\d[^/]*', '…', action.split('?')[0]), form['method'], tuple(sorted(form['texts']))

    # Filling in

    def fill(self, role, shape, action, form, turn):
        """Every text field hostile; then those that refuse it get something right, until the form is taken."""
        names = sorted(form['texts'])
        label = lambda name: f'{shape[1]} {shape[0]} {name}'
        fields = form['fields'] | {name: values[turn % len(values)] for name, values in form['radios'].items()}
        if form['buttons']:
            name, value = form['buttons'][turn % len(form['buttons'])]
            fields[name] = value
        fields |= {name: self.marks.text(label(name), turn) for name in names}
        if form['method'] == 'get':
            asked = action.split('?')[0] + '?' + urllib.parse.urlencode(fields)
            self.reader.answer(self.site.get(asked, role), f'{role} {action}', role)
            return True
        tried = collections.Counter()
        for attempt in range(30):
            if attempt:
                fields['form'] = secrets.token_urlsafe()   # each try is a form of its own
            answer = self.send(action, fields, form, role, turn)
            self.posts += 1
            self.reader.answer(answer, f'{role} {action}', role)
            status, _, body = answer
            refused = self.refused(body) if status in (200, 409, 422) else []
            if status == 303 or status == 200 and not refused:
                self.forms[shape] = self.forms.get(shape, 0) + 1
                self.marks.were_taken(fields[name] for name in names)
                self.follow(role, answer, turn)
                return True
            wrong = self.blamed(refused, fields, names, label) or ([] if refused else None)
            if not wrong:
                said = skeleton.said(body.decode(errors='replace'))
                why = '; '.join(text for _, text in refused) or f'status {status} {said}'
                for name in names:
                    if skeleton.marks_in(fields[name]):
                        self.marks.was_refused(label(name), 'the act: ' + why)
                return False
            for name, why in wrong:
                if skeleton.marks_in(fields[name]):
                    self.marks.was_refused(label(name), why)
                candidates = self.candidates(name, label(name), form['fields'].get(name))
                if tried[name] >= len(candidates):
                    return False
                self.right[label(name)] = candidates[tried[name]]
                fields[name] = self.filled(candidates[tried[name]], turn)
                tried[name] += 1
        return False

    def blamed(self, refused, fields, names, label):
        """The fields that were refused, with the words: where a complaint names none, the one whose text is in it."""
        found = []
        for field, why in refused:
            if field in names:
                found.append((field, why))
                continue
            guilty = [name for name in names if skeleton.marks_in(fields[name]) & skeleton.marks_in(why)]
            guilty = guilty or [name for name in names
                                if label(name) in self.right and fields[name] and fields[name] in why]
            found += [(name, why) for name in guilty[:1]]
        return found

    def candidates(self, name, label, default):
        first = [self.right.get(label), LIKELY.get(name), default]
        if label == 'post /units/holds/preview from':
            first = ['{day}']
        return list(dict.fromkeys(each for each in first if each)) + RIGHT

    def filled(self, text, turn):
        day = f'2027-{1 + turn // 28:02}-{1 + turn % 28:02}'
        return text.format(unit=self.units[turn % len(self.units)], day=day,
                           notice=self.notices[turn % len(self.notices)])

    @staticmethod
    def refused(body):
        """Field and words of each complaint."""
        box = re.search(r'<div class="note red errors".*?</ul>', body.decode(errors='replace'), re.S)
        if not box:
            return []
        return [(name, skeleton.plain(words)) for name, words in re.findall(
            r'<li>(?:<a href="#([^"]*)">)?(.*?)(?:</a>)?</li>', box.group(0), re.S)]

    def send(self, action, fields, form, role, turn):
        if not form['uploads']:
            return self.site.post(action, fields, role)
        field = 'file of ' + re.sub(r'[^/]*\d[^/]*', '…', action)
        name, content = self.marks.file_name(field, turn), PNG
        if action == '/import':
            # A file of any name, and one that is read.
            mail = self.marks.text('address in a file of /import', turn).replace('"', '""')
            content = f'owner,name,phone,email,address,channels,language\nX{turn},X,,"{mail}",,email,zh\n'.encode()
            name = 'owners.csv' if turn % 2 else name
        return self.site.post_files(action, fields, form['uploads'][0], name, content, role)

    def follow(self, role, answer, turn):
        """An answer that is another form, as a preview is, is filled in and sent on."""
        status, headers, body = answer
        if status != 200 or not (headers['Content-Type'] or '').startswith('text/html'):
            return
        for form in hostile.Forms(body.decode()).forms:
            action = form['action']
            if form['method'] == 'post' and action.startswith('/units/') and action != '/units/chosen':
                self.fill(role, self.shape(action, form), action, form, turn)


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
        said = site.run('user', 'invite', office.NAMES['auditor'], '--address', site.address,
                        '--by', office.NAMES['manager'])
        path = re.search(r'(/invitation/\S+)', said).group(1)
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
    other.run('import', os.path.join(HERE, '../TestKit/MapleCourt'))
    try:
        other.start()
        path = re.search(r'(/first-run/\S+)', other.said()).group(1)
        own = Reader(reader.checks, marks, other)
        # First with passwords that differ; then with a right one, until a name is taken, which ends it.
        for turn, again in [(turn, 'another') for turn in turns] + [(turn, PHRASE) for turn in range(60)]:
            _, _, body = other.get(path)
            form = next(form for form in hostile.Forms(body.decode()).forms if 'name' in form['texts'])
            name = marks.text('post /first-run name', turn)
            answer = other.post(path, form['fields'] | {'name': name, 'password': PHRASE, 'again': again})
            own.answer(answer, path, None)
            if answer[0] == 303:
                marks.were_taken([name])
                break
            for _, why in Walk.refused(answer[2]):
                marks.was_refused('post /first-run name', why)
        reader.checks.expect(bool(marks.taken['post /first-run name']), 'the first user was made')
    finally:
        other.stop(keep=True)


# What leaves the office

def given_away(checks, site, marks, reader, mails):
    """Mails, letters and tables with such names."""
    out = os.path.join(site.folder, 'out')
    messages = [number for number, in site.rows('SELECT id FROM message ORDER BY id')]
    os.makedirs(out + '/mails')
    for number in random.Random(1).sample(messages, min(len(messages), mails)):
        with open(f'{out}/mails/{number}.eml', 'w', encoding='utf-8', newline='') as file:
            file.write(site.run('mail', 'show', str(number)))
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
    checks.expect(counts['eml'] and counts['xlsx'] > 3 and counts['csv'] > 3 and letters, f'files: {counts}')
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


class Watched:
    """The site as a finder of pages sees it; each page that it is given is read."""

    def __init__(self, site, reader):
        self.site, self.reader, self.address, self.routes = site, reader, site.address, site.routes

    def get(self, path, role):
        answer = self.site.get(path, role)
        if (answer[1]['Content-Type'] or '').startswith('text/html'):
            self.reader.page(answer[2], f'{role} {path}', answer[1])
        return answer


def read_all(site, reader, each):
    """Every page of those who see most, as it stands now."""
    for role in READERS:
        check_pages.Finder(Watched(site, reader), role, each).pages(check_pages.Checks())


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
    print(f'{len(marks.fields)} fields: {totals[0]} texts in them, {totals[1]} taken, {totals[2]} shown again; '
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
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    checks, start, marks = check_pages.Checks(), time.monotonic(), Marks()
    chosen = random.Random(1).sample(range(60), 60)[options.first:options.first + options.rounds]
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
                read_all(site, reader, 1)
            if options.verbose:
                print(f'round {turn}: {time.monotonic() - start:.0f} s', flush=True)
        read_all(site, reader, 3)
        entrances(checks, site, marks, reader, chosen)
        given_away(checks, site, marks, reader, 2 * options.rounds)
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
