#!/usr/bin/env python3
"""Nothing that a household said or showed of its hardship leaves its case. Every text of a case (the
reason, notes, sources of income, reasons of decisions, names and contents of files) holds a canary;
then every command that prints or writes something is run, and all that comes of it is searched:
standard output and error, tables, workbooks unpacked, letters as text, mails decoded, evidence packs,
and every cell of the database. Only `case show`, for those who may see the case, has it.

usage: canary.py DUNWELL

A new command that prints or writes joins COMMANDS. The last line is `N passed, M failed`; status 1 on
any failure. Wants pdftotext.
"""
import email
import email.policy
import glob
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../Evidence'))
import chain  # noqa: E402

CANARY = 'QXCANARY'
AS_OF = '2026-11-21'
MANAGER, OTHER_MANAGER, CLERK, STRANGER = '王经理', '赵经理', '李四', '孙六'
# {out}: a new place to write to; {notice}, {message}: one that there is.
COMMANDS = """
run 2026-11 --as-of 2026-11-21 --format json
run 2026-12 --as-of 2026-12-01 --dry-run
daily --as-of 2026-11-24
arrears --as-of 2026-11-21
arrears --as-of 2026-11-21 --format xlsx --out {out}.xlsx
accounts --as-of 2026-11-21 --format json
explain 1-201 --as-of 2026-11-21
explain 1-101 --as-of 2026-11-21
notices
notices --format xlsx --out {out}.xlsx
letters --out {out}.pdf
letters --out {out}.pdf --reprint {notice}
letters --out {out}.pdf --sample formal
mail list
mail status --format json
mail show {message}
mail export --out {out}
mail bounces --list
template list
template check
history
history 1-201
export {out}
export {out} --format xlsx
export --ledger {out}.journal
limitation --as-of 2026-11-21
limitation list --as-of 2026-11-21 --format xlsx --out {out}.xlsx
limitation gaps --as-of 2026-11-21
limitation rescue --as-of 2029-09-01 --dry-run
limitation rescue --as-of 2029-09-01 --out {out}.pdf
service add {notice} --how signed_owner --on 2026-11-22 --by 李四 --acknowledges --file stub.jpg
service list
service gaps
evidence verify
evidence anchor
evidence check 1-201 --as-of 2026-11-21
evidence export 1-201 --as-of 2026-11-21 --out {out}
evidence export 1-101 --as-of 2026-11-21 --out {out}
user list
case list --as-of 2026-11-21
case list --as-of 2026-11-21 --format json
case looks 1 --by 王经理
case show 1 --by 孙六
case show 1 --by 谁
case staff 1 --add 孙六 --by 孙六
case open 1-201 --kind long --reason QXCANARY-again --by 孙六 --on 2026-11-20
case refuse 1 --reason QXCANARY-again --by 王经理 --on 2026-11-20
case afford 1 --persons 1 --income QXCANARY-again:1 --by 孙六 --on 2026-11-20
risk list --as-of 2026-11-21
risk list --as-of 2026-11-21 --format xlsx --out {out}.xlsx
risk provision --as-of 2026-11-21
risk set 1-201 --class bad --reason moved --by 王经理 --on 2026-11-21
risk set 1-201 --class none --reason back --by 王经理 --on 2026-11-22
proposal list --as-of 2026-11-21
proposal list --as-of 2026-11-21 --format json
waivers 2026-11
waivers 2026-11 --format json
promise list --as-of 2026-11-21
contact list
contact list --format json
plan list --as-of 2026-11-21
plan show 3 --as-of 2026-11-21
plan agreement 3 --out {out}.pdf
complaint list
court candidates --as-of 2026-11-21
court list --as-of 2026-11-21
court steps
hold list --as-of 2026-11-21
today --as-of 2026-11-21
today --as-of 2027-04-01 --format json
today --as-of 2026-11-21 --explain
report 2026-11 --as-of 2026-11-30
report 2026-11 --as-of 2026-11-30 --out {out}.pdf
report 2026-11 --as-of 2026-11-30 --out {out}.xlsx
"""
passed = failed = 0


def expect(good, what):
    global passed, failed
    if good:
        passed += 1
        return
    failed += 1
    print(f'FAILED: {what}')


class Office:
    def __init__(self, dunwell, folder):
        self.dunwell, self.folder = dunwell, folder
        self.environment = {**os.environ, 'DUNWELL_DB': os.path.join(folder, 'books.sqlite'),
                            'USER': 'clerk', 'TZ': 'UTC', 'LANG': 'C.UTF-8'}
        self.environment.pop('DUNWELL_LANGUAGE', None)

    def run(self, *words, language='en'):
        return subprocess.run([self.dunwell, *words], cwd=self.folder, capture_output=True,
                              env={**self.environment, 'DUNWELL_LANGUAGE': language}, check=False)

    def must(self, *words):
        done = self.run(*words)
        if done.returncode != 0:
            raise SystemExit(f'canary: {words} ended with {done.returncode}: {done.stderr.decode()}')
        return done.stdout.decode()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
            file.write(text)

    def text(self, what):
        """A canary of its own, so that one sees which text got out."""
        return f'{CANARY}-{what}'


def make(office):
    court = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../TestKit/MapleCourt')
    shutil.copytree(court, os.path.join(office.folder, 'court'))
    for name in ('holds.csv', 'concessions.csv', 'payments.csv'):
        os.remove(os.path.join(office.folder, 'court', name))
    with open(os.path.join(office.folder, 'court/policy.yaml'), 'a', encoding='utf-8') as policy:
        policy.write('casework:\n  living_allowance: [{ from: 2026-01-01, per_person: 1000 }]\n')
    office.must('import', 'court')
    for name, role in ((MANAGER, 'manager'), (OTHER_MANAGER, 'manager'), (CLERK, 'clerk'),
                       (STRANGER, 'clerk')):
        office.must('user', 'add', name, '--role', role)
    office.write('stub.jpg', 'a stub')
    proofs = []
    for number, (unit, kind) in enumerate((('1-201', 'temporary'), ('1-101', 'long')), 1):
        by = ('--by', CLERK, '--on', '2026-11-0' + str(number))
        opened = office.must('case', 'open', unit, '--kind', kind, '--reason',
                             office.text(f'reason{number}'), *by, '--format', 'json')
        expect(json.loads(opened) == {'case': number}, 'case open prints the number')
        name = office.text(f'file{number}') + '.jpg'
        office.write(name, office.text(f'content{number}'))
        proofs.append(hashlib.sha256(office.text(f'content{number}').encode()).hexdigest())
        office.must('case', 'proof', str(number), '--kind', 'medical_bills', '--file', name,
                    '--note', office.text(f'note{number}'), '--valid-until', '2027-06-30', *by)
        os.remove(os.path.join(office.folder, name))
        office.must('case', 'afford', str(number), '--persons', '1', '--income',
                    office.text(f'income{number}') + ':1300.50', *by)
    decide(office)
    return proofs


def decide(office):
    """Case 1 is granted, refused more, and renewed; case 2 gets a plan; a third one is refused."""
    ask = ('case', 'propose', '1', '--relief', 'no_late_fee', '--item', '*', '--from', '2026-09',
           '--review', '2027-02-28', '--by', CLERK, '--on')
    office.must(*ask, '2026-11-03')
    office.must('approve', '1', '--by', MANAGER, '--on', '2026-11-04', '--reason',
                office.text('granted'))
    office.must(*ask, '2026-11-05')
    office.must('approve', '2', '--refuse', '--by', MANAGER, '--on', '2026-11-05', '--reason',
                office.text('proposal'))
    office.must('case', 'renew', '1', '--review', '2027-03-31', '--by', MANAGER, '--on',
                '2026-11-06', '--reason', office.text('renewed'))
    rows = json.loads(office.must('arrears', '--as-of', '2026-11-03', '--format', 'json'))
    sum_of = f'{sum(float(row["principal_open"]) for row in rows if row["unit"] == "1-101"):.2f}'
    office.must('case', 'propose', '2', '--relief', 'plan', '--parts', f'2027-01-10:{sum_of}',
                '--late-fee', 'pause', '--review', '2027-02-28', '--by', CLERK, '--on',
                '2026-11-03')
    office.must('approve', '3', '--by', MANAGER, '--on', '2026-11-04', '--reason',
                office.text('plan'))
    office.must('case', 'open', '1-102', '--kind', 'long', '--reason', office.text('reason3'),
                '--by', CLERK, '--on', '2026-11-03')
    office.must('case', 'refuse', '3', '--reason', office.text('refused'), '--by', OTHER_MANAGER,
                '--on', '2026-11-04')
    office.must('case', 'open', '1-102', '--kind', 'long', '--reason', office.text('reason4'),
                '--by', CLERK, '--on', '2026-11-05')
    office.must('case', 'close', '4', '--reason', office.text('closed'), '--by', MANAGER, '--on',
                '2026-11-06')


def leaks(name, content, secrets, depth=0):
    """Where one of the secrets stands, unpacked as far as it goes."""
    found = [f'{name}: {secret}' for secret in secrets
             if any(secret.encode(code) in content for code in ('utf-8', 'utf-16-le', 'utf-16-be'))]
    if depth > 4:
        return found
    if content.startswith(b'PK\3\4'):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.namelist():
                found += leaks(f'{name}/{member}', packed.read(member) + member.encode(), secrets,
                               depth + 1)
    elif content.startswith(b'%PDF'):
        text = subprocess.run(['pdftotext', '-raw', '-', '-'], input=content, capture_output=True,
                              check=True).stdout
        found += leaks(f'{name} as text', b''.join(text.split()), secrets, depth + 1)
    elif name.endswith('.eml') or b'\nMIME-Version:' in content[:4096]:
        mail = email.message_from_bytes(content, policy=email.policy.default)
        for part in mail.walk():
            whole = part.get_payload(decode=True) or b''
            headers = ' '.join(f'{key}: {value}' for key, value in part.items()).encode()
            found += leaks(f'{name} part', whole, secrets, depth + 1)
            found += leaks(f'{name} headers', headers, secrets, depth + 1)
    return found


def known(office, words):
    """Whether the program has the command, group by group."""
    named = [word for word in words[:2] if word.isalpha() and word.islower()]
    for count in range(1, len(named) + 1):
        parent = office.run('help', *named[:count - 1]).stdout.decode()
        there = {line.split()[0] for line in parent.split('SUBCOMMANDS:')[-1].splitlines()
                 if line.startswith('  ') and line[2:3].isalpha()}
        if 'SUBCOMMANDS:' in parent and named[count - 1] not in there:
            return False
    return True


def check_command(office, line, secrets, place):
    notices = json.loads(office.must('notices', '--format', 'json'))
    messages = json.loads(office.must('mail', 'list', '--format', 'json'))
    letters = [row['notice'] for row in notices if 'mailbox' in row['channels']]
    if 'letters --out' in line or 'mail export' in line:
        expect(letters and messages, 'there are letters and mails to be searched')
    names = {'out': place, 'notice': letters[0] if letters else 'none',
             'message': str(messages[0]['message']) if messages else '0'}
    words = line.format(**names).split(' ')
    if not known(office, words):
        print(f'(there is no {line})')
        return
    for language in ('en', 'zh'):
        done = office.run(*words, language=language)
        expect(done.returncode in (0, 1), f'{line}: status {done.returncode}: {done.stderr.decode()}')
        asked = {secret for secret in secrets if secret not in line}
        found = leaks('output', done.stdout, asked) + leaks('messages', done.stderr, asked)
        for path in [place, *glob.glob(place + '*'), *glob.glob(place + '/**/*', recursive=True)]:
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    found += leaks(os.path.basename(path), file.read(), secrets)
        expect(not found, f'{line}: {found[:5]}')
        for path in [place, *glob.glob(place + '*')]:
            (shutil.rmtree if os.path.isdir(path) else os.remove)(path) if os.path.exists(
                path) else None


def check_database(office):
    """hardshipText alone has them; the act table, and all others, do not."""
    places = set()
    with sqlite3.connect(office.environment['DUNWELL_DB']) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                cells = [cell.encode() if isinstance(cell, str) else cell for cell in row
                         if isinstance(cell, (str, bytes))]
                if any(leaks(table + ('.eml' if table == 'messageBody' else ''), cell, [CANARY])
                       for cell in cells):
                    places.add(table)
        count = db.execute('SELECT count(*) FROM hardshipText').fetchone()[0]
        problems = chain.problems_of(db)
        kinds = {row[0] for row in db.execute('SELECT kind FROM chainLink')}
    expect(not problems, f'the chain is broken: {problems[:3]}')
    expect({'hardship decision', 'risk override'} <= kinds, f'chained are only {kinds}')
    expect(places == {'hardshipText'}, f'the database has them in {places}')
    expect(count >= 14, f'only {count} texts were kept')


def check_shown(office, proofs):
    """Those who may see a case see all of it."""
    for number, kinds in ((1, ('reason1', 'note1', 'income1', 'granted', 'proposal', 'renewed')),
                          (2, ('reason2', 'note2', 'income2', 'plan')),
                          (3, ('reason3', 'refused')), (4, ('reason4', 'closed'))):
        for name in (MANAGER, OTHER_MANAGER, CLERK):
            shown = office.must('case', 'show', str(number), '--by', name)
            missing = [kind for kind in kinds if office.text(kind) not in shown]
            expect(not missing, f'case show {number} lacks {missing}')
            expect(number > 2 or proofs[number - 1] in shown, 'case show lacks the proof')
        refused = office.run('case', 'show', str(number), '--by', STRANGER)
        expect(refused.returncode == 1 and not refused.stdout, 'a stranger sees the case')


def main():
    dunwell = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        office = Office(dunwell, folder)
        proofs = make(office)
        secrets = [CANARY, *proofs]
        out = os.path.join(folder, 'written')
        for line in COMMANDS.split('\n'):
            if line:
                check_command(office, line, secrets, out)
        check_shown(office, proofs)
        check_database(office)
    print(f'{passed} passed, {failed} failed')
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()
