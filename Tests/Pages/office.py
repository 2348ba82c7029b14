"""An office of an invented community with a user of each role, its pages served on loopback, and browsers
that are logged in there. The clock is the machine's; the date that counts as today is given."""
import base64
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROLES = ['manager', 'cashier', 'clerk', 'administrator', 'auditor']
NAMES = {'manager': '罗文', 'cashier': '何静', 'clerk': '许亮', 'administrator': '方远', 'auditor': '苏明'}
TODAY = '2026-12-22'
COOKIE = '__Host-dunwell'


class Site:
    """Books in a folder that is gone at the end, and the server over them."""

    def __init__(self, dunwell, units=40, seed=3, keep=None):
        self.dunwell = os.path.abspath(dunwell)
        self.folder = keep or tempfile.mkdtemp(prefix='dunwell-pages-')
        os.makedirs(self.folder, exist_ok=True)
        self.database = os.path.join(self.folder, 'office.sqlite')
        self.server = None
        self.address = None
        self._fill(units, seed)

    def run(self, *words, allowed=(0,)):
        """A command of the program; its output."""
        environment = dict(os.environ, DUNWELL_DB=self.database, DUNWELL_LANGUAGE='zh')
        done = subprocess.run([self.dunwell, *words], env=environment, capture_output=True, text=True)
        if done.returncode not in allowed:
            raise SystemExit(f'{words}: {done.returncode}\n{done.stderr}')
        return done.stdout

    def _fill(self, units, seed):
        sample = os.path.join(self.folder, 'sample')
        self.run('sample', sample, '--units', str(units), '--seed', str(seed))
        self.prepare(sample)
        self.run('import', sample)
        self.run('user', 'add', NAMES['manager'], '--role', 'manager')
        for role in ROLES[1:]:
            self.run('user', 'add', NAMES[role], '--role', role, '--by', NAMES['manager'])
        self.run('run', '2026-11', '--as-of', '2026-11-20', '--by', NAMES['clerk'])
        self.run('run', '2026-12', '--as-of', '2026-12-20', '--by', NAMES['clerk'])
        self.letters = os.path.join(self.folder, 'letters.pdf')
        self.run('letters', '--out', self.letters, '--by', NAMES['clerk'])
        self._work()
        self._let_in()

    def prepare(self, sample):
        """What is changed in the registers before they are imported."""

    def _work(self):
        """A little of everything that pages show: a service, scanned stubs, a promise, a contact, a proposal."""
        notices = self.rows('SELECT number, unit.code FROM notice JOIN unit ON unit.id = notice.unit '
                            'WHERE stage IS NOT NULL ORDER BY stage = \'formal\' DESC, number')
        clerk = ['--by', NAMES['clerk']]
        for number, _ in notices[:1]:
            self.run('service', 'add', number, '--how', 'signed_owner', '--on', TODAY, *clerk, '--acknowledges')
        self.run('service', 'scan', self.stub_pages(6), *clerk)
        units = sorted({unit for _, unit in notices})
        self.run('promise', 'add', units[1], '--amount', '100.00', '--until', '2026-12-28', '--on', '2026-12-21', *clerk)
        self.run('contact', 'add', units[2], '--how', 'call', '--on', '2026-12-21', '--at', '10:30', '--with', '家人',
                 '--relation', 'household', '--note', '说忘了，这周付', '--reason', 'forgot', *clerk, allowed=(0, 1))
        self.run('contact', 'add', units[3], '--how', 'call', '--on', '2026-12-21', '--at', '11:00', '--with', '业主',
                 '--relation', 'owner', '--note', '说电梯常坏', '--reason', 'disputes', *clerk, allowed=(0, 1))
        self.run('payment', 'add', 'reference=P1', 'date=2026-12-21', f'unit={units[4]}', 'amount=50.00', 'method=bank',
                 'payer=')
        self.run('case', 'open', units[5], '--kind', 'temporary', '--reason', '住院', '--on', '2026-12-21', *clerk)
        self.run('case', 'propose', '1', '--relief', 'no_late_fee', '--item', '*', '--from', '2026-11', '--to', '2027-02',
                 '--review', '2027-02-28', '--on', '2026-12-21', *clerk)
        propose = ['--reason', '打错户', '--on', '2026-12-21', *clerk]
        self.run('reversal', 'propose', 'payment', 'P1', *propose)
        for period in ('2026-11', '2026-12'):
            self.run('writeoff', 'propose', units[6], '--item', 'wy', '--period', period, *propose)
        self.run('approve', '3', '--refuse', '--reason', '还没到核销的时候', '--by', NAMES['manager'], '--on', TODAY)
        self.run('mail', 'resolve', '1', '--cancel', '--reason', '业主当面取走了', *clerk)
        self.run('daily', '--as-of', TODAY, allowed=(0, 1, 2, 3))

    def stub_pages(self, count):
        """Some of the letters' pages that bear a stub, as one scan."""
        text = subprocess.run(['pdftotext', self.letters, '-'], check=True, capture_output=True, text=True).stdout
        numbers = [place + 1 for place, page in enumerate(text.split('\f')) if '请沿此线撕下' in page][:count]
        names = [os.path.join(self.folder, f'page-{number}.pdf') for number in numbers]
        for number, name in zip(numbers, names):
            subprocess.run(['pdfseparate', '-f', str(number), '-l', str(number), self.letters, name], check=True)
        stack = os.path.join(self.folder, 'stack.pdf')
        subprocess.run(['pdfunite', *names, stack], check=True)
        return stack

    def _let_in(self):
        """Every user has shown codes, as managers must, and is logged in."""
        self.tokens = {}
        with sqlite3.connect(self.database) as books:
            act = books.execute('SELECT max(id) FROM act').fetchone()[0]
            for role in ('manager', 'administrator'):
                books.execute('INSERT INTO userTOTP (user, secret, act) SELECT id, ?, ? FROM user WHERE name = ?',
                              [secrets.token_bytes(20), act, NAMES[role]])
        for role in ROLES:
            self.let_in(role)

    def let_in(self, role, community=None):
        """A new session of the role's user, as log-in leaves it: what log-in itself does has tests of its own."""
        now, token = int(time.time() * 1000), secrets.token_urlsafe(32)
        with sqlite3.connect(self.database) as books:
            books.execute(
                'INSERT INTO webSession (tokenHash, user, community, createdAt, lastSeenAt, confirmedAt, agent) '
                "SELECT ?, user.id, community.id, ?, ?, ?, 'test' FROM user, community WHERE user.name = ? "
                'AND (? IS NULL OR community.code = ?) ORDER BY community.id LIMIT 1',
                [hashlib.sha256(token.encode()).digest(), now, now, now, NAMES[role], community, community])
        self.tokens[role] = token

    def speak(self, role, language):
        """The pages of the role's user, in a language."""
        with sqlite3.connect(self.database) as books:
            act = books.execute('SELECT max(id) FROM act').fetchone()[0]
            books.execute('INSERT INTO userLanguage (user, language, act) SELECT id, ?, ? FROM user WHERE name = ?',
                          [language, act, NAMES[role]])

    def confirm(self):
        """Every session is as one that has just shown password and code, for acts that ask for it."""
        now = int(time.time() * 1000)
        with sqlite3.connect(self.database) as books:
            books.execute('UPDATE webSession SET confirmedAt = ?, lastSeenAt = ?', [now, now])

    def rows(self, sql, values=()):
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as books:
            return books.execute(sql, values).fetchall()

    def content(self):
        """All that the books hold, but for sessions, whose last look is noted; one line for each row."""
        lines = []
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as books:
            for line in books.iterdump():
                if not line.startswith(('INSERT INTO "webSession"', 'INSERT INTO "sqlite_sequence"')):
                    lines.append(line)
        return lines

    def start(self, *words, today=TODAY):
        environment = dict(os.environ, DUNWELL_DB=self.database, DUNWELL_LANGUAGE='zh')
        self.log = open(os.path.join(self.folder, 'server.log'), 'w')
        self.server = subprocess.Popen(
            [self.dunwell, 'serve', '--listen', '127.0.0.1:0', '--no-daily', '--today', today, *words],
            env=environment, stdout=self.log, stderr=self.log)
        for _ in range(3000):
            found = re.search(r'http:\S+?:(\d+)', self.said())
            if found and found.group(1) != '0':
                self.address = 'http:' + f'//localhost:{found.group(1)}'
                return self
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit('the server did not start:\n' + self.said())

    def said(self):
        with open(os.path.join(self.folder, 'server.log')) as log:
            return log.read()

    def get(self, path, role=None):
        """Status, headers and body; redirects are not followed."""
        return self._ask(urllib.request.Request(self.address + path), role)

    def post(self, path, fields, role=None):
        """The same of a form that is posted, as a page of this site would."""
        request = urllib.request.Request(
            self.address + path, urllib.parse.urlencode(fields).encode(), {'Origin': self.address})
        return self._ask(request, role)

    def post_files(self, path, fields, field, name, content, role=None):
        """The same of a form with a file."""
        border = secrets.token_hex(16)
        parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
        quoted = name.replace('"', '%22')
        parts.append(f'Content-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
                     'Content-Type: application/octet-stream\r\n\r\n'.encode() + content)
        body = b''.join(f'--{border}\r\n'.encode() + part + b'\r\n' for part in parts) + f'--{border}--\r\n'.encode()
        return self._ask(urllib.request.Request(self.address + path, body, {
            'Origin': self.address, 'Content-Type': f'multipart/form-data; boundary={border}'}), role)

    def _ask(self, request, role):
        if role:
            request.add_header('Cookie', f'{COOKIE}={self.tokens[role]}')
        opener = urllib.request.build_opener(StayHere)
        try:
            with opener.open(request, timeout=600) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def routes(self):
        """Method, path, audience of every route."""
        lines = self.run('serve', '--routes').splitlines()[1:]
        return [tuple(line.split(',')[:3]) for line in lines]

    def stop(self, keep=False):
        if self.server:
            self.server.terminate()
            try:
                self.server.wait(60)
            except subprocess.TimeoutExpired:
                self.server.kill()
            self.log.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


SIZES = {'1366': (1366, 768), '390': (390, 844)}


def browser(size='1366', script=True):
    """A headless Chromium, from Debian, with its driver."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which('chromium')
    for word in ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--hide-scrollbars',
                 '--disable-background-networking', '--disable-component-update', '--no-first-run',
                 '--force-color-profile=srgb', '--disable-features=Translate,OptimizationHints']:
        options.add_argument(word)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    if not script:
        options.add_experimental_option('prefs', {'profile.managed_default_content_settings.javascript': 2})
    page = webdriver.Chrome(options=options, service=Service(shutil.which('chromedriver')))
    page.set_page_load_timeout(600)
    page.set_script_timeout(600)
    # As if its window were in front: a page without focus takes no keys.
    page.execute_cdp_cmd('Emulation.setFocusEmulationEnabled', {'enabled': True})
    resize(page, size)
    return page


def resize(page, size):
    """The window's inside, as a phone or a screen has it."""
    width, height = SIZES[size]
    page.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': size == '390'})


def log_in(page, site, role):
    """The browser holds the session of the role's user."""
    page.execute_cdp_cmd('Network.enable', {})
    page.execute_cdp_cmd('Network.setCookie', {
        'name': COOKIE, 'value': site.tokens[role], 'url': site.address + '/', 'path': '/', 'secure': True,
        'httpOnly': True, 'sameSite': 'Lax'})


def picture(page, path, whole=True):
    """The page as it looks, to its end."""
    shot = page.execute_cdp_cmd('Page.captureScreenshot', {'format': 'png', 'captureBeyondViewport': whole})
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(base64.b64decode(shot['data']))
