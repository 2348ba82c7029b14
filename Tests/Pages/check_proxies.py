#!/usr/bin/env python3
"""The pages behind Caddy and nginx, each with the configuration of `deploy/`, on loopback with a certificate of our own:
log-in, a form, an upload, a download, the headers, and whose address the limit of log-ins counts.

usage: check_proxies.py DUNWELL

A proxy that is not installed is skipped, and says so. Ends with `N passed, M failed`.
"""
import argparse
import http.client
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import check_pages
import office

HERE = os.path.dirname(os.path.abspath(__file__))
DEPLOY = os.path.join(HERE, '..', '..', 'deploy')
HOST = 'fees.example.com'
ORIGIN = 'https:' + f'//{HOST}'
PHRASE = 'violet harbour kettle'
ONCE = ['Strict-Transport-Security', 'Content-Security-Policy', 'X-Content-Type-Options', 'X-Frame-Options',
        'Referrer-Policy', 'Cache-Control']
PATIENCE = 120


# The proxies

def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def certificate(folder):
    """Of an authority of our own, for the host."""
    chain, key = os.path.join(folder, 'chain.pem'), os.path.join(folder, 'key.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-keyout', key, '-out', chain, '-days', '2', '-subj', f'/CN={HOST}', '-addext',
                    f'subjectAltName=DNS:{HOST}'], check=True, capture_output=True)
    return chain, key


def replaced(text, pairs):
    """Each is there: a configuration that changed is not tried in another's place."""
    for old, new in pairs:
        if old not in text:
            raise SystemExit(f'the configuration has no {old!r}')
        text = text.replace(old, new)
    return text


def caddy(program, folder, backend, secure, plain):
    chain, key = certificate(folder)
    with open(os.path.join(DEPLOY, 'caddy.conf')) as file:
        text = replaced(file.read(), [('127.0.0.1:8080', f'127.0.0.1:{backend}'),
                                      (f'\n{HOST} {{\n', f'\n{HOST} {{\n\ttls {chain} {key}\n')])
    ours = f'{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n' \
           f'\tdefault_bind 127.0.0.1\n\tstorage file_system {folder}/storage\n}}\n'
    path = os.path.join(folder, 'caddy.conf')
    with open(path, 'w') as file:
        file.write(ours + text)
    return [program, 'run', '--adapter', 'caddyfile', '--config', path]


def nginx(program, folder, backend, secure, plain):
    chain, key = certificate(folder)
    with open(os.path.join(DEPLOY, 'nginx.conf')) as file:
        text = replaced(file.read(), [
            ('127.0.0.1:8080', f'127.0.0.1:{backend}'), ('listen 443 ', f'listen 127.0.0.1:{secure} '),
            ('listen 80;', f'listen 127.0.0.1:{plain};'), (f'/etc/ssl/certs/{HOST}.pem', chain),
            (f'/etc/ssl/private/{HOST}.key', key)])
    with open(os.path.join(folder, 'site.conf'), 'w') as file:
        file.write(text)
    temporary = ''.join(f'{kind}_temp_path {folder}/{kind};\n'
                        for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    user = 'user root;\n' if os.geteuid() == 0 else ''
    path = os.path.join(folder, 'nginx.conf')
    with open(path, 'w') as file:
        file.write(f'{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n'
                   f'http {{\naccess_log off;\n{temporary}include {folder}/site.conf;\n}}\n')
    return [program, '-p', folder, '-c', path, '-e', 'stderr']


class Proxy:
    """One that runs before the site; its ports are free when it starts, or others are tried."""

    def __init__(self, words, program, backend):
        self.folder = tempfile.mkdtemp(prefix='dunwell-proxy-')
        for _ in range(5):
            self.secure, self.plain = free_port(), free_port()
            command = words(program, self.folder, backend, self.secure, self.plain)
            self.log = open(os.path.join(self.folder, 'log'), 'w')
            homes = {name: self.folder for name in ('HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME')}
            self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=dict(os.environ, **homes))
            if self._answers():
                self.trust = ssl.create_default_context(cafile=os.path.join(self.folder, 'chain.pem'))
                return
        raise SystemExit(f'{program} does not start:\n{self.said()}')

    def _answers(self):
        for port in (self.secure, self.plain):
            end = time.monotonic() + PATIENCE
            while True:
                if self.process.poll() is not None or time.monotonic() > end:
                    return False
                try:
                    socket.create_connection(('127.0.0.1', port), 5).close()
                    break
                except OSError:
                    time.sleep(0.1)
        return True

    def said(self):
        with open(self.log.name) as log:
            return log.read()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# A browser of the proxy's site

class Caller:
    """Speaks TLS with the proxy as if it stood at port 443 of its host; keeps its cookies."""

    def __init__(self, proxy, address='127.0.0.1'):
        self.proxy, self.address, self.cookies = proxy, address, {}

    def ask(self, method, path, body=None, headers=()):
        """Status, headers, body; status 0 where the proxy hung up while the body was sent."""
        wire = socket.create_connection(('127.0.0.1', self.proxy.secure), PATIENCE, (self.address, 0))
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.proxy.trust.wrap_socket(wire, server_hostname=HOST)
        try:
            connection.putrequest(method, path)
            all_headers = dict(headers)
            if self.cookies:
                all_headers['Cookie'] = '; '.join(f'{name}={value}' for name, value in self.cookies.items())
            if method == 'POST':
                all_headers.setdefault('Origin', ORIGIN)
            if body is not None:
                all_headers['Content-Length'] = str(len(body))
            for name, value in all_headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            try:
                if body is not None:
                    connection.send(body)
            except OSError:
                pass  # It may answer, and hang up, before all is sent.
            try:
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                return 0, http.client.HTTPMessage(), b''
        finally:
            connection.close()
        for cookie in answer.msg.get_all('Set-Cookie') or []:
            name, _, value = cookie.split(';')[0].partition('=')
            self.cookies[name] = value
        return answer.status, answer.msg, content

    def get(self, path):
        return self.ask('GET', path)

    def post(self, path, fields, **headers):
        return self.ask('POST', path, urllib.parse.urlencode(fields).encode(), {
            'Content-Type': 'application/x-www-form-urlencoded',
            **{name.replace('_', '-'): value for name, value in headers.items()}})

    def form(self, path):
        """The hidden fields of the page's forms."""
        _, _, body = self.get(path)
        text = body.decode()
        return {name: re.search(f'name="{name}" value="([^"]*)"', text).group(1) for name in ('csrf', 'form')}

    def upload(self, path, fields, files):
        border = secrets.token_hex(16)
        parts = [f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        parts += [f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
                  f'Content-Type: application/octet-stream\r\n\r\n'.encode() + content + b'\r\n'
                  for name, content in files]
        body = b''.join(parts) + f'--{border}--\r\n'.encode()
        return self.ask('POST', path, body, {'Content-Type': f'multipart/form-data; boundary={border}'})


# What is tried

def set_password(site, role):
    """Of a user by an invitation, straight at the server."""
    said = site.run('user', 'invite', office.NAMES[role], '--address', ORIGIN, '--by', office.NAMES['manager'])
    path = re.search(r'(/invitation/\S+)', said).group(1)
    request = urllib.request.Request(
        site.address + path, urllib.parse.urlencode({'password': PHRASE, 'again': PHRASE}).encode(), {'Origin': ORIGIN})
    status, _, body = site._ask(request, None)
    if status != 303:
        raise SystemExit(f'the password of {role}: {status} {body[:300]!r}')


def headers_once(checks, name, caller):
    for path in ('/log-in', '/assets/dunwell.css', '/nowhere'):
        status, headers, _ = caller.get(path)
        wrong = {header: headers.get_all(header) for header in ONCE if len(headers.get_all(header) or []) != 1}
        checks.expect(not wrong, f'{name}: {path} ({status}) has headers not once: {wrong}')


def plain_leads_to_tls(checks, name, proxy):
    connection = http.client.HTTPConnection('127.0.0.1', proxy.plain, timeout=PATIENCE)
    connection.request('GET', '/log-in', headers={'Host': HOST})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    checks.expect(answer.status in (301, 308) and (answer.headers['Location'] or '').startswith(ORIGIN),
                  f'{name}: in clear leads to {answer.status} {answer.headers["Location"]}')


def work(checks, name, site, proxy):
    """Log-in, a form, an upload, a download."""
    caller = Caller(proxy)
    status, _, _ = caller.get('/')
    checks.expect(status == 303, f'{name}: without log-in / answers {status}')
    user = {'name': office.NAMES['clerk'], 'password': PHRASE, 'code': '', 'to': '/'}
    status, _, _ = caller.ask('POST', '/log-in', urllib.parse.urlencode(user).encode(), {
        'Content-Type': 'application/x-www-form-urlencoded', 'Origin': 'https:' + '//elsewhere.example.com'})
    checks.expect(status == 403, f'{name}: a log-in from elsewhere answers {status}')
    status, headers, body = caller.post('/log-in', user)
    checks.expect(status == 303 and office.COOKIE in caller.cookies, f'{name}: log-in answers {status}')
    status, _, body = caller.get('/')
    checks.expect(status == 200 and office.NAMES['clerk'] in body.decode(), f'{name}: logged in, / answers {status}')

    before = site.rows('SELECT count(*) FROM webSession')[0][0]
    status, _, _ = caller.post('/me/language', dict(caller.form('/me'), language='en'))
    _, _, body = caller.get('/')
    checks.expect(status == 303 and b'lang="en"' in body, f'{name}: a form answers {status}')
    caller.post('/me/language', dict(caller.form('/me'), language='zh'))
    checks.expect(site.rows('SELECT count(*) FROM webSession')[0][0] == before, f'{name}: a form makes sessions')

    with open(site.stack, 'rb') as file:
        stack = file.read() + secrets.token_hex(8).encode()
    status, headers, _ = caller.upload('/scans', caller.form('/scans'), [(f'{name}.pdf', stack)])
    checks.expect(status == 303, f'{name}: an upload answers {status}')
    path, end = headers['Location'] or '/', time.monotonic() + 10 * PATIENCE
    while b'http-equiv="refresh"' in (page := caller.get(path)[2]) and time.monotonic() < end:
        time.sleep(0.3)
    checks.expect('做完了' in page.decode(), f'{name}: {path} says {re.findall("<p.*", page.decode())[:3]}')
    stub = site.rows('SELECT max(id) FROM scanStub')[0][0]
    status, headers, body = caller.get(f'/scans/{stub}/original')
    checks.expect(status == 200 and body == stack, f'{name}: the file comes back as {status}, {len(body)} bytes')
    checks.expect((headers['Content-Disposition'] or '').startswith('attachment'), f'{name}: {headers}')

    # 30 MB reach the server, which says what is wrong with them; more than it takes is refused.
    status, _, body = caller.upload('/scans', caller.form('/scans'), [('big.png', b'<html>' * 5_000_000)])
    checks.expect(status == 422 and 'big.png' in body.decode(), f'{name}: 30 MB answer {status}')
    status, _, _ = caller.upload('/scans', caller.form('/scans'), [('bigger.png', bytes(70_000_000))])
    checks.expect(status in (413, 0), f'{name}: 70 MB answer {status}')
    status, _, _ = caller.get('/scans')
    checks.expect(status == 200, f'{name}: after them /scans answers {status}')


def limited(checks, name, proxy, role):
    """Whoever fails five times is held up by his own address, whatever he says it is; others are not."""
    def attempt(caller, number):
        return caller.post('/log-in', {'name': office.NAMES[role], 'password': f'wrong {number}', 'code': '', 'to': '/'},
                           X_Forwarded_For=f'10.1.2.{number}', Forwarded=f'for=10.1.2.{number}',
                           X_Real_IP=f'10.1.2.{number}')[2].decode()
    caller = Caller(proxy)
    said = [attempt(caller, number) for number in range(6)]
    checks.expect('请等' in said[5] and '请等' not in said[4], f'{name}: forged addresses are believed')
    other = attempt(Caller(proxy, '127.0.0.2'), 7)
    checks.expect('请等' not in other, f'{name}: another address is held up as well')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    options = parser.parse_args()
    checks, start = check_pages.Checks(), time.monotonic()
    there = [(words, shutil.which(words.__name__, path=os.environ['PATH'] + ':/usr/sbin')) for words in (caddy, nginx)]
    for words, program in there:
        if not program:
            print(f'skipped: {words.__name__} is not installed (apt-get install {words.__name__})')
    site = office.Site(options.dunwell)
    try:
        site.stack = site.stub_pages(2)
        site.start('--behind-proxy', '--origin', ORIGIN)
        set_password(site, 'clerk')
        for (words, program), role in zip(there, ['cashier', 'auditor']):
            if not program:
                continue
            name, proxy = words.__name__, Proxy(words, program, int(site.address.rpartition(':')[2]))
            try:
                headers_once(checks, name, Caller(proxy))
                plain_leads_to_tls(checks, name, proxy)
                work(checks, name, site, proxy)
                limited(checks, name, proxy, role)
            finally:
                if checks.failed:
                    print(proxy.said()[-2000:])
                proxy.stop()
        errors = [line for line in site.said().splitlines() if ' error ' in line]
        checks.expect(not errors, f'the server says: {errors[:5]}')
    finally:
        site.stop()
    print(f'{time.monotonic() - start:.0f} s')
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


if __name__ == '__main__':
    sys.exit(main())
