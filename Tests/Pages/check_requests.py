#!/usr/bin/env python3
"""Requests as no browser of ours sends them: slow, oversized, malformed, and with another community's numbers.

usage: check_requests.py DUNWELL

DUNWELL is the program. Ends with `N passed, M failed`.
"""
import argparse
import concurrent.futures
import os
import re
import secrets
import socket
import sys
import threading
import time
import urllib.parse

import check_pages
import office

HERE = os.path.dirname(os.path.abspath(__file__))
WILLOW = os.path.join(HERE, '..', 'TestKit', 'WillowYard')


# Seconds; on a busy machine answers take long.
PATIENCE = 200


# Bytes on the wire

def connect(site):
    return socket.create_connection(('127.0.0.1', int(site.address.rpartition(':')[2])), PATIENCE)


def exchange(site, sent):
    """One answer, whole, or what came before the server hung up; after it, whatever else comes within two seconds."""
    with connect(site) as wire:
        wire.settimeout(PATIENCE)
        said = b''
        try:
            wire.sendall(sent)
        except OSError:
            pass  # It may hang up before all is sent, and has answered.
        try:
            while not is_whole(said) and (more := wire.recv(65536)):
                said += more
            wire.settimeout(2)
            while more := wire.recv(65536):
                said += more
        except OSError:
            pass
        return said


def is_whole(said):
    """Whether an answer with the length that it names is there."""
    head, end, body = said.partition(b'\r\n\r\n')
    length = re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)
    return bool(end and length and len(body) >= int(length.group(1)))


def status(said):
    found = re.match(rb'HTTP/1\.1 (\d+)', said)
    return int(found.group(1)) if found else 0


def drip(site, head, pause, most):
    """Sends a byte every so often; how many seconds until the server hangs up, None: it waits on."""
    start = time.monotonic()
    with connect(site) as wire:
        wire.sendall(head)
        wire.settimeout(pause)
        while time.monotonic() - start < most:
            try:
                wire.sendall(b'a')
                if not wire.recv(65536):
                    return time.monotonic() - start
            except TimeoutError:
                continue
            except OSError:
                return time.monotonic() - start
    return None


class Slow:
    """Three of each kind at once, beside all that follows; the pages answer others meanwhile."""

    def __init__(self, site):
        post = b'POST /log-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n' \
               b'Content-Type: application/x-www-form-urlencoded\r\n\r\n'
        self.took = {}
        kinds = [('head', b'GET / HTTP/1.1\r\nX: '), ('body', post)]
        self.threads = [threading.Thread(target=self.one, args=(site, kind, number, head), daemon=True)
                        for kind, head in kinds for number in range(3)]
        for thread in self.threads:
            thread.start()

    def one(self, site, kind, number, head):
        self.took[kind, number] = drip(site, head, 0.5, PATIENCE)

    def judge(self, checks):
        for thread in self.threads:
            thread.join()
        for (kind, number), seconds in sorted(self.took.items()):
            checks.expect(seconds is not None, f'a {kind} that drips is waited for without end')
        print('slow callers were left after',
              {kind: round(self.took[kind, 0] or 0) for kind in ('head', 'body')}, 'seconds')


def beside(checks, site):
    """While callers are slow."""
    for _ in range(10):
        code, _, _ = site.get('/settings', 'clerk')
        checks.expect(code == 200, f'beside slow callers /settings answers {code}')
        time.sleep(0.2)


def odd(checks, site):
    host, form = b'Host: localhost\r\n', b'Content-Type: application/x-www-form-urlencoded\r\n'
    cookie = f'Cookie: {office.COOKIE}={site.tokens["clerk"]}\r\n'.encode()
    requests = [
        ('a header of 20 kB', b'GET / HTTP/1.1\r\n' + host + b'X: ' + b'a' * 20_000 + b'\r\n\r\n', {400, 431, 0}),
        ('300 headers', b'GET / HTTP/1.1\r\n' + host + b''.join(b'X%d: a\r\n' % n for n in range(300)) + b'\r\n',
         {400, 431, 0}),
        ('an address of 100 kB', b'GET /' + b'a' * 100_000 + b' HTTP/1.1\r\n' + host + b'\r\n', {400, 414, 431, 0}),
        ('2 MB of fields', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Content-Length: 2000000\r\n\r\n', {413}),
        ('2 MB of files from nobody', b'POST /import HTTP/1.1\r\n' + host + b'Content-Length: 2000000\r\n'
         b'Content-Type: multipart/form-data; boundary=x\r\n\r\n', {413}),
        ('100 MB of files', b'POST /import HTTP/1.1\r\n' + host + cookie + b'Content-Length: 100000000\r\n'
         b'Content-Type: multipart/form-data; boundary=x\r\n\r\n', {413}),
        ('chunks without end', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Transfer-Encoding: chunked\r\n\r\n'
         + (b'10000\r\n' + b'a' * 65536 + b'\r\n') * 40, {413, 0}),
        ('two lengths', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Content-Length: 3\r\nContent-Length: 4\r\n\r\na=bc',
         {400, 0}),
        ('a length and chunks', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Content-Length: 5\r\n'
         b'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /users HTTP/1.1\r\n\r\n', {400, 403, 0}),
        ('PUT', b'PUT / HTTP/1.1\r\n' + host + b'Content-Length: 0\r\n\r\n', {405}),
        ('TRACE', b'TRACE / HTTP/1.1\r\n' + host + b'\r\n', {405, 400}),
        ('a path upwards', b'GET /assets/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n' + host + b'\r\n', {404}),
        ('a path upwards, plain', b'GET /assets/../../../etc/passwd HTTP/1.1\r\n' + host + b'\r\n', {404, 400}),
        ('a NUL in the path', b'GET /units/%00 HTTP/1.1\r\n' + host + b'\r\n', {400}),
        ('no UTF-8', b'GET /units/%ff HTTP/1.1\r\n' + host + b'\r\n', {400}),
        ('a field that is no field', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Content-Length: 5\r\n\r\na=%zz', {400}),
        ('JSON', b'POST /log-in HTTP/1.1\r\n' + host + b'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
         {415}),
        ('a form from elsewhere', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Origin: http:'
         b'//example.com\r\nContent-Length: 3\r\n\r\na=b', {403}),
        ('a form from nowhere', b'POST /log-in HTTP/1.1\r\n' + host + form + b'Content-Length: 3\r\n\r\na=b', {403}),
        # A foreign name that was made to point here: for the browser, all of it is one origin.
        ('a page of another host', b'GET /settings HTTP/1.1\r\nHost: evil.example.com\r\n' + cookie + b'\r\n', {421}),
        ('a picture of another host', b'GET /assets/seal.svg HTTP/1.1\r\nHost: evil.example.com\r\n\r\n', {421}),
        ('a form of another host', b'POST /log-in HTTP/1.1\r\nHost: evil.example.com\r\n' + form + b'Origin: http:'
         b'//evil.example.com\r\nContent-Length: 3\r\n\r\na=b', {421}),
        ('no host', b'GET /log-in HTTP/1.1\r\n\r\n', {400, 421}),
        ('garbage', secrets.token_bytes(500) + b'\r\n\r\n', {400, 0}),
    ]
    with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
        answers = list(pool.map(lambda request: exchange(site, request[1]), requests))
    for (name, _, expected), said in zip(requests, answers):
        checks.expect(status(said) in expected, f'{name}: {said[:60]!r}')
        checks.expect(b'root:' not in said, f'{name}: gives a file away')
        checks.expect(said.count(b'HTTP/1.1 ') <= 1, f'{name}: is taken for two requests')
    code, _, _ = site.get('/settings', 'clerk')
    checks.expect(code == 200, f'after odd requests /settings answers {code}')


# Two communities

def enter_second(site):
    """Willow Yard beside the first community, with the same manager; the manager's session there."""
    first = site.rows('SELECT code FROM community')[0][0]
    site.run('import', WILLOW)
    second = [code for code, in site.rows('SELECT code FROM community') if code != first][0]
    site.run('user', 'add', office.NAMES['manager'], '--role', 'manager', '--community', second)
    site.run('run', '2026-11', '--as-of', '2026-11-20', '--community', second)
    return first, second


def swapped(checks, site):
    """Each address of the first community, asked for in the second: nothing of the first comes back or changes."""
    finder = check_pages.Finder(site, 'manager', 2)
    finder.pages(check_pages.Checks())
    paths = sorted({path for path in finder.asked if '{' in (finder.pattern(path) or '')})
    posts = [pattern for method, pattern, _ in site.routes() if method == 'POST' and '{' in pattern]
    first, second = enter_second(site)
    site.let_in('manager', second)
    names = {name for name, in site.rows(
        'SELECT DISTINCT name FROM person JOIN owner ON owner.id = person.owner JOIN community '
        'ON community.id = owner.community WHERE community.code = ?', [first]) if len(name) > 2}
    before = set(site.content())
    for path in paths:
        code, _, body = site.get(path, 'manager')
        text = body.decode(errors='replace')
        theirs = [name for name in names if name in text]
        checks.expect(not theirs, f'{path} in {second} ({code}) tells of {theirs[:3]}')
    _, _, body = site.get('/settings', 'manager')
    csrf = re.search(r'name="csrf" value="([^"]*)"', body.decode()).group(1)
    sent = 0
    for pattern in posts:
        if pattern.startswith(('/me/', '/first-run', '/invitation')):
            continue
        for path in paths:
            stem = pattern.split('{')[0]
            if not path.startswith(stem):
                continue
            value = path[len(stem):].split('/')[0].split('?')[0]
            target = re.sub(r'\{\w+\}', value, pattern)
            code, _, _ = site.post(target, {'csrf': csrf, 'form': secrets.token_urlsafe()}, 'manager')
            checks.expect(code in (303, 403, 404, 409, 422), f'POST {target} in {second}: {code}')
            sent += 1
    after = [line for line in site.content() if line not in before]
    mine = [line for line in after if 'INSERT INTO "formUse"' not in line]
    checks.expect(not mine, f'posts with numbers of {first} in {second} changed {mine[:3]}')
    print(f'{len(paths)} addresses and {sent} forms of one community asked for in another')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    options = parser.parse_args()
    checks, start = check_pages.Checks(), time.monotonic()
    site = office.Site(options.dunwell)
    try:
        site.start()
        slow = Slow(site)
        beside(checks, site)
        for part in (odd, swapped):
            begun = time.monotonic()
            part(checks, site)
            print(f'{part.__name__}: {time.monotonic() - begun:.0f} s', flush=True)
        slow.judge(checks)
        errors = [line for line in site.said().splitlines() if ' error ' in line]
        checks.expect(not errors, f'the server says: {errors[:5]}')
    finally:
        site.stop()
    print(f'{time.monotonic() - start:.0f} s')
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


if __name__ == '__main__':
    sys.exit(main())
