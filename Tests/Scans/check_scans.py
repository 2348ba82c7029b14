#!/usr/bin/python3
"""Letters printed by dunwell, signed, torn, scanned and photographed badly: finds it their stubs again?

usage: check_scans.py DUNWELL [--stubs N] [--fuzz N] [--seed N] [--kinds KIND,…] [--keep DIR]

A sample community gets letters with stubs. Their pages become pictures (pdftoppm), and these what
an office gets back (distort.py): turned, 150 dpi, several on a sheet, upside down, photos at up to 30
degrees, blur, grain, JPEG 40 to 80, shadow, coffee over a corner, pen and stamp over the code, EXIF
turns, PDFs of many pages. `service scan` must find 98 of 100 stubs, give none a wrong notice, and cut
them out upright. Then: codes that are none of this community's, which must never match; files made to
harm; mutated files, which must neither crash it nor hang it.
The last line is `N passed, M failed`. Wants poppler-utils, numpy, OpenCV and Pillow (apt-get install
python3-numpy python3-opencv python3-pil), and libqrencode.
"""
import argparse
import collections
import csv
import io
import multiprocessing
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import distort  # noqa: E402
import hostile  # noqa: E402

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), 'templates', 'notices')
RUNS = ('2026-11-05', '2026-11-18', '2026-11-21')
NUMBER = re.compile(r'FL-\d{6}-\d{5}-\d')
STUB = ('请沿此线撕下', 'Please cut here')
DPI = 300
SCALE = DPI / 25.4
WANTED = 0.98


def main():
    arguments = parse()
    checks = Checks()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or scratch
        office = Office(os.path.abspath(arguments.dunwell), folder)
        office.make()
        office.draw(24 if arguments.stubs > 100 else 10)
        find(office, arguments, checks)
        strangers(office, arguments, checks)
        hostile.bombs(office, checks)
        hostile.mutations(office, arguments.fuzz, arguments.seed, checks)
    print(f'{checks.passed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--stubs', type=int, default=600)
    parser.add_argument('--fuzz', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kinds', type=lambda text: text.split(','), default=list(KINDS),
                        help='some of ' + ','.join(KINDS))
    parser.add_argument('--keep')
    return parser.parse_args()


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, name, holds, detail=''):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed <= 30:
                print(f'FAILED {name}: {detail}', flush=True)


class Office:
    """A community in a folder of its own, worked by the program under test."""

    def __init__(self, dunwell, folder):
        self.dunwell, self.folder = dunwell, folder
        self.environment = {**os.environ, 'DUNWELL_LANGUAGE': 'en', 'DUNWELL_TEMPLATES': TEMPLATES,
                            'DUNWELL_DB': os.path.join(folder, 'office.sqlite')}
        self.pages = []
        # Of the processor, by command.
        self.seconds = collections.Counter()

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, *arguments, may_fail=False, memory=None, database=None):
        limit = memory and (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)))
        environment = self.environment
        if database:
            environment = {**environment, 'DUNWELL_DB': self.path(database)}
        before = os.times().children_user
        done = subprocess.run([self.dunwell, *arguments], cwd=self.folder, env=environment,
                              capture_output=True, text=True, preexec_fn=limit)
        self.seconds[' '.join(arguments[:2])] += os.times().children_user - before
        if done.returncode != 0 and not may_fail:
            sys.exit(f"dunwell {' '.join(arguments)[:300]}: {done.stderr}")
        return done

    def table(self, *arguments, **options):
        text = self.call(*arguments, '--format', 'csv', **options).stdout
        return list(csv.DictReader(io.StringIO(text)))

    def make(self):
        self.call('sample', 'community', '--units', '60')
        with open(self.path('community/policy.yaml'), encoding='utf-8') as policy:
            text = policy.read()
        text = re.sub(r'(stage: (?:early|middle|late).*)\[email, mailbox(?:, phone)?\](.*) }',
                      r'\1[hand, mailbox]\2, signature: true }', text)
        with open(self.path('community/policy.yaml'), 'w', encoding='utf-8') as policy:
            policy.write(text)
        self.call('import', 'community')
        for date in RUNS:
            self.call('run', '2026-11', '--as-of', date)
        self.call('letters', '--out', 'letters.pdf')

    def draw(self, count):
        """Pictures of pages with a stub: those in English, and others evenly."""
        texts = subprocess.run(['pdftotext', '-layout', self.path('letters.pdf'), '-'], check=True,
                               capture_output=True, text=True).stdout.split('\f')
        stubs = [page for page, text in enumerate(texts) if any(word in text for word in STUB)]
        english = [page for page in stubs if STUB[1] in texts[page]][:3]
        others = [page for page in stubs if page not in english]
        step = max(1, len(others) // (count - len(english)))
        for page in english + others[::step][:count - len(english)]:
            subprocess.run(['pdftoppm', '-r', str(DPI), '-gray', '-singlefile', '-f', str(page + 1),
                            '-l', str(page + 1), self.path('letters.pdf'), self.path('page')],
                           check=True)
            self.pages.append((NUMBER.search(texts[page])[0], cv2.imread(self.path('page.pgm'), 0)))


# ---- What comes back

class Maker:
    """Makes files, and knows what is on them. The same seed, kind and index give the same file."""

    def __init__(self, office, seed):
        self.office, self.seed = office, seed
        self.next = 0

    def numbered(self, kind, index):
        self.next = index * 7 + len(kind)
        return self.file(kind, np.random.default_rng((self.seed, *kind.encode(), index)), index)

    def paper(self, rng, *acts):
        """A signed page, done to as asked; its notice."""
        number, page = self.office.pages[self.next % len(self.office.pages)]
        self.next += 1
        page = cv2.cvtColor(page, cv2.COLOR_GRAY2RGB)
        page = distort.signed(page, SCALE, rng)
        for act in acts:
            page = act(page, SCALE, rng)
        return number, page

    def stub(self, rng, *acts):
        number, page = self.paper(rng, *acts)
        return number, distort.stub_of(page, rng)

    def scan(self, rng):
        number, stub = self.stub(rng)
        ground = int(rng.integers(0, 256))
        turned = distort.turned(stub, SCALE, rng.uniform(-180, 180), ground)
        return [[number]], [distort.scanned(turned, DPI, 150, rng)]

    def sheet(self, rng):
        stubs = [self.stub(rng) for _ in range(rng.integers(2, 5))]
        sheet = distort.laid([stub for _, stub in stubs], SCALE, rng)
        dpi = int(rng.choice((150, 200)))
        return [[number for number, _ in stubs]], [distort.scanned(sheet, DPI, dpi, rng)]

    def page(self, rng):
        number, page = self.paper(rng)
        angle = rng.uniform(-4, 4) + rng.choice((0, 180))
        return [[number]], [distort.scanned(distort.turned(page, SCALE, angle), DPI, 150, rng)]

    def pdf(self, rng):
        parts = [[self.sheet, self.page, self.scan][rng.integers(3)](rng)
                 for _ in range(rng.integers(2, 6))]
        return [numbers for part, _ in parts for numbers in part], [
            picture for _, part in parts for picture in part]

    def photo(self, rng, *acts):
        number, stub = self.stub(rng, *acts)
        return [[number]], [distort.photographed(stub, int(rng.integers(1440, 4000)), rng)]

    def page_photo(self, rng):
        number, page = self.paper(rng)
        return [[number]], [distort.photographed(page, int(rng.integers(2000, 4000)), rng)]

    def flat(self, rng, *acts):
        number, stub = self.stub(rng, *acts)
        turned = distort.turned(stub, SCALE, rng.uniform(-5, 5), int(rng.integers(200, 256)))
        return [[number]], [distort.scanned(turned, DPI, 150, rng)]

    def stain(self, rng):
        return (self.photo if rng.random() < 0.5 else self.flat)(rng, distort.stained)

    def stamp(self, rng):
        return (self.photo if rng.random() < 0.3 else self.flat)(rng, distort.stamped)

    def strokes(self, rng):
        return (self.photo if rng.random() < 0.3 else self.flat)(rng, distort.struck)

    def everything(self, rng):
        return self.photo(rng, distort.stained, distort.stamped)

    def exif(self, rng):
        return self.photo(rng)

    def file(self, kind, rng, index=0):
        """Writes a file; gives its name and the notices of each of its pages."""
        numbers, pictures = getattr(self, kind)(rng)
        pictures = [Image.fromarray(picture) for picture in pictures]
        quality = int(rng.integers(40, 81))
        name = f'{kind}-{index:03d}'
        if kind == 'pdf':
            pictures[0].save(self.office.path(name + '.pdf'), save_all=True, resolution=150,
                             append_images=pictures[1:], quality=quality)
            return name + '.pdf', numbers
        if kind in ('scan', 'sheet') and rng.random() < 0.3:
            # Compression costs time here, and decides nothing.
            pictures[0].save(self.office.path(name + '.png'), compress_level=1)
            return name + '.png', numbers
        options = {'quality': quality}
        if kind == 'exif':
            turn = int(rng.integers(2, 9))
            exif = Image.Exif()
            exif[0x0112] = turn
            pictures[0] = untransposed(pictures[0], turn)
            options['exif'] = exif
        pictures[0].save(self.office.path(name + '.jpg'), **options)
        return name + '.jpg', numbers


def untransposed(picture, turn):
    """As a camera stores what EXIF says is to be set upright."""
    way = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM,
           5: Image.TRANSPOSE, 6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}[turn]
    return picture.transpose(way)


# A file has so many stubs on the average.
STUBS_OF_FILE = {'sheet': 2.5, 'pdf': 4}
# Shares of the stubs, in hundredths.
KINDS = {'scan': 15, 'sheet': 16, 'page': 8, 'pdf': 16, 'photo': 15, 'page_photo': 5, 'stain': 8,
         'stamp': 5, 'strokes': 4, 'everything': 3, 'exif': 5}


def find(office, arguments, checks):
    maker = Maker(office, arguments.seed)
    found, wanted, wrong = collections.Counter(), collections.Counter(), []
    pages = 0
    # The files are made by other processes while those made before are read.
    cv2.setNumThreads(1)
    with multiprocessing.get_context('fork').Pool(2) as pool:
        started = time.monotonic()
        for kind in arguments.kinds:
            share = KINDS[kind]
            most = max(1, arguments.stubs * share // 100)
            files = {}
            count = int(most / STUBS_OF_FILE.get(kind, 1)) + 1
            for name, numbers in pool.starmap(maker.numbered, [(kind, at) for at in range(count)]):
                if wanted[kind] < most:
                    files[name] = numbers
                    wanted[kind] += sum(map(len, numbers))
            pages += sum(map(len, files.values()))
            rows = office.table('service', 'scan', *files)
            hits, others = compare(files, rows)
            found[kind] += hits
            wrong += others
            print(f'{kind:12} {found[kind]:4} of {wanted[kind]:4}', flush=True)
            for name in files:
                if not arguments.keep:
                    os.remove(office.path(name))
        print(f'{time.monotonic() - started:.0f} s with the making of the files')
    seconds = office.seconds['service scan']
    cut = office.table('service', 'scan', '--list')
    rate = sum(found.values()) / sum(wanted.values())
    print(f'{"all":12} {sum(found.values()):4} of {sum(wanted.values()):4}: {rate:.2%}; '
          f'{pages} pages, {seconds / pages:.2f} s of processor a page', flush=True)
    checks.passed += sum(found.values())
    checks.that('98 of 100 stubs are found', rate >= WANTED, f'{rate:.2%}')
    checks.that('no stub gets a wrong notice', not wrong, wrong[:5])
    upright(office, cut, checks)
    again(office, maker, checks)


def compare(files, rows):
    """How many stubs were found, and what was found that is not there."""
    seen = collections.defaultdict(list)
    for row in rows:
        if row['found'] == 'yes':
            seen[row['file'], int(row['page'])].append(row['notice'])
    hits, wrong = 0, []
    for name, pages in files.items():
        for page, numbers in enumerate(pages, 1):
            got = seen.pop((name, page), [])
            hits += len(set(numbers) & set(got))
            missing = set(numbers) - set(got)
            if missing:
                print(f'missed: {name} page {page}: {missing}', flush=True)
            extra = list(got)
            for number in numbers:
                if number in extra:
                    extra.remove(number)
            wrong += [(name, page, number) for number in extra]
    return hits, wrong + list(seen.items())


def upright(office, rows, checks):
    """On the cuttings the four black squares are where they are printed."""
    good = whole = 0
    found = [row for row in rows if row['notice']]
    for row in found:
        picture = cv2.imread(row['cutting'], 0)
        scale = picture.shape[1] / (210 + 3)
        if abs(picture.shape[0] - (64 + 3) * scale) > 3:
            continue
        whole += 1
        good += sum(is_black(picture, (x + 1.5) * scale, (y + 1.5) * scale, scale)
                    for x in (11.25, 198.75) for y in (5.25, 54.75)) >= 3
    print(f'cut out: {good} of {len(found)} by their marks, upright to the millimetre; '
          f'{len(found) - whole} more by the code alone', flush=True)
    checks.that('stubs are cut out upright and whole', good >= 0.95 * len(found), good)


def is_black(picture, x, y, scale):
    """Whether the middle of a mark is dark, with paper beside it."""
    def level(x, y):
        half = max(1, int(0.5 * scale))
        return picture[int(y) - half:int(y) + half + 1, int(x) - half:int(x) + half + 1].mean()
    around = np.median([level(x + dx * 2.6 * scale, y + dy * 2.6 * scale)
                        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))])
    return level(x, y) < 0.7 * around


def again(office, maker, checks):
    """The same file twice, a receipt confirmed, assigned, discarded; the evidence as it was."""
    name, _ = maker.numbered('sheet', 1_000)
    before = len(office.table('service', 'scan', '--list'))
    first = office.table('service', 'scan', name)
    after = office.table('service', 'scan', '--list')
    second = office.table('service', 'scan', name)
    checks.that('the same file twice says the same', first == second, (first, second))
    checks.that('the same file twice adds nothing',
                len(office.table('service', 'scan', '--list')) == len(after) == before + len(first),
                (before, len(after)))
    mine = [row for row in after if row['file'] == name]
    notice = mine[0]['notice']
    service = office.table('service', 'confirm', mine[0]['receipt'], '--on', '2026-11-22', '--by',
                           'Wang', '--acknowledges')
    files = service[0]['files']
    checks.that('a confirmed receipt is a service of grade A with both files',
                (service[0]['notice'], service[0]['grade'], len(files.split(';'))) == (notice, 'A', 2),
                service)
    office.call('service', 'scan', 'discard', mine[1]['receipt'], '--reason', 'nobody signed')
    left = office.table('service', 'scan', '--list')
    checks.that('confirmed and discarded receipts wait no more', len(left) == len(after) - 2, left)
    other = office.call('service', 'confirm', mine[1]['receipt'], '--on', '2026-11-22', '--by', 'Wang',
                        may_fail=True)
    checks.that('a discarded receipt cannot be confirmed', other.returncode == 1, other.stderr)
    verified = office.call('evidence', 'verify', may_fail=True)
    checks.that('the evidence verifies', verified.returncode == 0, verified.stdout + verified.stderr)


# ---- What must never match

def strangers(office, arguments, checks):
    real = office.pages[0][0]
    wrong = [real[:-1] + str(digit) for digit in range(10) if str(digit) != real[-1]]
    numbers = [row['notice'] for row in office.table('notices')]
    past = f'FL-202611-{max(int(number.split("-")[2]) for number in numbers) + 7:05d}'
    texts = wrong[:4] + [
        'wxp://f2f0Zx81aPbYq7Vd3kLm', 'weixin://wxpay/bizpayurl?pr=8Kd2a', 'http://example.com/pay',
        hostile.checked(past), hostile.checked(real[:-2].replace('FL', 'SG')),
        hostile.checked(real[:-2].replace('202611', '202612')), real.lower(), 'X' + real, real + '0',
        real + '/pay', f'http://example.com/n/{wrong[4]}', real.replace('-', ''), real[3:],
        f'FL-202611-{real[10:15]}', '']
    rng = np.random.default_rng(arguments.seed)
    names = []
    for index, text in enumerate(texts):
        for way in ('alone', 'forged'):
            name = f'stranger-{way}-{index}.png'
            Image.fromarray(stranger(office, text, way, rng)).save(office.path(name))
            names.append(name)
    rows = office.table('service', 'scan', *names)
    for name in names:
        mine = [row for row in rows if row['file'] == name]
        checks.that(f'{name} matches nothing', mine and all(
            row['found'] == 'no' and row['notice'] == '' for row in mine), mine)
    link = 'http://example.com/n/' + real
    Image.fromarray(stranger(office, link, 'forged', rng)).save(office.path('link.png'))
    rows = office.table('service', 'scan', 'link.png')
    checks.that('a link that ends in the number matches', [row['notice'] for row in rows] == [real],
                rows)


def stranger(office, text, way, rng):
    """A sheet with a code of any text; or one of our stubs with its code exchanged."""
    code = hostile.code(text or '-', int(17 * SCALE))
    if way == 'alone':
        sheet = np.full((int(90 * SCALE), int(210 * SCALE), 3), 255, np.uint8)
        at = (int(30 * SCALE), int(150 * SCALE))
    else:
        page = cv2.cvtColor(office.pages[0][1], cv2.COLOR_GRAY2RGB)
        sheet = page[int(233 * SCALE):].copy()
        at = (int(5.9 * SCALE), int(173 * SCALE))
        sheet[at[0] - 20:at[0] + len(code) + 30, at[1] - 20:at[1] + len(code) + 30] = 255
        if not text:
            code[:] = 255
    sheet[at[0]:at[0] + len(code), at[1]:at[1] + len(code)] = code
    return distort.scanned(distort.turned(sheet, SCALE, rng.uniform(-6, 6)), DPI, 150, rng)


if __name__ == '__main__':
    sys.exit(main())
