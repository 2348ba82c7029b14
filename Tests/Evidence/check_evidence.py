#!/usr/bin/env python3
"""Judges the evidence of a dunwell binary from outside: the chain by an independent account of its
hashes (chain.py), time stamps by `openssl ts` with a service and an authority of their own, and the
files. Rows, files and stamps are changed by hand, with hashes made anew too.

usage: check_evidence.py DUNWELL [--alterations 60]

The last line is `N passed, M failed`; status 1 on any failure. Wants openssl.
"""
import argparse
import contextlib
import glob
import http.server
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import chain  # noqa: E402

DATABASE = 'books.sqlite'
HTTP = 'http:' + '//'
CONFIGURATION = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
EXTENSIONS = """
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


def run(*command, folder=None, check=True, **more):
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, **more)
    if check and done.returncode != 0:
        raise SystemExit(f'check_evidence: {command} ended with {done.returncode}: '
                         f'{done.stderr.decode(errors="replace")[-400:]}')
    return done


class Authority:
    """A certificate authority and a time-stamping service that it certified, thrown away later."""

    def __init__(self, folder):
        self.folder, self.ca = folder, os.path.join(folder, 'ca.pem')
        os.makedirs(folder)
        new = ('openssl', 'req', '-newkey', 'rsa:2048', '-nodes')
        run(*new, '-x509', '-days', '30', '-subj', '/CN=Throw-away CA', '-keyout', 'ca.key',
            '-out', 'ca.pem', folder=folder)
        run(*new, '-subj', '/CN=Throw-away TSA', '-keyout', 'tsa.key', '-out', 'tsa.csr',
            folder=folder)
        self.write('extensions', EXTENSIONS)
        run('openssl', 'x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key',
            '-CAcreateserial', '-days', '30', '-extfile', 'extensions', '-out', 'tsa.pem',
            folder=folder)
        self.write('serial', '01\n')
        self.write('tsa.conf', CONFIGURATION.format(folder=folder, digests='sha256'))
        self.write('picky.conf', CONFIGURATION.format(folder=folder, digests='sha512'))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
            file.write(text)

    def reply(self, query, configuration='tsa.conf'):
        with tempfile.TemporaryDirectory() as place:
            asked, given = os.path.join(place, 'query'), os.path.join(place, 'reply')
            with open(asked, 'wb') as file:
                file.write(query)
            run('openssl', 'ts', '-reply', '-queryfile', asked, '-config',
                os.path.join(self.folder, configuration), '-section', 'tsa1', '-out', given,
                folder=self.folder)
            with open(given, 'rb') as file:
                return file.read()


class Service(http.server.BaseHTTPRequestHandler):
    """Answers as its address asks: well, or wrongly in some way."""
    authority = earlier = None

    def do_POST(self):   # noqa: N802  (http.server calls it so)
        query = self.rfile.read(int(self.headers['Content-Length']))
        asked_well = self.headers['Content-Type'] == 'application/timestamp-query'
        way = self.path.strip('/')
        if way == 'error' or not asked_well:
            return self.send_error(500)
        body = {'good': lambda: self.authority.reply(query),
                'refusing': lambda: self.authority.reply(query, 'picky.conf'),
                'replaying': lambda: Service.earlier,
                'garbage': lambda: b'<html>It works!</html>',
                'empty': lambda: b'',
                'trailing': lambda: self.authority.reply(query) + b'\0',
                'huge': lambda: b'0' * (3 << 20)}[way]()
        if way == 'good':
            Service.earlier = body
        self.send_response(200)
        self.send_header('Content-Type', 'application/timestamp-reply')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)
        return None

    def log_message(self, *_):
        pass


class Office:
    """Books with rows of every kind in their chain."""

    def __init__(self, exe, folder):
        self.exe, self.folder, self.passed, self.failed = exe, folder, 0, 0
        os.environ.update(DUNWELL_DB=DATABASE, LANG='C.UTF-8')
        os.environ.pop('DUNWELL_LANGUAGE', None)

    def call(self, *arguments, check=True):
        return run(self.exe, *arguments, folder=self.folder, check=check)

    def out(self, *arguments):
        return self.call(*arguments).stdout.decode()

    def path(self, name):
        return os.path.join(self.folder, name)

    def expect(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f'FAILED: {what}')

    def change(self, work, rehash=False):
        with contextlib.closing(sqlite3.connect(self.path(DATABASE))) as db:
            work(db)
            if rehash:
                chain.Chain(db, 1).rehash()
            db.commit()

    def make(self):
        self.call('sample', 'tables', '--units', '40', '--seed', '3')
        self.call('import', 'tables')
        self.call('run', '2026-11', '--as-of', '2026-11-21')
        self.call('letters', '--out', 'letters.pdf')
        for name in ('stub.jpg', 'inside.jpg', 'track.png', 'door.jpg'):
            with open(self.path(name), 'w', encoding='utf-8') as file:
                file.write(name)
        numbers = [line.split(',')[0] for line in self.out(
            'service', 'gaps', '--format', 'csv').splitlines()[1:]]
        on = ('--on', '2026-11-23', '--by', '王')
        self.call('service', 'add', numbers[0], '--how', 'signed_household', *on, '--signer', '李梅',
                  '--relation', 'spouse', '--acknowledges', '--file', 'stub.jpg')
        self.call('service', 'add', numbers[1], '--how', 'registered', *on,
                  '--file', 'stub.jpg', 'inside.jpg', 'track.png')
        self.call('service', 'add', numbers[2], '--how', 'left_witnessed', *on, '李', '--file',
                  'door.jpg', '--note', '门上')
        self.call('service', 'withdraw', '3', '--reason', '登记错了')
        self.call('export', 'out')
        with open(self.path('out/payments.csv'), encoding='utf-8-sig') as file:
            reference = file.readlines()[1].split(',')[0]
        self.call('payment', 'reverse', reference, '--on', '2026-12-01', '--reason', '记错户')
        self.promise_and_call(self.out('service', 'gaps', '--format', 'csv').splitlines()[1]
                              .split(',')[1])

    def promise_and_call(self, unit):
        on = ('--on', '2026-12-02', '--by', '王')
        for amount in ('100.00', '200.00'):
            self.call('promise', 'add', unit, '--amount', amount, '--until', '2026-12-09', *on)
        self.call('promise', 'withdraw', '2', '--reason', '登记错了', *on)
        self.call('contact', 'add', unit, '--how', 'visit', *on, '李', '--at', '10:30', '--with', '安甲',
                  '--relation', 'owner', '--note', '电梯坏了', '--reason', 'disputes')
        self.call('contact', 'correct', '1', '--by', '王', '--note', '门禁坏了', '--next', '2026-12-09')
        self.call('complaint', 'answer', '2', '--text', '已修好', '--on', '2026-12-05', '--by', '经理')
        self.call('court', 'propose', unit, '--reason', '拒付', *on)
        self.call('approve', '1', '--on', '2026-12-03', '--by', '经理')
        self.call('court', 'step', unit, '--stage', 'filed', '--on', '2026-12-04', '--cost', '25.00',
                  '--file', 'track.png', '--note', '支付令', '--by', '王')

    def verify(self, *more):
        done = self.call('evidence', 'verify', *more, check=False)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def is_whole(self):
        with contextlib.closing(sqlite3.connect(self.path(DATABASE))) as db:
            return chain.problems_of(db)


@contextlib.contextmanager
def kept(office):
    """What is done to the books and files within is undone."""
    place = tempfile.mkdtemp()
    names = (DATABASE, DATABASE + '.evidence')
    shutil.copy(office.path(names[0]), place)
    shutil.copytree(office.path(names[1]), os.path.join(place, names[1]))
    try:
        yield
    finally:
        shutil.copy(os.path.join(place, names[0]), office.folder)
        shutil.rmtree(office.path(names[1]))
        shutil.copytree(os.path.join(place, names[1]), office.path(names[1]))
        shutil.rmtree(place)


def check_rows(office):
    """The independent account agrees; a row changed with all hashes made anew is shown by an anchor
    alone."""
    office.expect(office.is_whole() == [], f'the chain is whole: {office.is_whole()}')
    office.expect(office.verify()[0] == 0, 'verify finds it whole')
    for name in ('anchor.txt', 'anchor.pdf'):
        office.call('evidence', 'anchor', '--out', name)
        office.expect(office.verify('--anchor', name)[0] == 0, f'{name} holds')
    line = office.out('evidence', 'anchor').split()
    office.expect(office.verify('--anchor', line[3])[0] == 0, 'the hash alone holds')
    office.expect(office.verify('--anchor', '0' * 64)[0] == 1, 'another hash does not')
    changes = {
        'a grade': "UPDATE service SET grade = 'A' WHERE id = 2",
        'a waiver': 'UPDATE waiver SET amount = amount + 100 WHERE id = 1',
        'a promise': 'UPDATE promise SET amount = amount + 1 WHERE id = 1',
        'a contact': "UPDATE contact SET relation = 'neighbour' WHERE id = 2",
        'when a complaint was answered': 'UPDATE complaintAnswer SET day = day - 1',
        'a step to court': 'UPDATE courtStep SET cost = cost + 100',
        'a line of a served notice': 'UPDATE noticeLine SET amount = amount + 1 WHERE notice = '
                                     '(SELECT notice FROM service WHERE id = 1)',
        'the file of a proof': "UPDATE evidenceFile SET sha256 = replace(sha256, '0', '1') "
                               'WHERE id = 1',
        'who recorded it': "UPDATE act SET byWhom = 'x' WHERE id = "
                           '(SELECT act FROM service WHERE id = 1)',
    }
    for what, sql in changes.items():
        for rehash in (False, True):
            with kept(office):
                office.change(lambda db, sql=sql: db.execute(sql), rehash)
                office.expect(bool(office.is_whole()) != rehash, f'{what}, {rehash}: from outside')
                office.expect(office.verify()[0] == 1 or rehash, f'{what} is found')
                for name in ('anchor.txt', 'anchor.pdf'):
                    status, said = office.verify('--anchor', name)
                    office.expect(status == 1, f'{what}, {rehash}: {name} shows it: {said}')


def check_files(office):
    """Files changed, deleted, swapped are named; a stray one is a warning."""
    files = sorted(glob.glob(office.path(DATABASE + '.evidence/*/*')))
    for path in files:
        name = os.path.basename(path)
        for way in ('changed', 'missing', 'cut'):
            with kept(office):
                if way == 'missing':
                    os.remove(path)
                else:
                    with open(path, 'r+b') as file:
                        content = file.read()
                        file.seek(0)
                        file.truncate()
                        file.write(content[:-1] + (b'\xff' if way == 'changed' else b''))
                status, said = office.verify()
                office.expect(status == 1 and name in said, f'{name} {way}: {said}')
    with kept(office):
        os.rename(files[0], files[0] + '.aside')
        os.rename(files[1], files[0])
        os.rename(files[0] + '.aside', files[1])
        status, said = office.verify()
        office.expect(status == 1 and all(os.path.basename(each) in said for each in files[:2]),
                      f'two files swapped: {said}')
    with kept(office):
        with open(office.path(DATABASE + '.evidence/stray'), 'w', encoding='utf-8') as file:
            file.write('stray')
        status, said = office.verify()
        office.expect(status == 0 and 'stray' in said, f'a stray file is a warning: {said}')


def check_stamps(office, authority, other, address):
    """A stamp is what `openssl ts -verify` takes, of this head, by this authority."""
    head = office.out('evidence', 'anchor').split()[3]
    said = office.out('evidence', 'anchor', '--stamp', address + '/good').splitlines()
    reply = office.path(said[1].split()[1])
    office.expect(said[0].split()[3] == head, 'the head was stamped that was printed')

    def judged(path, digest, ca):
        return run('openssl', 'ts', '-verify', '-digest', digest, '-in', path, '-CAfile', ca,
                   check=False).returncode
    office.expect(judged(reply, head, authority.ca) == 0, 'openssl verifies it')
    office.expect(judged(reply, '0' * 64, authority.ca) != 0, 'openssl refuses another hash')
    office.expect(office.is_whole() == [], 'the chain is whole after the stamp')
    office.expect(office.verify('--tsa-ca', authority.ca)[0] == 0, 'verify trusts it')
    for ca in (other.ca, reply, office.path('nowhere.pem')):
        status, told = office.verify('--tsa-ca', ca)
        office.expect(status in (1, 2), f'verify does not trust it by {ca}: {told}')
    shutil.copy(reply, office.path('kept.tsr'))
    given = ('--anchor', 'kept.tsr', '--tsa-ca', authority.ca)
    office.expect(office.verify(*given)[0] == 0, 'the reply is an anchor too')
    before = sorted(glob.glob(office.path(DATABASE + '.evidence/*/*')))
    for way in ('refusing', 'replaying', 'garbage', 'empty', 'error', 'huge', 'trailing'):
        done = office.call('evidence', 'anchor', '--stamp', f'{address}/{way}', check=False)
        office.expect(done.returncode == 1 and done.stderr.decode().strip().endswith('.'),
                      f'a {way} service: {done.returncode} {done.stderr.decode()}')
    for url in ('ftp://example.com/', HTTP + '127.0.0.1:9/', 'file:///etc/passwd', 'tsa'):
        done = office.call('evidence', 'anchor', '--stamp', url, check=False)
        office.expect(done.returncode == 1, f'{url}: {done.returncode}')
    office.expect(sorted(glob.glob(office.path(DATABASE + '.evidence/*/*'))) == before,
                  'a service that fails leaves no file')
    with kept(office):
        office.change(lambda db: db.execute("UPDATE service SET grade = 'A' WHERE id = 2"), True)
        status, told = office.verify(*given)
        office.expect(status == 1, f'rows made anew are shown by the reply: {told}')
    with kept(office):
        def hide(db):
            db.execute("UPDATE service SET grade = 'A' WHERE id = 2")
            chain.Chain(db, 1).rehash()
            db.execute('UPDATE chainStamp SET hash = (SELECT hash FROM chainLink '
                       'WHERE chainLink.position = chainStamp.position)')
        office.change(hide, True)
        status, told = office.verify('--tsa-ca', authority.ca)
        office.expect(status == 1 and 'stamp 1' in told,
                      f'a stamp said to be of another head is found: {told}')
    return reply, head, judged


def check_altered(office, authority, stamped, count):
    """Every altered reply that openssl refuses is refused, and none that is taken says otherwise."""
    reply, head, judged = stamped
    with open(reply, 'rb') as file:
        whole = file.read()
    rng = random.Random(1)
    path = office.path('altered.tsr')
    taken = 0
    for _ in range(count):
        altered = bytearray(whole)
        altered[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        with open(path, 'wb') as file:
            file.write(altered)
        status, told = office.verify('--anchor', 'altered.tsr', '--tsa-ca', authority.ca)
        good = judged(path, head, authority.ca) == 0
        taken += good
        office.expect((status == 0) == good, f'altered: {status}, openssl {good}: {told}')
    print(f'{count} altered replies: {count - taken} refused, {taken} signed all the same')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('dunwell')
    parser.add_argument('--alterations', type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        office = Office(os.path.abspath(asked.dunwell), place)
        office.make()
        check_rows(office)
        check_files(office)
        authority, other = (Authority(os.path.join(place, name)) for name in ('one', 'other'))
        Service.authority = authority
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f'{HTTP}127.0.0.1:{server.server_port}'
        stamped = check_stamps(office, authority, other, address)
        check_altered(office, authority, stamped, asked.alterations)
        server.shutdown()
    print(f'{office.passed} passed, {office.failed} failed')
    sys.exit(office.failed > 0)


if __name__ == '__main__':
    main()
