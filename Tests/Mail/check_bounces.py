#!/usr/bin/env python3
"""Mails that come back, end to end: notices of a sample community go to a real Postfix, its reports are
fetched by a dunwell binary from the maildir and, in other books, over IMAP from a real Dovecot, in
clear and with TLS. Checked: what was recorded, that the mailbox stays as it was, that kills in between
change nothing, and that the next run tells by paper whom mail did not reach.

usage: check_bounces.py DUNWELL [--units 120] [--kills 20]

The last line is `N passed, M failed`; status 1 on any failure. Wants root, postfix and dovecot-imapd.
"""
import argparse
import csv
import email
import email.policy
import io
import json
import os
import random
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
from dovecot import Dovecot  # noqa: E402
from postfix import Postfix  # noqa: E402

OFFICE = 'shoufei@fenglin.example.com'
passed, failed = 0, []


def check(what, got, want):
    global passed
    if got == want:
        passed += 1
    else:
        failed.append(what)
        print(f'{what}: got {got}, want {want}')


class Books:
    def __init__(self, exe, folder, name='books.sqlite'):
        self.exe, self.folder, self.db = exe, folder, name

    def call(self, *arguments, status=0, **variables):
        done = subprocess.run(
            [self.exe, *arguments, '--db', self.db], cwd=self.folder, capture_output=True, text=True,
            env={**os.environ, 'DUNWELL_LANGUAGE': 'en', **variables})
        if done.returncode != status:
            raise SystemExit(f'check_bounces: {arguments} ended with {done.returncode}: {done.stderr}')
        return done.stdout if status == 0 else done.stderr

    def table(self, *arguments, **variables):
        return list(csv.DictReader(io.StringIO(
            self.call(*arguments, '--format', 'csv', **variables))))

    def fetch(self, *arguments, **variables):
        text = self.call('mail', 'bounces', *arguments, '--format', 'json', **variables)
        return json.loads(text)[0]

    def copy(self, name):
        shutil.copy(os.path.join(self.folder, self.db), os.path.join(self.folder, name))
        return Books(self.exe, self.folder, name)

    def bounces(self):
        """The list without what differs between two readings."""
        rows = self.table('mail', 'bounces', '--list')
        return sorted((row['notice'], row['owner'], row['recipient'], row['action'], row['status'],
                       row['reason'], row['words']) for row in rows)


def snapshot(folder):
    return sorted(os.path.join(place, name).removeprefix(folder) for part in ('new', 'cur')
                  for place, _, names in os.walk(f'{folder}/{part}') for name in names
                  if not name.startswith('dovecot'))


def send(server, folder, kinds):
    """Sends every message, and gives what should come of it: {file: kind}."""
    fates = {}
    with smtplib.SMTP('127.0.0.1', server.port) as connection:
        for index, name in enumerate(sorted(os.listdir(folder))):
            with open(os.path.join(folder, name), 'rb') as file:
                content = file.read()
            to = email.message_from_bytes(content, policy=email.policy.default)['To'].addresses[0]
            kind = kinds[index % len(kinds)]
            # The envelope says where it goes; a forwarding server would do the same.
            place = {'unknown': to.addr_spec, 'arrives': 'reader@example.com'}.get(
                kind, f'{to.username}@{kind}.example.com')
            connection.sendmail(OFFICE, [place], content)
            fates[name] = (kind, to.addr_spec)
    return fates


def deliver_others(server):
    """What comes to an office's mailbox beside reports."""
    letters = [
        ('owner@example.com', 'Subject: Re: notice\r\n\r\nMy mailbox was full: 550 user unknown?\r\n'),
        ('owner@example.com', 'Subject: hello\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n'),
        ('', 'From: owner@example.com\r\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=: x\r\n\r\nAway.\r\n')]
    with smtplib.SMTP('127.0.0.1', server.port) as connection:
        for sender, text in letters:
            connection.sendmail(sender, [OFFICE], f'To: {OFFICE}\r\n{text}')


def fetch_with_kills(books, maildir, kills, seed, seconds):
    """Begins again and again, each time killed at another moment of the `seconds` that it takes, then lets one end."""
    chance = random.Random(seed)
    for _ in range(kills):
        process = subprocess.Popen(
            [books.exe, 'mail', 'bounces', '--maildir', maildir, '--db', books.db],
            cwd=books.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
    books.fetch('--maildir', maildir)


def expected(fates, messages):
    """By notice and owner's address: what must be recorded."""
    reasons = {'unknown': ('failed', '5.1.1', 'unknown_address'),
               'full': ('failed', '5.2.2', 'mailbox_full'),
               'refused': ('failed', '5.7.1', 'refused'),
               'slow': ('delayed', '4.4.1', 'other')}
    return sorted((name.split('.')[0],) + reasons[kind]
                  for name, (kind, _) in fates.items() if kind != 'arrives')


def check_reading(books, server, fates, folder, kills):
    maildir = server.maildir(OFFICE)
    before = snapshot(maildir)
    by_imap, by_tls, killed = books.copy('imap.sqlite'), books.copy('tls.sqlite'), books.copy('k.sqlite')
    want = expected(fates, None)
    began = time.monotonic()
    counts = books.fetch('--maildir', maildir)
    seconds = time.monotonic() - began
    late = sum(row[1] == 'delayed' for row in want)
    check('read from the maildir', {name: counts[name] for name in (
        'read', 'bounces', 'matched', 'delayed', 'auto_replies', 'other')}, {
            'read': len(want) + 3, 'bounces': len(want), 'matched': len(want), 'delayed': late,
            'auto_replies': 2, 'other': 1})
    rows = books.bounces()
    check('recorded', sorted((row[0], row[3], row[4], row[5]) for row in rows), want)
    check('read again', books.fetch('--maildir', maildir)['read'], 0)
    check('the maildir stays as it was', snapshot(maildir), before)
    fetch_with_kills(killed, maildir, kills, 7, seconds)
    check('killed in between', killed.bounces(), rows)
    check_imap(books, by_imap, by_tls, server, folder, rows, counts)
    return rows


def check_imap(books, by_imap, by_tls, server, folder, rows, counts):
    maildir = server.maildir(OFFICE)
    secret = os.path.join(folder, 'secret')
    with open(secret, 'w', encoding='utf-8') as file:
        file.write(Dovecot.password + '\n')
    with Dovecot(folder + '/dc', maildir, tls=True) as mailbox:
        user = mailbox.user.replace('@', '%40')
        clear = f'imap://{user}@127.0.0.1:{mailbox.port}/INBOX'
        tls = f'imaps://{user}@127.0.0.1:{mailbox.tls_port}'
        asks = {'DUNWELL_IMAP_PASSWORD_FILE': secret}
        check('read over IMAP', by_imap.fetch('--imap', clear, **asks), counts)
        check('recorded over IMAP', by_imap.bounces(), rows)
        check('read again over IMAP', by_imap.fetch('--imap', clear, **asks)['read'], 0)
        asks['DUNWELL_MAIL_AUTHORITIES'] = mailbox.certificate
        check('read with TLS', by_tls.fetch('--imap', tls, **asks), counts)
        check('recorded with TLS', by_tls.bounces(), rows)
        check('nothing is marked as seen',
              [name for name in snapshot(maildir) if 'S' in name.partition(':2,')[2]], [])
        again = books.fetch('--imap', clear, **asks)
        check('the same mails from another place count once',
              (again['read'], again['bounces'], again['marked'], again['letters']),
              (counts['read'], 0, 0, 0))
        with open(secret, 'w', encoding='utf-8') as file:
            file.write('wrong\n')
        refusal = by_imap.call('mail', 'bounces', '--imap', clear, status=1, **asks)
        check('a wrong password is refused', 'refuses the login' in refusal, True)
        check('and told to nobody', 'wrong' in refusal, False)
        del asks['DUNWELL_MAIL_AUTHORITIES']
        refusal = by_imap.call('mail', 'bounces', '--imap', tls, status=1, **asks)
        check('a certificate that nobody vouches for is refused', 'certificate' in refusal, True)


def check_consequences(books, fates, units):
    rows = books.table('mail', 'bounces', '--list')
    failures = {}
    for row in rows:
        failures.setdefault((row['owner'], row['recipient'].split('@')[0]), set()).add(row['notice'])
    unknown = {row['owner'] for row in rows if row['reason'] == 'unknown_address'}
    twice = {owner for (owner, _), notices in failures.items() if len(notices) > 1}
    asked = {row['owner'] for row in rows if row['task'] == 'ask'}
    check('marked: unknown at once, others when they fail twice', asked, unknown | twice)
    letters = {name.split('.')[0] for name, (kind, _) in fates.items()
               if kind in ('unknown', 'full', 'refused')}
    printed = pages_of(books)
    check('each notice that came back has a letter', sorted(letters - printed), [])
    books.call('run', '2026-12', '--as-of', '2026-12-25')
    notices = {row['notice']: row for row in books.table('notices', '--period', '2026-12')}
    told = {row['notice'] + row['recipient'] for row in books.table('mail', 'list')
            if row['notice'] in notices}
    with open(os.path.join(books.folder, 'sample', 'owners.csv'), encoding='utf-8-sig') as file:
        owners = {row['owner']: row for row in csv.DictReader(file)}
    checked = 0
    for number, notice in notices.items():
        for code in notice['owner'].split(';'):
            mails = number + owners[code]['email'] in told
            if code in asked:
                checked += 1
                if mails or not {'mailbox', 'hand', 'registered'} & set(notice['channels'].split(';')):
                    check(f'{number} to {code} goes by paper', notice['channels'], 'mailbox')
    check('some of whom were told again', checked > 0, True)
    check('others are told by mail', len(told) > 0, True)
    return sorted(asked)


def pages_of(books):
    """The notices whose letters were printed."""
    books.call('letters', '--out', 'letters.pdf')
    text = subprocess.run(['pdftotext', 'letters.pdf', '-'], cwd=books.folder, capture_output=True,
                          text=True, check=True).stdout
    numbers = {row['notice'] for row in books.table('notices')}
    return {number for number in numbers if number in text}


def check_lifting(books, marked):
    first, second = marked[0], marked[1]
    # What is entered once more stays marked.
    books.call('import', 'sample')
    tasks = {row['owner'] for row in books.table('mail', 'bounces', '--list') if row['task'] == 'ask'}
    check('the same address imported again stays marked', tasks, set(marked))
    books.call('owner', 'change', f'owner={first}', 'email=new@example.com')
    books.call('mail', 'address', 'clear', second, '--reason', 'asked by phone', '--by', 'Li')
    tasks = {row['owner'] for row in books.table('mail', 'bounces', '--list') if row['task'] == 'ask'}
    check('another address, or a reason, lifts the mark', tasks, set(marked) - {first, second})
    refusal = books.call('mail', 'address', 'clear', second, '--reason', 'again', status=1)
    check('a mark is lifted once', 'no mark' in refusal, True)
    books.call('run', '2027-01', '--as-of', '2027-01-31')
    told = {row['recipient'] for row in books.table('mail', 'list') if '-202701-' in row['notice']}
    with open(os.path.join(books.folder, 'sample', 'owners.csv'), encoding='utf-8-sig') as file:
        owners = {row['owner']: row['email'] for row in csv.DictReader(file)}
    notices = ';'.join(row['owner'] for row in books.table('notices', '--period', '2027-01')).split(';')
    for code, address in ((first, 'new@example.com'), (second, owners[second])):
        if code in notices:
            check(f'mail goes to {code} again', address in told, True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=120)
    parser.add_argument('--kills', type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        books = Books(os.path.abspath(asked.dunwell), folder)
        subprocess.run([books.exe, 'sample', 'sample', '--units', str(asked.units)], cwd=folder,
                       check=True, capture_output=True)
        books.call('import', 'sample')
        books.call('run', '2026-11', '--as-of', '2026-11-21')
        books.call('mail', 'export', '--out', 'out')
        with Postfix(folder + '/pf', mailboxes=['reader@example.com'], office=OFFICE) as server:
            fates = send(server, folder + '/out', ['unknown', 'arrives', 'full', 'arrives', 'slow',
                                                   'arrives', 'refused'])
            deliver_others(server)
            late = sum(kind != 'arrives' for kind, _ in fates.values())
            server.settle(office=late + 3)
            rows = check_reading(books, server, fates, folder, asked.kills)
        marked = check_consequences(books, fates, asked.units)
        check_lifting(books, marked)
        print(f'{len(fates)} mails sent, {len(rows)} real reports read, {len(marked)} addresses marked')
    print(f'{passed} passed, {len(failed)} failed')
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()
