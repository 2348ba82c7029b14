"""Every text field of every form takes text that would be script, or a tag, if a page did not escape it; then every
page is read again. What was sent must come back as text."""
import html.parser
import re
import urllib.parse

MARK = 'xq7'
PAYLOADS = [text.replace('!', MARK) for text in '''
<script>alert("!")</script>
<ScRiPt>alert('!')</sCrIpT>
</script><script>alert("!")</script>
<img src=! onerror=alert(1)>
<img src="!" onerror="alert(1)">
<IMG SRC=! ONERROR=alert(1)//
<svg onload=alert("!")>
<svg/onload=alert('!')>
<svg><script>alert("!")</script></svg>
<body onload=alert("!")>
<iframe src="javascript:alert('!')"></iframe>
<a href="javascript:alert('!')">!</a>
<a href="data:text/html,<script>alert('!')</script>">!</a>
<input autofocus onfocus=alert("!")>
<details open ontoggle=alert("!")>
<video src=! onerror=alert(1)>
<audio src=! onerror=alert(1)>
<object data="javascript:alert('!')">
<embed src="javascript:alert('!')">
<form action="javascript:alert('!')"><button>!
<base href="//!.example.com/">
<meta http-equiv=refresh content="0;url=//!.example.com">
<link rel=stylesheet href="//!.example.com/a.css">
<style>@import "//!.example.com";</style>
<div style="background:url(//!.example.com)">
<marquee onstart=alert("!")>
<math><mtext></mtext><script>alert("!")</script></math>
<template><script>alert("!")</script></template>
<noscript><p title="</noscript><img src=! onerror=alert(1)>">
<title></title><script>alert("!")</script>
<textarea></textarea><script>alert("!")</script>
</textarea><script>alert("!")</script>
</title><script>alert("!")</script>
</option></select><script>alert("!")</script>
--><script>alert("!")</script>
<!--><script>alert("!")</script>
]]><script>alert("!")</script>
" onfocus="alert('!')" autofocus x="
' onfocus='alert(1)' autofocus x='!
" onmouseover=alert('!') "
"><script>alert("!")</script>
'><script>alert("!")</script>
"/><img src=! onerror=alert(1)>
` onfocus=alert('!') `
javascript:alert('!')
JaVaScRiPt:alert('!')
java&#10;script:alert('!')
data:text/html;base64,!PHNjcmlwdD4=
//!.example.com/
&lt;script&gt;alert("!")&lt;/script&gt;
&#60;script&#62;alert("!")&#60;/script&#62;
%3Cscript%3Ealert("!")%3C/script%3E
\\u003cscript\\u003ealert("!")\\u003c/script\\u003e
{{!}}{{{!}}}{{#!}}
[[!|!]]
${alert("!")}
#{alert("!")}
<%= "!" %>
=HYPERLINK("http:example","!")
＜script＞alert("!")＜/script＞
'''.strip().splitlines()]
assert len(PAYLOADS) == 60, len(PAYLOADS)

# What a form does beside its text fields is left as it stands; these would end the session or the user.
LEFT_ALONE = re.compile(r'^/(log-in|language|me/(password|log-out|sessions|totp|language|confirm|community)|users|first-run'
                        r'|invitation)')


class Forms(html.parser.HTMLParser):
    """The forms of a page, each field with what a browser would send."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.select = [], None
        self.loose = []
        self.feed(text)
        for owner, button in self.loose:
            for form in self.forms:
                if form['id'] == owner:
                    form['buttons'].append(button)

    def handle_starttag(self, tag, pairs):
        values = {name: value or '' for name, value in pairs}
        if tag == 'form':
            self.forms.append({'action': values.get('action', ''), 'method': values.get('method', 'get').lower(),
                               'files': 'multipart' in values.get('enctype', ''), 'texts': set(), 'fields': {},
                               'buttons': [], 'uploads': [], 'secrets': set(), 'radios': {},
                               'id': values.get('id')})
        if tag == 'button' and values.get('form'):
            self.loose.append((values['form'], (values.get('name'), values.get('value', ''))))
            return
        if not self.forms:
            return
        form = self.forms[-1]
        name, kind = values.get('name'), values.get('type', 'text').lower()
        if tag == 'input' and name:
            if kind in ('radio', 'checkbox'):
                if 'checked' in values:
                    form['fields'][name] = values.get('value', 'on')
                if kind == 'radio':
                    form['radios'].setdefault(name, []).append(values.get('value', 'on'))
                    form['fields'].setdefault(name, values.get('value', 'on'))
            elif kind == 'file':
                form['uploads'].append(name)
            elif kind not in ('submit', 'button', 'image'):
                form['fields'][name] = values.get('value', '')
                if kind in ('text', 'search', 'tel', 'email', 'url'):
                    form['texts'].add(name)
                if kind == 'password':
                    form['secrets'].add(name)
        if tag == 'textarea' and name:
            form['fields'].setdefault(name, '')
            form['texts'].add(name)
        if tag == 'select' and name:
            self.select = name
            form['fields'].setdefault(name, '')
        if tag == 'option' and self.select:
            if 'selected' in values or not form['fields'].get(self.select):
                form['fields'][self.select] = values.get('value', '')
        if tag == 'button' and name:
            form['buttons'].append((name, values.get('value', '')))

    def handle_endtag(self, tag):
        if tag == 'select':
            self.select = None


class Made(html.parser.HTMLParser):
    """Tags and attributes that came out of a payload."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        for name, value in pairs:
            where = (value or '').strip().lower()
            if name.startswith('on') or name == 'style':
                self.found.append(f'<{tag} {name}={value}>')
            if name in ('src', 'href', 'action', 'data', 'content', 'formaction') and MARK in where:
                if not where.startswith(('/', '?', '#')) or where.startswith('//'):
                    self.found.append(f'<{tag} {name}={value}>')
        if tag in ('base', 'iframe', 'embed', 'marquee', 'video', 'audio', 'math', 'style') \
                or tag == 'script' and not dict(pairs).get('src', '').startswith('/assets/'):
            self.found.append(f'<{tag}>')


def judge(checks, text, where):
    """Nothing that was sent became a tag, an attribute or a script."""
    checks.expect(not Made(text).found, f'{where}: {Made(text).found[:3]}')
    raw = [payload for payload in PAYLOADS if re.search(r'[<"]', payload) and payload in text]
    checks.expect(not raw, f'{where}: stands there as it was sent: {raw[:2]}')


def fill_forms(checks, site, role, pages, payloads):
    """Each form of each page, its text fields filled, one payload after another."""
    sent = 0
    seen = set()
    for path in pages:
        if LEFT_ALONE.match(path):
            continue
        _, _, body = site.get(path, role)
        for number, form in enumerate(Forms(body.decode()).forms):
            action = urllib.parse.urljoin(path, form['action'] or path)
            shape = (re.sub(r'[^/]*\d[^/]*', '…', action.split('?')[0]), frozenset(form['texts']))
            if not form['texts'] or shape in seen or LEFT_ALONE.match(action):
                continue
            seen.add(shape)
            for payload in payloads:
                sent += 1
                answer = send(site, role, path, number, action, payload)
                if answer is None:
                    break
                status, headers, body = answer
                checks.expect(status in (200, 303, 403, 404, 409, 422), f'{action} answers {status} to {payload}')
                if headers.get('Content-Type', '').startswith('text/html'):
                    judge(checks, body.decode(), f'{action} with {payload}')
    return sent


def send(site, role, path, number, action, payload):
    """The form as it stands now, with its own tokens; `None` where it is gone."""
    _, _, body = site.get(path, role)
    forms = Forms(body.decode()).forms
    if number >= len(forms):
        return None
    form = forms[number]
    fields = dict(form['fields'])
    for name in form['texts']:
        # What has a form of its own (a date, an amount) is left right, so that the words beside it are taken.
        if not re.search(r'date|amount|period|until|on$|from|to$|day|staff|by$', name):
            fields[name] = payload
    if form['buttons']:
        fields[form['buttons'][0][0]] = form['buttons'][0][1]
    if form['method'] == 'get':
        return site.get(action.split('?')[0] + '?' + urllib.parse.urlencode(fields), role)
    return site.post(action, fields, role)


def read_all(checks, site, role, pages):
    """Every page, once all of that is in the books."""
    for path in pages:
        _, headers, body = site.get(path, role)
        if (headers['Content-Type'] or '').startswith('text/html'):
            judge(checks, body.decode(), f'{role} {path}')
