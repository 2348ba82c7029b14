#!/usr/bin/env python3
"""Files made to harm, posted over HTTP to every page that takes files: a clear word, or taken as what they are. Never an
error of the server, never anything outside its folder, sent back to be saved alone, in bounded memory.

usage: check_uploads.py DUNWELL

DUNWELL is the program. Ends with `N passed, M failed`.
"""
import argparse
import concurrent.futures
import html
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
import urllib.request

import check_pages
import hostile_files
import office

# Whatever was sent, the server needs less.
MEMORY_MB = 1500
# Seconds until a job is over, on a machine that is busy.
PATIENCE = 900


class Sender:
    """Posts files as a page of the site would, and follows what they lead to."""

    def __init__(self, checks, site):
        self.checks, self.site, self.sent, self.tokens = checks, site, 0, {}

    def csrf(self, role):
        if role not in self.tokens:
            _, _, body = self.site.get('/settings', role)
            self.tokens[role] = re.search(r'name="csrf" value="([^"]*)"', body.decode()).group(1)
        return self.tokens[role]

    def post(self, path, role, files, fields=(), name=None):
        """Files: field, name in bytes or text, bytes."""
        border = secrets.token_hex(16).encode()
        hidden = {'csrf': self.csrf(role), 'form': secrets.token_urlsafe(), **dict(fields)}
        parts = [b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (border, key.encode(), value.encode())
                 for key, value in hidden.items()]
        for field, file, content in files:
            file = file if isinstance(file, bytes) else file.encode()
            parts.append(b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
                         b'Content-Type: image/png\r\n\r\n%s\r\n' % (border, field.encode(), file, content))
        request = urllib.request.Request(self.site.address + path, b''.join(parts) + b'--%s--\r\n' % border, {
            'Origin': self.site.address, 'Content-Type': f'multipart/form-data; boundary={border.decode()}'})
        answer = self.site._ask(request, role)
        self.sent += 1
        self.judge(answer, f'POST {path} with {name or files[0][1]!r}')
        return answer

    def judge(self, answer, what):
        """A word of ours, in which nothing of the file runs."""
        status, headers, body = answer
        self.checks.expect(status in (200, 303, 400, 404, 409, 413, 422), f'{what}: {status}')
        self.checks.expect(headers['X-Bad'] is None, f'{what}: the file gives a header')
        page = body.decode(errors='replace')
        self.checks.expect('<script>alert' not in page and "' onerror=" not in page, f'{what}: the file stands in the page')
        self.checks.expect('root:' not in page, f'{what}: a file of the machine stands in the page')

    def follow(self, answer, role, what):
        """The page that it leads to, a job's once it is over; empty where it leads nowhere."""
        status, headers, _ = answer
        if status != 303:
            return ''
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.site.get(headers['Location'], role)
            page = answer[2].decode(errors='replace')
            if 'http-equiv="refresh"' not in page:
                break
            if time.monotonic() > end:
                self.checks.expect(False, f'{what}: {headers["Location"]} never ends')
                break
            time.sleep(0.2)
        self.judge(answer, f'{what}, then {headers["Location"]}')
        return page


def words(page):
    """What the page says of its errors."""
    found = re.search(r'(?s)<(?:div|section)[^>]*class="[^"]*errors.*?</(?:div|section)>', page)
    return re.sub(r'<[^>]*>', ' ', found.group(0) if found else page)


def each(things, work):
    """Four at once."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, things))


def send_papers(checks, sender, path, role, field, fields):
    """All papers to a page; those that are none are refused in words that name them."""
    def one(paper):
        name, content, may = paper
        answer = sender.post(path, role, [(field, name, content)], fields)
        page = sender.follow(answer, role, f'{path} {name}') or answer[2].decode(errors='replace')
        isTold = name in html.unescape(page) or answer[0] in (400, 409, 422)
        if may is False:
            checks.expect(isTold and '识别了 1 个文件' not in page, f'{path}: {name} is taken: {answer[0]}')
        if may is True:
            checks.expect(answer[0] == 303, f'{path}: {name} is not taken: {answer[0]} {words(page)[:200]}')
    each(hostile_files.papers(), one)
    several = [(field, name, content) for name, content, may in hostile_files.papers() if may is False]
    sender.post(path, role, several, fields, name='all of them')
    alive(checks, sender.site, path)


def send_names(checks, sender):
    def one(case):
        name, breaks = case
        picture = hostile_files.png(41 + hash(name) % 100)
        answer = sender.post('/scans', 'clerk', [('files', name, picture)])
        sender.follow(answer, 'clerk', f'a file named {name[:40]!r}')
        if breaks is not None:
            checks.expect(answer[0] == 303, f'a file named {name[:40]!r}: {answer[0]}')
    each(hostile_files.names(), one)
    alive(checks, sender.site, 'names')


def send_tables(checks, sender):
    def one(table):
        name, content = table
        answer = sender.post('/import', 'manager', [('files', name, content)], name=f'{name} {content[:60]!r}')
        page = sender.follow(answer, 'manager', f'{name} {content[:60]!r}')
        checks.expect(answer[0] != 303 or '导入预览' in page, f'{name} {content[:60]!r}: no preview: {words(page)[:200]}')
    each(hostile_files.tables(), one)
    for name, content in [('photo.png', hostile_files.png()), ('../units.csv', b'unit\n'), ('units.csv.exe', b'MZ')]:
        answer = sender.post('/import', 'manager', [('files', name, content)])
        checks.expect(answer[0] in (303, 422), f'{name}: {answer[0]}')
    alive(checks, sender.site, '/import')


def alive(checks, site, after):
    status, _, _ = site.get('/settings', 'clerk')
    checks.expect(status == 200, f'after {after} /settings answers {status}')


# What is left

def sent_back(checks, site):
    """Whatever was taken is what its first bytes say, and is to be saved."""
    kinds = {'image/png': b'\x89PNG', 'image/jpeg': b'\xff\xd8\xff', 'application/pdf': b'%PDF-'}
    for stub, in site.rows('SELECT id FROM scanStub'):
        for part in ('original', 'cutting', 'page'):
            status, headers, body = site.get(f'/scans/{stub}/{part}', 'clerk')
            if status == 404 and part != 'original' and 'html' in headers['Content-Type']:
                continue  # A page that cannot be drawn says so.
            what = f'/scans/{stub}/{part}: {status} {headers["Content-Type"]} {headers["Content-Disposition"]}'
            kind = headers['Content-Type']
            checks.expect(status == 200 and kind in kinds and kinds[kind] in body[:1024], what)
            checks.expect((headers['Content-Disposition'] or '').startswith('attachment'), what)
            checks.expect(headers['X-Content-Type-Options'] == 'nosniff', what)
            checks.expect('sandbox' in (headers['Content-Security-Policy'] or '') or "default-src 'none'"
                          in (headers['Content-Security-Policy'] or ''), what)


def in_place(checks, outer, site, temporary):
    """Nothing outside the folders; there, everything under its hash."""
    levels = os.path.relpath(site.folder, outer).split(os.sep)
    place = outer
    for level in levels:
        checks.expect(os.listdir(place) == [level], f'files beside the folder: {os.listdir(place)}')
        place = os.path.join(place, level)
    left = [name for name in os.listdir(temporary)]
    checks.expect(not left, f'left among temporary files: {left[:5]}')
    evidence = site.database + '.evidence'
    hashed = re.compile(r'^[0-9a-f/]*[0-9a-f]{64}\.(png|jpg|pdf|[a-z]{2,4})$|^[0-9a-f/]*$')
    odd = [os.path.relpath(os.path.join(folder, name), evidence) for folder, _, files in os.walk(evidence) for name in files]
    odd = [name for name in odd if not hashed.match(name)]
    checks.expect(not odd, f'not under a hash: {odd[:5]}')
    uploads = evidence + '.uploads'
    odd = [name for name in os.listdir(uploads) if not re.fullmatch(r'(scans-)?[0-9a-f]{64}', name)]
    checks.expect(not odd, f'odd uploads: {odd[:5]}')
    waiting = [name for name in os.listdir(uploads) if name.startswith('scans-')]
    checks.expect(not waiting, f'scans that were never read: {waiting[:5]}')
    mode = os.stat(uploads).st_mode & 0o777
    checks.expect(mode == 0o700, f'{uploads} has mode {mode:o}')


def memory(checks, site):
    with open(f'/proc/{site.server.pid}/status') as file:
        most = int(re.search(r'VmHWM:\s+(\d+) kB', file.read()).group(1)) // 1024
    checks.expect(most < MEMORY_MB, f'the server needed {most} MB')
    print(f'the server needed {most} MB at most')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    options = parser.parse_args()
    checks, start = check_pages.Checks(), time.monotonic()
    outer, temporary = tempfile.mkdtemp(prefix='dunwell-uploads-'), tempfile.mkdtemp(prefix='dunwell-temporary-')
    site = office.Site(options.dunwell, keep=os.path.join(outer, 'one', 'two', 'three'))
    try:
        kept, os.environ['TMPDIR'] = os.environ.get('TMPDIR'), temporary
        site.start()
        if kept is None:
            del os.environ['TMPDIR']
        else:
            os.environ['TMPDIR'] = kept
        site.confirm()
        sender = Sender(checks, site)
        notice = site.rows("SELECT number FROM notice WHERE stage = 'early' ORDER BY number DESC LIMIT 1")[0][0]
        parts = {
            'scans': lambda: send_papers(checks, sender, '/scans', 'clerk', 'files', {}),
            'proofs of service': lambda: send_papers(
                checks, sender, f'/services/{notice}/add', 'clerk', 'proof-photo',
                {'how': 'left_witnessed', 'date': office.TODAY, 'staff': f'{office.NAMES["clerk"]}、{office.NAMES["cashier"]}',
                 'signer': '', 'relation': '', 'note': ''}),
            'proofs of hardship': lambda: send_papers(
                checks, sender, '/hardship/1/proofs', 'manager', 'file', {'kind': 'other', 'until': '', 'note': ''}),
            'names': lambda: send_names(checks, sender),
            'tables': lambda: send_tables(checks, sender),
        }
        for name, part in parts.items():
            begun = time.monotonic()
            part()
            print(f'{name}: {time.monotonic() - begun:.0f} s', flush=True)
        sent_back(checks, site)
        memory(checks, site)
        in_place(checks, outer, site, temporary)
        errors = [line for line in site.said().splitlines() if ' error ' in line]
        checks.expect(not errors, f'the server says: {errors[:5]}')
        print(f'{sender.sent} uploads')
    finally:
        site.stop()
        shutil.rmtree(outer, ignore_errors=True)
        shutil.rmtree(temporary, ignore_errors=True)
    print(f'{time.monotonic() - start:.0f} s')
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


if __name__ == '__main__':
    sys.exit(main())
