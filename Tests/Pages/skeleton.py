"""A page as a browser takes it apart, and whether a text that somebody typed became more than text."""
import glob
import html
import os
import re
import unicodedata
import urllib.parse

import html5lib

import hostile

MARK = re.compile(hostile.MARK + '[0-9a-z]{4}')
ADDRESSES = ('href', 'src', 'action', 'formaction', 'data', 'srcset', 'poster', 'ping', 'background', 'cite',
             'manifest')
NEVER = {'script', 'iframe', 'object', 'embed', 'base', 'form', 'input', 'svg', 'math', 'video', 'audio', 'link', 'img'}


def marks_in(text):
    return set(MARK.findall(text))


def plain(text):
    return html.unescape(re.sub(r'<[^>]*>', '', text))


def said(text):
    """The words of a page that tells why something was not done."""
    found = re.search(r'<main.*?<p>(.*?)</p>', text, re.S)
    return plain(found.group(1)).strip() if found else ''


def vocabulary(folder):
    """Each element with the attributes that it may have: those of the templates, and of the plots' own writing."""
    words = {}
    for path in glob.glob(os.path.join(folder, '*.mustache')):
        with open(path, encoding='utf-8') as file:
            text = re.sub(r'\{\{[^}]*\}\}', ' ', file.read())
        for tag, rest in re.findall(r'<([a-zA-Z][\w-]*)((?:[^<>"]|"[^"]*")*)>', text):
            names = re.findall(r'([\w:-]+)(?:="[^"]*")?(?=[\s/]|$)', re.sub(r'"[^"]*"', '""', rest).replace('=""', ''))
            words.setdefault(tag.lower(), set()).update(name.lower() for name in names)
    words.setdefault('html', set())
    words.setdefault('tbody', set())
    return words


def judge(text, texts, words):
    """What is wrong with the page, and the marks that stand in it as they should.

    texts: of each mark, what was typed. words: see `vocabulary`."""
    faults, shown = [], set()
    tree = html5lib.parse(text, treebuilder='etree', namespaceHTMLElements=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if marks_in(element.text or ''):
                faults.append(f'a comment: {element.text[:80]}')
            continue
        tag = re.sub(r'^\{.*\}', '', element.tag).lower()
        if words is None and tag in NEVER or words is not None and tag not in words:
            faults.append(f'<{tag}>')
        for name, value in element.attrib.items():
            name = re.sub(r'^\{.*\}', '', str(name)).lower()
            if name.startswith('on') or name == 'style' and words is not None or marks_in(name) \
                    or words is not None and name not in words.get(tag, ()):
                faults.append(f'<{tag} {name}="{value[:60]}">')
            if name in ADDRESSES:
                faults += address_faults(tag, name, value)
            else:
                faults += text_faults(value, texts, shown)
        if tag in ('script', 'style') and words is not None and (element.text or '').strip():
            faults.append(f'<{tag}> with {element.text[:60]}')
        faults += text_faults(element.text or '', texts, shown) + text_faults(element.tail or '', texts, shown)
    return faults, shown


def address_faults(tag, name, value):
    if value.startswith(('/', '?', '#')) and not value.startswith('//') or value == '':
        return []
    if value.startswith('data:image/') and tag in ('img', 'image') or not marks_in(urllib.parse.unquote(value)) \
            and not re.match(r'\s*(javascript|data|vbscript):', value, re.I):
        return []
    return [f'<{tag} {name}="{value[:60]}">']


def text_faults(text, texts, shown):
    """A mark that stands without the rest of its text: that became something else. Where names stand in a row, a text
    with a sign that parts them is told in pieces; a suggestion (是不是) leaves signs out."""
    faults = []
    if hostile.MARK not in text:
        return faults
    folded = fold(text)
    for mark in marks_in(text):
        if fold(texts[mark]) in folded:
            shown.add(mark)
        elif not any(mark in piece and fold(piece) in folded for piece in re.split('[、，,/]', texts[mark])) \
                and '…' not in text and '是不是' not in text:
            faults.append(f'of {texts[mark]!r} there is only {text.strip()[:80]!r}')
    return faults


def fold(text):
    """Full-width letters and signs are told in half width where they are taken so."""
    return ' '.join(unicodedata.normalize('NFKC', text).split())
