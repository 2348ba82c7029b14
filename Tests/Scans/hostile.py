"""Files made to harm, and codes that are none of ours."""
import ctypes
import io
import os
import random
import shutil
import struct
import zlib

import numpy as np
from PIL import Image

MEMORY = 3 << 30


def checked(body):
    """The number with its check digit (Luhn), worked out apart from the program."""
    digits = [int(sign) for sign in body if sign.isdigit()]
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled // 10 + doubled % 10
    return f'{body}-{-total % 10}'


class QRCode(ctypes.Structure):
    _fields_ = [('version', ctypes.c_int), ('width', ctypes.c_int),
                ('data', ctypes.POINTER(ctypes.c_ubyte))]


def code(text, side):
    """A QR code as a picture of so many pixels a side."""
    library = ctypes.CDLL('libqrencode.so.4')
    library.QRcode_encodeString.restype = ctypes.POINTER(QRCode)
    made = library.QRcode_encodeString(text.encode(), 0, 1, 2, 1).contents
    modules = np.array([made.data[place] & 1 for place in range(made.width ** 2)], np.uint8)
    small = Image.fromarray((1 - modules.reshape(made.width, made.width)) * 255)
    return np.array(small.resize((side, side), Image.NEAREST).convert('RGB'))


# ---- Bombs

def chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', check)


def png(width, height, content=b''):
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', content)
            + chunk(b'IEND', b''))


def jpeg(width, height, scans=1):
    """A small picture that claims to be larger, and its scan many times over."""
    stream = io.BytesIO()
    Image.new('RGB', (64, 64), 'white').save(stream, 'JPEG', progressive=scans > 1)
    content = bytearray(stream.getvalue())
    for marker in (b'\xff\xc0', b'\xff\xc2'):
        place = content.find(marker)
        if place >= 0:
            content[place + 5:place + 9] = struct.pack('>HH', height, width)
    scan = content.rfind(b'\xff\xda')
    return bytes(content[:scan] + content[scan:-2] * scans + content[-2:])


def pdf(box, stream=b'', image=None):
    """A PDF of one page."""
    objects = [b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
               b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R'
               b'/Resources<</XObject<</I 5 0 R>>>>>>' % box,
               b'<</Length %d>>stream\n%s\nendstream' % (len(stream), stream)]
    if image:
        width, height = image
        content = zlib.compress(bytes(10_000_000))
        objects.append(b'<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8'
                       b'/ColorSpace/DeviceRGB/Filter/FlateDecode/Length %d>>stream\n%s\nendstream'
                       % (width, height, len(content), content))
    result = b'%PDF-1.4\n'
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(result))
        result += b'%d 0 obj%s endobj\n' % (number, content)
    start = len(result)
    result += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    result += b''.join(b'%010d 00000 n \n' % place for place in places)
    return result + b'trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF' % (
        len(objects) + 1, start)


def bombs(office, checks):
    """Refused, or read without harm: a clear word, little time, bounded memory."""
    nested = b'q ' * 200_000
    files = {
        'vast.png': (2, png(60_000, 60_000)),
        'vast.jpg': (2, jpeg(65_000, 65_000)),
        'vast-scans.jpg': (2, jpeg(9_000, 9_000, 400)),
        'negative.png': (2, png(0, 100)),
        'empty.png': (2, b''),
        'text.png': (2, b'not a picture at all'),
        'half.png': (2, png(500, 500, zlib.compress(bytes(1000)))),
        'head.jpg': (2, b'\xff\xd8\xff\xe0'),
        'lies.jpg': (0, pdf((595, 842))),
        'none.pdf': (2, b'%PDF-1.7\nnothing follows'),
        'vast.pdf': (0, pdf((200_000, 200_000), b'0 0 100000 100000 re f')),
        'thin.pdf': (0, pdf((14_400, 2))),
        'nested.pdf': (0, pdf((595, 842), nested)),
        'vast-image.pdf': (0, pdf((595, 842), b'595 0 0 842 0 0 cm /I Do', (60_000, 60_000))),
    }
    for name, (status, content) in files.items():
        with open(office.path(name), 'wb') as file:
            file.write(content)
        used = os.times().children_user
        done = office.call('service', 'scan', name, may_fail=True, memory=MEMORY)
        used = os.times().children_user - used
        checks.that(f'{name} does no harm', done.returncode == status and used < 10 and (
            status == 0 or name in done.stderr),
            f'status {done.returncode}, {used:.1f} s: {done.stderr[-300:]}')
    good = office.call('service', 'scan', 'text.png', 'lies.jpg', may_fail=True)
    checks.that('one refused file keeps none from being read',
                good.returncode == 1 and 'lies.jpg,1,,no' in good.stdout, good.stdout)


# ---- Mutations

def mutations(office, count, seed, checks):
    """Small files with bytes changed, cut, doubled: no crash, no second of time."""
    chooser = random.Random(seed)
    seeds = small_files(office)
    slowest = crashed = refused = 0
    for start in range(0, count, AT_ONCE):
        names = []
        for index in range(start, min(start + AT_ONCE, count)):
            suffix, content = seeds[index % len(seeds)]
            names.append(f'mutated-{index}.{suffix}')
            with open(office.path(names[-1]), 'wb') as file:
                file.write(mutate(content, chooser))
        status, used, told = read(office, names)
        refused += told
        if status not in (0, 1, 2) or used > 1:
            # One by one, to name it.
            for name in names:
                status, used, _ = read(office, [name])
                slowest = max(slowest, used)
                if status not in (0, 1, 2):
                    crashed += 1
                    print(f'status {status} by {name}, kept')
        for name in names:
            if not crashed:
                os.remove(office.path(name))
    print(f'{count} mutated files, {refused} of them refused; the slowest took '
          f'{max(slowest, 0.01):.2f} s of processor', flush=True)
    checks.that('no mutated file crashes it', not crashed, crashed)
    checks.that('no mutated file takes a second', slowest < 1, slowest)


AT_ONCE = 10


def read(office, names):
    """Status, seconds of processor, and how many were refused."""
    used = os.times().children_user
    done = office.call('service', 'scan', *names, may_fail=True, memory=MEMORY,
                       database='fuzz.sqlite')
    return done.returncode, os.times().children_user - used, sum(
        done.stderr.count(name + ' ') for name in names)


def small_files(office):
    shutil.copy(office.path('office.sqlite'), office.path('fuzz.sqlite'))
    stub = Image.fromarray(office.pages[0][1][int(233 * 300 / 25.4):]).resize((620, 189))
    files = []
    for suffix, kind, options in (('png', 'PNG', {}), ('jpg', 'JPEG', {'quality': 60}),
                                  ('jpg', 'JPEG', {'quality': 60, 'progressive': True}),
                                  ('pdf', 'PDF', {'resolution': 150}),
                                  ('png', 'PNG', {'optimize': True})):
        stream = io.BytesIO()
        picture = stub.convert('P') if options.get('optimize') else stub
        picture.save(stream, kind, **options)
        files.append((suffix, stream.getvalue()))
    return files + [('pdf', pdf((400, 200), b'0 0 100 100 re f 10 w 0 0 m 90 90 l S'))]


def mutate(content, chooser):
    content = bytearray(content)
    for _ in range(chooser.choice((1, 2, 4, 16, 64))):
        place = chooser.randrange(len(content))
        if chooser.random() < 0.4:
            place = min(place, chooser.randrange(1, 300), len(content) - 1)
        way = chooser.randrange(5)
        if way == 0:
            content[place] ^= 1 << chooser.randrange(8)
        elif way == 1:
            content[place] = chooser.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif way == 2:
            del content[place:place + chooser.randrange(1, 40)]
        elif way == 3:
            content[place:place] = content[place:place + chooser.randrange(1, 40)]
        else:
            content[place:place + 4] = chooser.randbytes(4)
        if len(content) < 8:
            break
    return fixed(bytes(content), chooser)


def fixed(content, chooser):
    """Half of the PNGs get right checksums again, so that more than the first is read."""
    if not content.startswith(b'\x89PNG\r\n\x1a\n') or chooser.random() < 0.5:
        return content
    result, place = content[:8], 8
    while place + 12 <= len(content):
        length = struct.unpack('>I', content[place:place + 4])[0]
        if place + 12 + length > len(content):
            break
        result += chunk(content[place + 4:place + 8], content[place + 8:place + 8 + length])
        place += 12 + length
    return result + content[place:]
