#!/usr/bin/env python3
"""Makes every message of a sample community with a dunwell binary and reads them with Python's
`email`: who writes to whom, what the subject says, that the plain part says all that the HTML says,
and that a letter to sign is attached where the stage asks for one.

usage: check_mails.py DUNWELL [--units 300]

The last line is `N passed, M failed`; status 1 on any failure. Wants pdftotext (poppler-utils).
"""
import argparse
import csv
import html.parser
import io
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
from read_mails import ALTERNATIVE, defects, name_in, parse, shape  # noqa: E402

RUNS = (('2026-11', '2026-11-05'), ('2026-11', '2026-11-21'), ('2026-12', '2026-12-01'),
        ('2026-12', '2026-12-25'))
SHAMEFUL = ('欠', '催', '诉', '债', '¥', 'overdue', 'arrears', 'debt', 'owe')


class Reader(html.parser.HTMLParser):
    """The words that one sees; and every tag."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.hidden = [], set(), 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.hidden += tag in ('style', 'title', 'thead')
        names = {name for name, _ in attrs}
        if names & {'href', 'src', 'background'} or any('url(' in (value or '') for _, value in attrs):
            self.tags.add('link')

    def handle_endtag(self, tag):
        self.hidden -= tag in ('style', 'title', 'thead')

    def handle_data(self, data):
        if not self.hidden:
            self.words += [word for word in data.split() if word not in ('—', '–')]


def problems_of(path, notices, owners):
    mail, raw = parse(path)
    number = os.path.basename(path).split('.')[0]
    notice = notices[number]
    found = [f'defect: {defect}' for defect in defects(mail)]
    for name in ('From', 'To', 'Date', 'Message-ID', 'Subject', 'Reply-To', 'MIME-Version'):
        if len(mail.get_all(name, [])) != 1:
            found.append(f'{len(mail.get_all(name, []))} times {name}')
    to = mail['To'].addresses[0].addr_spec
    holders = [owners[code] for code in notice['owner'].split(';')]
    if (to, name_in(mail, raw, 'To')) not in [(owner['email'], owner['name']) for owner in holders]:
        found.append(f'goes to {mail["To"]}')
    if mail['Auto-Submitted'] != 'auto-generated':
        found.append('not marked as sent by a program')
    subject = str(mail['Subject'])
    if notice['unit'] not in subject or notice['total'] in subject \
            or any(word in subject.lower() for word in SHAMEFUL):
        found.append(f'subject: {subject}')
    wants_letter = notice['stage'] == 'formal'
    if shape(mail) != (f'multipart/mixed({ALTERNATIVE} application/pdf)' if wants_letter
                       else ALTERNATIVE):
        found.append(f'shape: {shape(mail)}')
    text = mail.get_body(('plain',)).get_content()
    page = Reader(mail.get_body(('html',)).get_content())
    missing = [word for word in page.words if word not in text and word.strip('，。、：') not in text]
    if missing:
        found.append(f'only in the HTML: {missing[:5]}')
    if page.tags & {'img', 'a', 'link', 'script', 'form', 'iframe'}:
        found.append(f'tags: {page.tags}')
    for figure in (number, notice['unit'], f'{float(notice["total"]):,.2f}'):
        if figure.lstrip('-') not in text:
            found.append(f'{figure} is not in the text')
    longest = max(len(line) for line in raw.split(b'\r\n'))
    if longest > 76 or b'\n' in raw.replace(b'\r\n', b'') or max(raw) > 126:
        found.append(f'a line of {longest}, or bytes that are not ASCII')
    for attached in mail.iter_attachments():
        found += problems_of_letter(attached, number)
    return found


def problems_of_letter(attached, number):
    letter = subprocess.run(['pdftotext', '-', '-'], input=attached.get_content(),
                            capture_output=True, check=True).stdout.decode()
    if number not in letter or number not in attached.get_filename():
        return [f'attached: {attached.get_filename()}']
    if attached['Content-Type'].params['name'] != f'notice-{number}.pdf':
        return ['no name in ASCII']
    return []


def call(exe, folder, *arguments):
    done = subprocess.run([exe, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f'check_mails: {arguments} ended with {done.returncode}: {done.stderr}')
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=300)
    asked = parser.parse_args()
    exe = os.path.abspath(asked.dunwell)
    with tempfile.TemporaryDirectory() as folder:
        call(exe, folder, 'sample', 'sample', '--units', str(asked.units))
        call(exe, folder, 'import', 'sample')
        for period, date in RUNS:
            call(exe, folder, 'run', period, '--as-of', date)
        call(exe, folder, 'mail', 'export', '--out', 'out')
        rows = csv.DictReader(io.StringIO(call(exe, folder, 'notices', '--format', 'csv')))
        notices = {row['notice']: row for row in rows}
        with open(os.path.join(folder, 'sample', 'owners.csv'), encoding='utf-8-sig') as file:
            owners = {row['owner']: row for row in csv.DictReader(file)}
        names = sorted(os.listdir(os.path.join(folder, 'out')))
        bad = 0
        for name in names:
            found = problems_of(os.path.join(folder, 'out', name), notices, owners)
            bad += bool(found)
            for problem in found:
                print(f'{name}: {problem}')
        stages = {notices[name.split('.')[0]]['stage'] or 'bill' for name in names}
        if not {'bill', 'formal'} <= stages:
            raise SystemExit(f'check_mails: only {stages} among {len(names)} messages')
        print(f'{len(names) - bad} passed, {bad} failed')
        sys.exit(bad > 0)


if __name__ == '__main__':
    main()
