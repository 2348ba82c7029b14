#!/usr/bin/env python3
"""Every page that can be reached, in a headless Chromium: at both sizes, in both languages, for every role.

usage: check_pages.py DUNWELL [--quick] [--pictures FOLDER] [--only TEXT] [--keep FOLDER]

DUNWELL is the program. Pages are found by their routes and by the links on them; of each route so many addresses
are looked at. Needs Debian's chromium and chromium-driver, and from PyPI selenium and axe-playwright-python (for
its axe.min.js). Ends with `N passed, M failed`.
"""
import argparse
import html.parser
import importlib.util
import json
import os
import re
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree

import hostile  # noqa: E402
import keyboard  # noqa: E402
import office  # noqa: E402

LARGEST = 100_000


class Page(html.parser.HTMLParser):
    """What of a page's text can be judged without a browser."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.sources, self.faults, self.ids = [], [], [], []
        self.headings, self.skips, self.language, self.mains = 0, None, None, 0
        self.forms, self.pressed = [], []
        self.feed(text)
        for place, form in enumerate(self.forms):
            if place not in self.pressed and form['id'] not in self.pressed:
                self.faults.append(f'a form without a button: {form["action"]}')
            if form['method'] == 'post' and not {'csrf', 'form'} <= form['names'] and form['action'] != '/log-in':
                if self.has_session:
                    self.faults.append(f'a form without its tokens: {form["action"]}')
        for name in {name for name in self.ids if self.ids.count(name) > 1}:
            self.faults.append(f'the id {name} stands twice')

    has_session = False

    def handle_starttag(self, tag, pairs):
        values = dict(pairs)
        for name in values:
            if name.startswith('on') or name == 'style':
                self.faults.append(f'<{tag} {name}>')
        if values.get('id'):
            self.ids.append(values['id'])
        if tag == 'html':
            self.language = values.get('lang')
        if tag == 'h1':
            self.headings += 1
        if tag == 'main' or values.get('role') == 'main':
            self.mains += 1
        if tag == 'header' and 'top' in (values.get('class') or ''):
            self.has_session = True
        if tag == 'a' and 'href' in values:
            where = values['href'] or ''
            if self.skips is None:
                self.skips = where
            if where == '#' or where.startswith('javascript:'):
                self.faults.append(f'a link that needs script: {where}')
            self.links.append(where)
        for name in ('src', 'data'):
            if values.get(name):
                self.sources.append(values[name])
        if tag == 'form':
            self.forms.append({'action': values.get('action'), 'method': values.get('method', 'get'),
                               'id': values.get('id'), 'names': set()})
        if self.forms and tag in ('input', 'button'):
            if tag == 'button' and values.get('type', 'submit') == 'submit' or values.get('type') == 'submit':
                self.pressed.append(values.get('form') or len(self.forms) - 1)
            self.forms[-1]['names'].add(values.get('name'))


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def expect(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f'failed: {what}', flush=True)
        return holds


class Finder:
    """Finds pages: a few addresses of each route that a role may open."""

    def __init__(self, site, role, each):
        self.site, self.role, self.each = site, role, each
        self.patterns = [pattern for method, pattern, _ in site.routes() if method == 'GET']
        self.found, self.asked = {}, set()

    def pattern(self, path):
        """The route that answers; where several do, the one that says more."""
        parts = path.split('?')[0].strip('/').split('/')
        best = None
        for pattern in self.patterns:
            names = pattern.strip('/').split('/')
            if len(names) == len(parts) and all(n == p or n.startswith('{') for n, p in zip(names, parts)):
                if best is None or best.count('{') > pattern.count('{'):
                    best = pattern
        return best

    def pages(self, checks):
        """Addresses of documents, with what the links on them lead to."""
        waiting = ['/'] + [pattern for pattern in self.patterns if '{' not in pattern]
        seen, documents, linked = set(), [], {'/'}
        while waiting:
            path = waiting.pop(0)
            pattern = self.pattern(path)
            shape = (pattern, re.sub(r'=[^&]*', '=', path.partition('?')[2]))
            if path in seen or pattern is None or self.found.get(shape, 0) >= self.each \
                    or self.found.get(pattern, 0) >= 4 * self.each:
                continue
            seen.add(path)
            self.asked.add(path)
            self.found[shape] = self.found.get(shape, 0) + 1
            self.found[pattern] = self.found.get(pattern, 0) + 1
            status, headers, body = self.site.get(path, self.role)
            if status in (301, 302, 303):
                waiting.append(self.local(path, headers['Location']))
                continue
            # A route that wants to be told something in its query is reached by links alone.
            if status == 403 or status == 404 and path not in linked:
                continue
            if not checks.expect(status == 200, f'{self.role} GET {path}: status {status}'):
                continue
            self.judge_headers(path, headers, checks)
            if not headers['Content-Type'].startswith('text/html'):
                continue
            text = body.decode()
            if "default-src 'none'" in headers['Content-Security-Policy'] and not headers[
                    'Content-Security-Policy'].startswith('sandbox'):
                documents.append(path)
                page = Page(text)
                for link in page.links:
                    where = self.local(path, link)
                    if where and where not in seen:
                        linked.add(where)
                        if not self.pattern(where) and not where.startswith('/assets/'):
                            shape = re.sub(r'[^/]*\d[^/]*', '…', where)
                            if shape not in seen:
                                checks.expect(False, f'{self.role} {path} links to {where}, which is no route')
                            seen |= {where, shape}
                        waiting.append(where)
        return documents

    def judge_headers(self, path, headers, checks):
        for name, value in [('X-Content-Type-Options', 'nosniff'), ('Cache-Control', 'no-store')]:
            checks.expect(headers[name] == value, f'{path}: {name} is {headers[name]}')
        policy = headers['Content-Security-Policy'] or ''
        checks.expect("script-src 'self'" in policy and 'unsafe-eval' not in policy, f'{path}: policy {policy}')
        if not headers['Content-Type'].startswith('text/html'):
            checks.expect('filename' in (headers['Content-Disposition'] or ''), f'{path}: no name to save it under')

    def local(self, path, link):
        """The address within the site; None for another place."""
        whole = urllib.parse.urljoin(self.site.address + path, link)
        parts = urllib.parse.urlsplit(whole)
        if f'{parts.scheme}://{parts.netloc}' != self.site.address:
            return None
        return parts.path + (f'?{parts.query}' if parts.query else '')


def read_page(checks, site, role, path, language):
    """What stands in the page's text."""
    _, _, body = site.get(path, role)
    text = body.decode()
    page = Page(text)
    name = f'{role} {language} {path}'
    checks.expect(len(body) <= LARGEST, f'{name}: {len(body)} bytes')
    checks.expect(page.headings == 1, f'{name}: {page.headings} h1')
    checks.expect(page.language == {'zh': 'zh-CN', 'en': 'en'}[language], f'{name}: lang {page.language}')
    checks.expect(page.mains == 1, f'{name}: {page.mains} main')
    checks.expect(page.skips == '#main' and 'main' in page.ids, f'{name}: the skip link is not first')
    checks.expect(not page.faults, f'{name}: {page.faults}')
    for mark in ('[[', ']]', '{{', '}}', 'Optional('):
        checks.expect(mark not in text, f'{name}: {mark} stands in its text')
    for source in page.sources:
        checks.expect(source.startswith(('/', 'data:')) and not source.startswith('//'), f'{name}: {source}')


def look(checks, browser, site, role, path, language, size, axe):
    """What only a browser can tell."""
    name = f'{role} {language} {size} {path}'
    browser.get_log('browser')
    browser.get_log('performance')
    browser.get(site.address + path)
    wide, room = browser.execute_script(
        'return [document.documentElement.scrollWidth, document.documentElement.clientWidth]')
    checks.expect(wide <= room, f'{name}: {wide} px wide in {room}')
    checks.expect(not clipped(browser), f'{name}: cut off: {clipped(browser)[:3]}')
    browser.execute_script(axe)
    found = browser.execute_async_script(
        'const done = arguments[0]; axe.run(document, {resultTypes: ["violations"]}).then('
        'r => done(r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])), '
        'e => done([["axe", [String(e)]]]))')
    checks.expect(not found, f'{name}: axe {json.dumps(found, ensure_ascii=False)}')
    errors = [entry['message'] for entry in browser.get_log('browser') if entry['level'] == 'SEVERE']
    checks.expect(not errors, f'{name}: console {errors}')
    strangers = set()
    for entry in browser.get_log('performance'):
        message = json.loads(entry['message'])['message']
        if message['method'] == 'Network.requestWillBeSent':
            url = message['params']['request']['url']
            if not url.startswith((site.address + '/', 'data:', 'about:', 'chrome-extension:', 'blob:')):
                strangers.add(url)
    checks.expect(not strangers, f'{name}: asks {strangers}')


def clipped(browser):
    """Texts whose own box is too narrow for them, and does not scroll."""
    return browser.execute_script('''
        const cut = [];
        for (const node of document.querySelectorAll("main *, header *")) {
          const style = getComputedStyle(node);
          if (node.classList.contains("vh") || node.closest(".vh") || style.overflowX === "visible") continue;
          if (["auto", "scroll"].includes(style.overflowX) || ["INPUT", "SELECT", "TEXTAREA"].includes(node.tagName))
            continue;
          if (node.closest("svg")) continue;
          if (node.scrollWidth > node.clientWidth + 1 && node.innerText) cut.push(node.outerHTML.slice(0, 120));
        }
        return cut;''')


def without_script(checks, site, role, paths, language):
    """The same page with script off: its heading and buttons are there to be seen."""
    browser = office.browser('1366', script=False)
    try:
        office.log_in(browser, site, role)
        for path in paths:
            browser.get(site.address + path)
            title = browser.find_elements('css selector', 'h1')
            checks.expect(len(title) == 1 and title[0].is_displayed() and title[0].text,
                          f'{role} {language} {path} without script: no heading')
            hidden = [button.get_attribute('outerHTML')[:100]
                      for button in browser.find_elements('css selector', 'main form button')
                      if not button.is_displayed() and not button.find_elements('xpath', 'ancestor::details')]
            checks.expect(not hidden, f'{role} {language} {path} without script: hidden {hidden[:2]}')
    finally:
        browser.quit()


def axe_source():
    """axe.min.js of the package from PyPI, wherever it is installed."""
    found = importlib.util.find_spec('axe_playwright_python')
    with open(os.path.join(found.submodule_search_locations[0], 'axe.min.js'), encoding='utf-8') as file:
        return file.read()


def crawl(checks, site, options):
    axe = axe_source()
    each = 1 if options.quick else 3
    roles = ['manager', 'clerk'] if options.quick else office.ROLES
    for role in roles:
        for language in ('zh', 'en'):
            if role != 'manager' and language == 'en':
                continue
            site.speak(role, language)
            site.confirm()
            base = site.content()
            pages = [path for path in Finder(site, role, each).pages(checks) if options.only in path]
            print(f'{role} {language}: {len(pages)} pages', flush=True)
            for path in pages:
                read_page(checks, site, role, path, language)
            browser = office.browser()
            try:
                office.log_in(browser, site, role)
                sizes = office.SIZES if role == 'manager' or not options.quick else ['1366']
                for size in sizes:
                    office.resize(browser, size)
                    for path in pages:
                        look(checks, browser, site, role, path, language, size, axe)
                        if options.pictures:
                            plain = re.sub(r'[^\w.-]+', '_', path.strip('/')) or 'today'
                            office.picture(browser, f'{options.pictures}/{role}-{plain[:80]}-{size}-{language}.png')
            finally:
                browser.quit()
            if role == 'manager':
                without_script(checks, site, role, pages, language)
            checks.expect(base == site.content(), f'{role} {language}: looking at pages changed the books')


def hostile_texts(checks, site, options):
    """60 payloads in every text field of what a manager and a cashier may fill in; then all pages again."""
    payloads = hostile.PAYLOADS[::10] if options.quick else hostile.PAYLOADS
    for role in ('manager', 'cashier'):
        site.confirm()
        pages = Finder(site, role, 1).pages(checks)
        sent = hostile.fill_forms(checks, site, role, pages, payloads)
        print(f'{role}: {sent} forms sent with hostile texts', flush=True)
        checks.expect(sent > 0, 'forms were filled in')
    site.confirm()
    paths = Finder(site, 'manager', 3).pages(checks)
    hostile.read_all(checks, site, 'manager', paths)
    never_run(checks, site, 'manager', paths, 30 if options.quick else len(paths))


CANARY = '''
    window.hit = [];
    for (const name of ["alert", "confirm", "prompt"]) window[name] = text => { window.hit.push(name + " " + text); };
    addEventListener("securitypolicyviolation", event => {
      window.hit.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
    });'''


def never_run(checks, site, role, paths, most):
    """In a browser no page with such texts runs any of it, nor is kept from it by the policy alone."""
    marked = [path for path in paths if hostile.MARK.encode() in site.get(path, role)[2]]
    checks.expect(bool(marked), 'pages show hostile texts')
    browser = office.browser()
    try:
        office.log_in(browser, site, role)
        browser.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', {'source': CANARY})
        for path in marked[:most]:
            browser.get(site.address + path)
            hit = browser.execute_script('return window.hit')
            checks.expect(hit == [], f'{path}: a text was run, or would have been: {hit}')
        # The canary itself sings.
        sung = browser.execute_script(
            'document.body.insertAdjacentHTML("beforeend", "<img src=/none onerror=alert(1)>");'
            'const form = document.createElement("a"); form.setAttribute("onclick", "alert(1)"); form.click();'
            'return window.hit.length')
        deadline = time.monotonic() + 60
        while not sung and time.monotonic() < deadline:
            time.sleep(0.1)
            sung = browser.execute_script('return window.hit.length')
        checks.expect(sung > 0, 'the canary does not notice what is run')
    finally:
        browser.quit()
    print(f'{min(most, len(marked))} pages with hostile texts run nothing in a browser')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('dunwell')
    parser.add_argument('--quick', action='store_true', help='fewer addresses, fewer roles')
    parser.add_argument('--pictures', help='a folder for a picture of each page')
    parser.add_argument('--only', default='', help='pages whose address holds this')
    parser.add_argument('--keep', help='a folder for the books, kept')
    options = parser.parse_args()
    checks, start = Checks(), time.monotonic()
    site = office.Site(options.dunwell, units=40 if options.quick else 120, keep=options.keep)
    try:
        site.start()
        crawl(checks, site, options)
        if '/units/{unit}/payment' in [pattern for _, pattern, _ in site.routes()]:
            keyboard.take_payment(checks, site)
        if not options.only:
            hostile_texts(checks, site, options)
        errors = [line for line in site.said().splitlines() if ' error ' in line]
        checks.expect(not errors, f'the server says: {errors[:5]}')
    finally:
        site.stop(keep=bool(options.keep))
    print(f'{time.monotonic() - start:.0f} s')
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


if __name__ == '__main__':
    sys.exit(main())
