"""Looks at the books from outside: the database file, its evidence folder, what a command wrote.

What is read is compared without what differs from run to run: acts and their times, and the bytes
of what is composed with the time of day in it (a mail's Date, a PDF's creation date), which are
checked against their own SHA-256 instead.
"""
import contextlib
import email
import hashlib
import os
import re
import shutil
import sqlite3
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'Evidence'))
import chain  # noqa: E402

DATABASE = 'books.sqlite'
VOLATILE_TABLES = ('act', 'grdb_migrations')
VOLATILE_COLUMNS = {'act', 'at', 'composedAt', 'messageBody.bytes', 'messageBody.sha256',
                    'letterBatch.sha256', 'chainLink.previous', 'chainLink.hash', 'commitment.hash',
                    'personalText.salt'}
OF_UNITS = ('charge', 'entry', 'notice', 'noticeLine', 'message', 'letter', 'contactTask')
BEFORE_UNITS = ('run', 'templateSet', 'templateFile')

# What may never be, whatever was cut off; each query gives the rows that are.
NEVER = (
    ('a charge without its account',
     'SELECT charge.unit, charge.period FROM charge LEFT JOIN account ON account.id = account '
     'WHERE account.id IS NULL OR account.unit <> charge.unit'),
    ('an account without owners',
     'SELECT id FROM account WHERE NOT EXISTS (SELECT 1 FROM accountOwner WHERE account = id)'),
    ('an owner without a person',
     'SELECT code FROM owner WHERE NOT EXISTS (SELECT 1 FROM person WHERE owner = id)'),
    ('a payment without entries',
     'SELECT reference FROM payment WHERE NOT EXISTS '
     '(SELECT 1 FROM entry WHERE entry.payment = payment.id)'),
    ('a notice without lines',
     'SELECT number FROM notice WHERE NOT EXISTS '
     '(SELECT 1 FROM noticeLine WHERE notice = notice.id)'),
    ('a notice by mail without a message, or the other way round',
     "SELECT number FROM notice WHERE (instr(channels, 'email') > 0) <> EXISTS "
     '(SELECT 1 FROM message WHERE notice = notice.id)'),
    ('a notice on paper without a letter, or the other way round',
     "SELECT number FROM notice WHERE (channels GLOB '*mailbox*' OR channels GLOB '*hand*' "
     "OR channels GLOB '*registered*') <> EXISTS (SELECT 1 FROM letter WHERE notice = notice.id "
     'AND notice NOT IN (SELECT notice FROM letterForBounce))'),
    ('a mark of another address than the one that failed',
     'SELECT addressMark.id FROM addressMark JOIN bounce ON bounce.id = addressMark.bounce '
     'LEFT JOIN message ON message.id = bounce.message '
     'WHERE message.owner IS NOT addressMark.owner OR message.recipient <> addressMark.address'),
    ('a mail of reports without a bounce',
     'SELECT id FROM bounceMail WHERE NOT EXISTS (SELECT 1 FROM bounce WHERE mail = bounceMail.id)'),
    ('a notice by phone without a task, or the other way round',
     "SELECT number FROM notice WHERE (channels GLOB '*phone*' OR channels GLOB '*fax*') <> EXISTS "
     '(SELECT 1 FROM contactTask WHERE notice = notice.id)'),
    ('a scan without a stub or an empty page',
     'SELECT id FROM scan WHERE NOT EXISTS (SELECT 1 FROM scanStub WHERE scan = scan.id)'),
    ('a batch without letters',
     'SELECT id FROM letterBatch WHERE NOT EXISTS '
     '(SELECT 1 FROM letterPrint WHERE batch = letterBatch.id)'),
)


class Broken(Exception):
    """Something is not as it has to be after a fault."""


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def content(path):
    with open(path, 'rb') as file:
        return file.read()


class Books:
    """Everything that a database says, once every rule was seen to hold in it."""

    def __init__(self):
        self.tables, self.acts, self.bodies, self.batches = {}, [], {}, {}

    def __eq__(self, other):
        return self.tables == other.tables and self.acts == other.acts

    def rows(self, table):
        return self.tables.get(table, ())


def read_books(folder):
    """Reads a copy, in which SQLite rolls back what was cut off; raises Broken."""
    books = Books()
    place = os.path.join(folder, DATABASE)
    if not os.path.exists(place):
        return books
    with tempfile.TemporaryDirectory() as scratch:
        for name in (DATABASE, DATABASE + '-journal'):
            if os.path.exists(os.path.join(folder, name)):
                shutil.copy(os.path.join(folder, name), scratch)
        with contextlib.closing(sqlite3.connect(os.path.join(scratch, DATABASE))) as db:
            try:
                fill(books, db)
                check_rules(db, books)
                check_evidence(db, books, place + '.evidence')
            except sqlite3.Error as error:
                raise Broken(f'the database cannot be read: {error}') from error
    return books


def fill(books, db):
    """Takes every table into `books`, without what differs from run to run."""
    names = [name for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    for table in set(names) - set(VOLATILE_TABLES):
        columns = [row[1] for row in db.execute(f'PRAGMA table_info({table})')]
        kept = [column for column in columns
                if column not in VOLATILE_COLUMNS and f'{table}.{column}' not in VOLATILE_COLUMNS]
        rows = db.execute(f"SELECT {', '.join(kept)} FROM {table}").fetchall()
        if rows:
            books.tables[table] = tuple(sorted(rows, key=repr))
    if 'act' in names:
        books.acts = db.execute('SELECT kind, detail FROM act ORDER BY id').fetchall()


def check_rules(db, books):
    """SQLite's own checks, and what may never be."""
    found = db.execute('PRAGMA integrity_check').fetchall()
    if found != [('ok',)]:
        raise Broken(f'integrity_check: {found[:3]}')
    found = db.execute('PRAGMA foreign_key_check').fetchall()
    if found:
        raise Broken(f'foreign_key_check: {found[:3]}')
    if 'community' not in books.tables:
        return
    for what, query in NEVER:
        found = db.execute(query).fetchall()
        if found:
            raise Broken(f'{what}: {found[:3]}')


def check_evidence(db, books, folder):
    """Kept files and messages are what their SHA-256 says; a batch's letters stand in its file one
    after the other, with no pages between but separators and blank backs."""
    if 'letterBatch' in books.tables:
        books.batches = dict(db.execute('SELECT id, sha256 FROM letterBatch'))
    for batch, name in books.batches.items():
        path = os.path.join(folder, name[:2], name + '.pdf')
        if not os.path.exists(path) or sha256(content(path)) != name:
            raise Broken(f'batch {batch} counts as printed, but its file of evidence is not there')
        pages = db.execute('SELECT firstPage, pages FROM letterPrint WHERE batch = ? '
                           'ORDER BY firstPage', (batch,)).fetchall()
        ends = [0] + [first + count for first, count in pages]
        overlap = any(first < end for (first, _), end in zip(pages, ends))
        if overlap or ends[-1] != pages_of(path):
            raise Broken(f'the letters of batch {batch} do not end with its pages: {pages}')
    for name, suffix in db.execute('SELECT sha256, extension FROM evidenceFile') \
            if 'community' in books.tables else ():
        path = os.path.join(folder, name[:2], f'{name}.{suffix}')
        if not os.path.exists(path) or sha256(content(path)) != name:
            raise Broken(f'the books name the file {name}.{suffix}, but it is not there')
    if 'community' in books.tables and chain.problems_of(db):
        raise Broken(f'the chain does not verify: {chain.problems_of(db)[:3]}')
    if 'messageBody' in books.tables:
        for row in db.execute('SELECT message, messageID, bytes, sha256 FROM messageBody'):
            check_message(books, *row)


def check_message(books, message, message_id, body, name):
    if sha256(body) != name:
        raise Broken(f'the bytes of message {message} are not those of its SHA-256')
    if email.message_from_bytes(body)['Message-ID'] != f'<{message_id}>':
        raise Broken(f'message {message} has another Message-ID than it is kept under')
    books.bodies[message] = body


def pages_of(path):
    """Of a whole PDF; raises Broken for half a one."""
    whole = content(path)
    if not whole.startswith(b'%PDF-') or not whole.endswith(b'%%EOF\n'):
        raise Broken(f'{os.path.basename(path)} is no whole PDF')
    return int(re.search(rb'/Count (\d+)', whole)[1])


# What a fault left: 'before', 'partly' or 'after', or Broken where it is none of them.

def whole(before, now, after):
    """All of the act or nothing."""
    if now == after:
        return 'after'
    if now == before:
        return 'before'
    raise Broken(f'half an act: {difference(before, now)} from before, '
                 f'{difference(after, now)} from after')


def by_unit(before, now, after):
    """Every unit wholly run or not at all; the run's own rows come first."""
    same_but(OF_UNITS + BEFORE_UNITS, before, now)
    for table in BEFORE_UNITS:
        if now.rows(table) not in (before.rows(table), after.rows(table)):
            raise Broken(f'half an act: {table} is neither as before nor as after')
    units = [of_units(books) for books in (before, now, after)]
    done = 0
    for unit in set().union(*units):
        was, found, becomes = (each.get(unit) for each in units)
        if found not in (was, becomes):
            raise Broken(f'half an act: unit {unit} is neither as before nor as after')
        done += found == becomes
    return 'after' if now.tables == after.tables else 'partly' if done else 'before'


def of_units(books):
    """What a run writes, by unit."""
    unit_of = {row[0]: row[3] for row in books.rows('notice')}
    units = {}
    for table in OF_UNITS:
        for row in books.rows(table):
            unit = unit_of[row[0]] if table in ('noticeLine', 'letter', 'contactTask') else \
                unit_of[row[2]] if table == 'message' else row[3] if table == 'notice' else row[0]
            units.setdefault(unit, {}).setdefault(table, []).append(row)
    return units


PRINTING = ('letterBatch', 'letterPrint', 'chainLink')


def given_then_printed(before, now, after):
    """All notices are given or none; then all of their letters are printed or none."""
    if now == before or now.tables == before.tables:
        return 'before'
    if now.tables == after.tables:
        return 'after'
    same_but(PRINTING, after, now)
    same_but(tuple(set(now.tables) - set(PRINTING)), before, now)
    return 'partly'


def by_message(before, now, after):
    """Every message wholly composed or not at all."""
    same_but(('messageBody',), before, now)
    found = set(now.rows('messageBody'))
    if not set(before.rows('messageBody')) <= found <= set(after.rows('messageBody')):
        raise Broken('half an act: messages that are neither as before nor as after')
    return 'after' if now.tables == after.tables else 'partly'


def same_but(tables, before, now):
    changed = [each for each in set(before.tables) | set(now.tables)
               if each not in tables and before.rows(each) != now.rows(each)]
    if changed:
        raise Broken(f"half an act: {', '.join(sorted(changed))} changed")


def difference(one, other, left_out=()):
    """Which tables differ, in short; empty where none does."""
    names = sorted((set(one.tables) | set(other.tables)) - set(left_out))
    found = [f'{name} ({len(one.rows(name))} rows, {len(other.rows(name))})' for name in names
             if one.rows(name) != other.rows(name)]
    if not found and one.acts != other.acts and not left_out:
        found = [f'act ({len(one.acts)} rows, {len(other.acts)})']
    return ', '.join(found)
