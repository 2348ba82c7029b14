#!/usr/bin/env python3
"""Reads a month's letters back from their PDF and compares them with what `notices` says.

usage: check_letters.py DUNWELL [--units 120] [--pages 24] [--all] [--seed 1] [--keep FOLDER]

A sample community is imported, billed and dunned, and its letters are printed. The text of every
page (pdftotext) must give each notice on paper exactly once, in delivery order, with its figures:
the rows add up to the sums, the total stands once with ¥ and in 大写, pages are numbered n of m. A
random choice of pages (`--pages`, or `--all`) is then made a picture as a scanner of 150 dpi makes
one, turned by two degrees, with grain and specks, and its QR codes are read by zbarimg. A reprint says what the letter said.
The last line is `N passed, M failed`. Wants poppler-utils and zbar-tools.
"""
import argparse
import collections
import csv
import decimal
import io
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), 'templates', 'notices')
RUNS = ('2026-11-05', '2026-11-18', '2026-11-21')
NUMBER = re.compile(r'FL-\d{6}-\d{5}-\d')
MARKS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
ROW = re.compile(
    r'^\s*(\d{4}-\d{2})\s+(\S.*?)\s+(\d{4}-\d{2}-\d{2})\s+(−?[\d,]+\.\d\d)[' + MARKS + r']*'
    r'(?:\s+(\S+(?: \S+)*)\s+(−?[\d,]+\.\d\d|[—–])[' + MARKS + r']*\s+(−?[\d,]+\.\d\d))?\s*$')
PAGE = re.compile(r'第 (\d+) 页，共 (\d+) 页|Page (\d+) of (\d+)')
STUB = ('请沿此线撕下', 'Please cut here')
DEGREES = 2

PICTURES = '''letters:
  seal: seal.png
  collection_code: pay.png
'''


def main():
    arguments = parse()
    checks = Checks()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or scratch
        office = Office(os.path.abspath(arguments.dunwell), folder)
        office.make(arguments.units)
        notices = [row for row in office.table('notices')
                   if {'mailbox', 'hand', 'registered'} & set(row['channels'].split(';'))]
        pages = office.pages('letters.pdf')
        letters = by_letter(pages)
        units = {row['unit']: row['building'] for row in office.rows('units.csv')}
        languages = {row['owner']: row['language'] for row in office.rows('owners.csv')}
        checks.equal('every notice on paper is in the file once, and no other', sorted(letters),
                     sorted(row['notice'] for row in notices))
        by_number = {row['notice']: row for row in notices}
        order = [by_number[number] for number in letters if number in by_number]
        checks.equal('delivery order', [row['notice'] for row in order],
                     [row['notice'] for row in sorted(order, key=lambda row: (
                         natural(units[row['unit']]), natural(row['unit']), row['notice']))])
        for notice in order:
            texts = [pages[page] for page in letters[notice['notice']]]
            language = languages[notice['owner'].split(';')[0]]
            checks.run(f"{notice['notice']} says what `notices` says",
                       lambda: compare(notice, texts, language))
        reprint(office, order[len(order) // 2]['notice'], letters, pages, checks)
        scan(office, letters, pages, arguments, checks)
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=120)
    parser.add_argument('--pages', type=int, default=24)
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep')
    return parser.parse_args()


class Broken(Exception):
    """A letter does not say what it has to."""


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, check):
        try:
            check()
            self.passed += 1
        except Broken as error:
            self.failed += 1
            if self.failed <= 20:
                print(f'FAILED {name}: {error}')

    def equal(self, name, found, wanted):
        def check():
            if found != wanted:
                differing = [pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3]
                raise Broken(f'{len(found)} found, {len(wanted)} wanted, {differing}')
        self.run(name, check)


class Office:
    """A community in a folder of its own, worked by the program under test."""

    def __init__(self, dunwell, folder):
        self.dunwell, self.folder = dunwell, folder
        self.environment = {**os.environ, 'DUNWELL_LANGUAGE': 'en', 'DUNWELL_TEMPLATES': TEMPLATES,
                            'DUNWELL_DB': os.path.join(folder, 'office.sqlite')}

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, *arguments):
        done = subprocess.run([self.dunwell, *arguments], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"dunwell {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def make(self, units):
        self.call('sample', 'community', '--units', str(units))
        with open(self.path('community/policy.yaml'), 'r+', encoding='utf-8') as policy:
            text = policy.read().replace('letters:\n', PICTURES)
            policy.seek(0)
            policy.write(text)
        for name, side in (('seal.png', 24), ('pay.png', 41)):
            with open(self.path(f'community/{name}'), 'wb') as file:
                file.write(png(side))
        self.call('import', 'community')
        for date in RUNS:
            self.call('run', '2026-11', '--as-of', date)
        self.call('letters', '--out', 'letters.pdf')

    def table(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.call(*arguments, '--format', 'csv'))))

    def rows(self, name):
        with open(self.path(f'community/{name}'), encoding='utf-8-sig') as file:
            return list(csv.DictReader(file))

    def pages(self, name):
        text = subprocess.run(['pdftotext', '-layout', self.path(name), '-'], check=True,
                              capture_output=True, text=True).stdout
        return text.split('\f')[:-1]


def png(side):
    """A chequered picture; no QR code."""
    chooser = random.Random(side)
    rows = b''.join(b'\0' + bytes(chooser.choice((0, 255)) for _ in range(side))
                    for _ in range(side))

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', check)
    head = struct.pack('>IIBBBBB', side, side, 8, 0, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(rows))
            + chunk(b'IEND', b''))


def natural(text):
    return [(0, int(part), '') if part.isdigit() else (1, 0, part)
            for part in re.findall(r'\d+|\D+', text)]


def by_letter(pages):
    """The pages, from 0, of each letter in the order of the file."""
    letters = {}
    for index, text in enumerate(pages):
        numbers = set(NUMBER.findall(text))
        if len(numbers) != 1:
            sys.exit(f'page {index + 1} names {len(numbers)} notices')
        letters.setdefault(numbers.pop(), []).append(index)
    return letters


# ---- What the pages say

def compare(notice, texts, language):
    check_pages(texts)
    rows = [row for text in texts for row in map(ROW.match, text.split('\n')) if row]
    if not rows:
        raise Broken('no row')
    want = {name: money(notice[name]) for name in ('principal', 'late_fee', 'credit', 'total')}
    principal = sum(money(row[4]) for row in rows)
    late_fee = sum(money(row[6]) for row in rows if row[6])
    whole = '\n'.join(texts)
    for row in rows:
        if row[7] and money(row[4]) + money(row[6]) != money(row[7]):
            raise Broken(f'a row does not add up: {row[0]}')
    for name, found in (('principal', principal), ('late_fee', late_fee)):
        if found != want[name]:
            raise Broken(f'{name} {want[name]}, but the rows add up to {found}')
    sums = re.search(r'^\s*(?:合计|Total)\s+(\S.*)$', whole, re.MULTILINE)
    figures = [money(text) for text in re.findall(r'−?[\d,]+\.\d\d', sums[1] if sums else '')]
    short = figures == [want['total']]
    if not short and figures != [want['principal'], want['late_fee'], want['total']]:
        raise Broken(f'the row of sums says {figures}')
    if want['credit'] and f"−{grouped(want['credit'])}" not in whole:
        raise Broken('the credit is missing')
    due = max(want['total'], decimal.Decimal(0))
    in_figures = re.findall(r'¥([\d,]+\.\d\d)', whole) if language == 'zh' else [
        amount for line in whole.split('\n') if re.match(r'\s*(To pay\s|¥)', line)
        for amount in re.findall(r'¥([\d,]+\.\d\d)', line)]
    if in_figures != [grouped(due)]:
        raise Broken(f'the total is {due}, but with ¥ stand {in_figures}')
    if language == 'zh' and re.findall(r'人民币(\S+)', whole) != [in_words(due)]:
        raise Broken(f'in words: {in_words(due)}')


def check_pages(texts):
    labels = [tuple(int(number) for number in found.groups() if number)
              for text in texts for found in [PAGE.search(text)] if found]
    wanted = [(page + 1, len(texts)) for page in range(len(texts))]
    if labels != wanted and (labels or len(texts) > 1):
        raise Broken(f'page labels {labels} on {len(texts)} pages')


def money(text):
    digits = text.replace(',', '').replace('−', '-')
    return decimal.Decimal(digits if digits not in ('', '—', '–') else '0')


def grouped(amount):
    return f'{amount:,.2f}'


def in_words(amount):
    """大写 as banks write it, worked out apart from the program."""
    digits = '零壹贰叁肆伍陆柒捌玖'
    whole, fen = divmod(int(amount * 100), 100)
    text, gap = '', False
    for power in range(11, -1, -1):
        digit = whole // 10 ** power % 10
        if digit:
            text += ('零' if gap and text else '') + digits[digit] + ('', '拾', '佰', '仟')[power % 4]
            gap = False
        else:
            gap = True
        if power % 4 == 0 and power and whole // 10 ** power % 10000:
            text += {4: '万', 8: '亿'}[power]
    text = text + '元' if whole else ''
    jiao, cents = divmod(fen, 10)
    if not fen:
        return (text or '零元') + '整'
    if jiao:
        text += digits[jiao] + '角'
    elif whole:
        text += '零'
    return text + (digits[cents] + '分' if cents else '整')


# ---- What a scanner reads

def scan(office, letters, pages, arguments, checks):
    number_of = {page: number for number, places in letters.items() for page in places}
    chosen = sorted(number_of)
    if not arguments.all:
        chosen = sorted(random.Random(arguments.seed).sample(
            chosen, min(arguments.pages, len(chosen))))
    for page in chosen:
        copies = 2 if any(word in pages[page] for word in STUB) else 1
        wanted = {number_of[page]: copies}
        checks.run(f'the codes of page {page + 1}', lambda: read_codes(
            office, page, wanted, random.Random(arguments.seed * 100_000 + page)))


def read_codes(office, page, wanted, chooser):
    picture = office.path('page')
    subprocess.run(['pdftoppm', '-r', '300', '-gray', '-singlefile', '-f', str(page + 1), '-l',
                    str(page + 1), office.path('letters.pdf'), picture], check=True)
    with open(picture + '.pgm', 'rb') as file:
        kind, size, _, pixels = file.read().split(b'\n', 3)
    assert kind == b'P5'
    width, height = map(int, size.split())
    degrees = chooser.choice((-DEGREES, DEGREES))
    rows = turned([pixels[y * width:(y + 1) * width] for y in range(height)], degrees)
    with open(picture + '.pgm', 'wb') as file:
        file.write(b'P5\n%d %d\n255\n' % (width // 2, height // 2) + noisy(halved(rows), chooser))
    found = subprocess.run(['zbarimg', '--quiet', '--raw', '-Sdisable', '-Sqrcode.enable',
                            picture + '.pgm'], capture_output=True, text=True).stdout.split()
    if collections.Counter(found) != wanted:
        raise Broken(f'{found} read, {wanted} wanted')


def turned(rows, degrees):
    """By three shears, each of whole pixels."""
    angle = math.radians(degrees)
    across, down = -math.tan(angle / 2), math.sin(angle)
    return sheared(lowered(sheared(rows, across), down), across)


def sheared(rows, slope):
    """Each row moved sideways; white comes in."""
    middle, width = len(rows) / 2, len(rows[0])
    result = []
    for y, row in enumerate(rows):
        shift = round((y - middle) * slope)
        blank = b'\xff' * abs(shift)
        result.append((blank + row)[:width] if shift >= 0 else (row + blank)[-width:])
    return result


def lowered(rows, slope):
    """Each column moved down, in stripes of columns that move alike."""
    middle, width, height = len(rows[0]) / 2, len(rows[0]), len(rows)
    stripes = []
    for x in range(width):
        shift = round((x - middle) * slope)
        if stripes and stripes[-1][0] == shift:
            stripes[-1][2] = x + 1
        else:
            stripes.append([shift, x, x + 1])
    blank = b'\xff' * width
    return [b''.join((rows[y - shift] if 0 <= y - shift < height else blank)[start:end]
                     for shift, start, end in stripes) for y in range(height)]


def halved(rows):
    """Each four pixels become one, as a scanner of half the resolution sees them."""
    width, height = len(rows[0]) // 2 * 2, len(rows) // 2 * 2
    upper = b''.join(row[:width] for row in rows[0:height:2])
    lower = b''.join(row[:width] for row in rows[1:height:2])
    both = mean(upper, lower)
    return mean(both[0::2], both[1::2])


def mean(one, other):
    half = bytes(level // 2 for level in range(256))
    return added(one.translate(half), other.translate(half))


def added(one, other):
    """Pixel by pixel; no sum may be above 255."""
    total = int.from_bytes(one, 'big') + int.from_bytes(other, 'big')
    return total.to_bytes(len(one), 'big')


def noisy(pixels, chooser):
    """Paler blacks and greyer whites, a grain of ±16 of 255, and one pixel in 2,000 wrong."""
    result = pixels.translate(bytes(16 + level * 207 // 255 for level in range(256)))
    for _ in range(2):
        grain = chooser.randbytes(len(result))
        result = added(result, grain.translate(bytes(level // 16 for level in range(256))))
    result = bytearray(result)
    for _ in range(len(result) // 2_000):
        result[chooser.randrange(len(result))] = chooser.choice((0, 255))
    return bytes(result)


# ---- A reprint

def reprint(office, number, letters, pages, checks):
    office.call('letters', '--out', 'again.pdf', '--reprint', number)
    again = office.pages('again.pdf')
    kept = [words('补打 第 1 次 ' + pages[page]) for page in letters[number]]
    checks.equal('a reprint says what the letter said, and that it is one',
                 [words(text) for text in again], kept)


def words(text):
    return sorted(text.split())


if __name__ == '__main__':
    sys.exit(main())
