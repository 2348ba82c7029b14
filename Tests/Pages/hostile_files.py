"""Files made to harm, made when they are needed: pictures and papers, tables, and names."""
import io
import struct
import zipfile
import zlib


# Pictures and papers

def chunk(kind, content):
    return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))


def png(width=40, height=30, content=None, more=b''):
    pixels = zlib.compress((b'\0' + b'\xc8' * width * 3) * height) if content is None else content
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) + more
            + chunk(b'IDAT', pixels) + chunk(b'IEND', b''))


def jpeg_head(width, height):
    """All that a JPEG says of its size, and no picture."""
    return (b'\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\x00\x11\x08'
            + struct.pack('>HH', height, width) + b'\x03\x01\x22\0\x02\x11\x01\x03\x11\x01')


def pdf(pages=1, root=b'', more=(), box=(120, 170), content=b''):
    objects = [b'<</Type/Catalog/Pages 2 0 R' + root + b'>>',
               b'<</Type/Pages/Count %d/Kids[%s]>>' % (pages, b' '.join(b'%d 0 R' % (4 + n) for n in range(pages))),
               b'<</Length %d>>stream\n%s\nendstream' % (len(content), content)]
    objects += [b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 3 0 R>>' % box] * pages
    objects += list(more)
    result, places = [b'%PDF-1.4\n'], []
    size = len(result[0])
    for number, body in enumerate(objects, 1):
        places.append(size)
        result.append(b'%d 0 obj%s endobj\n' % (number, body))
        size += len(result[-1])
    result.append(b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1))
    result.append(b''.join(b'%010d 00000 n \n' % place for place in places))
    result.append(b'trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF' % (len(objects) + 1, size))
    return b''.join(result)


SCRIPT = b'<script>alert(1)</script>'


def papers():
    """Name, bytes, whether it may be taken: what is sent where a picture or a paper belongs."""
    zeros = zlib.compress(bytes(50_000_000), 9)
    return [
        ('empty.png', b'', False),
        ('page.png', b'<!doctype html><html>' + SCRIPT, False),
        ('drawing.svg', b'<svg xmlns="http:' + b'//www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b'</svg>', False),
        ('drawing.png', b'<?xml version="1.0"?><svg onload="alert(1)"/>', False),
        ('moving.jpg', b'GIF89a\1\0\1\0\0\0\0;', False),
        ('program.pdf', b'\x7fELF' + bytes(500), False),
        ('archive.pdf', b'PK\3\4' + bytes(500), False),
        ('half.png', png()[:45], False),
        ('vast.png', png(60_000, 60_000, b''), False),
        ('wider.png', png(2**31 - 1, 2**31 - 1, b''), False),
        ('bomb.png', png(9_000, 9_000, zeros), False),
        ('words.png', png(more=chunk(b'zTXt', b'a\0\0' + zeros)), True),
        ('none.png', png(0, 0, b''), False),
        ('both.png', png() + b'<html>' + SCRIPT + b'</html>', True),
        ('both.html', png() + b'<html>' + SCRIPT + b'</html>', True),
        ('head.jpg', b'\xff\xd8\xff\xe0', False),
        ('cut.jpg', jpeg_head(40, 30), False),
        ('vast.jpg', jpeg_head(65_000, 65_000), False),
        ('none.pdf', b'%PDF-1.7\nnothing follows', False),
        ('long.pdf', pdf(10_000), False),
        ('script.pdf', pdf(root=b'/OpenAction 5 0 R/Names<</JavaScript<</Names[(a)5 0 R]>>>>',
                           more=[b'<</S/JavaScript/JS(app.alert\\(1\\))>>']), True),
        ('start.pdf', pdf(root=b'/OpenAction<</S/Launch/F(/bin/sh)>>'), True),
        ('wide.pdf', pdf(box=(200_000, 200_000), content=b'0 0 100000 100000 re f'), True),
        ('nested.pdf', pdf(content=b'q ' * 100_000), True),
        ('ring.pdf', pdf().replace(b'/Kids[4 0 R]', b'/Kids[2 0 R]'), None),
        ('both.pdf', b'<html>' + SCRIPT + b'</html>\n' + pdf(), None),
    ]


# Tables

def workbook(sheet, strings=None, more=()):
    """An XLSX of one sheet, whose XML is given; bytes or a number of megabytes of blanks."""
    types = ('<?xml version="1.0"?><Types xmlns="http:' + '//schemas.openxmlformats.org/package/2006/content-types">'
             '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
             'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>')
    office = 'http:' + '//schemas.openxmlformats.org/officeDocument/2006/relationships'
    relations = ('<?xml version="1.0"?><Relationships xmlns="http:'
                 '//schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>')
    main = 'http:' + '//schemas.openxmlformats.org/spreadsheetml/2006/main'
    parts = {
        '[Content_Types].xml': types,
        '_rels/.rels': relations % f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>',
        'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
                           '</sheets></workbook>',
        'xl/_rels/workbook.xml.rels': relations % (
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'),
        'xl/worksheets/sheet1.xml': sheet.replace('MAIN', main) if isinstance(sheet, str) else sheet,
        'xl/sharedStrings.xml': (strings or '<sst xmlns="MAIN"/>').replace('MAIN', main),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, text in [*parts.items(), *more]:
            with archive.open(name, 'w', force_zip64=True) as part:
                if isinstance(text, int):
                    part.write(b'<worksheet><sheetData>')
                    for _ in range(text):
                        part.write(b' ' * 1_000_000)
                else:
                    part.write(text if isinstance(text, bytes) else text.encode())
    return stream.getvalue()


ROW = '<worksheet xmlns="MAIN"><sheetData><row r="1"><c r="%s" t="%s"><%s>%s</%s></c></row></sheetData></worksheet>'


def cell(text, place='A1', kind='inlineStr'):
    inner = ('is', f'<t>{text}</t>', 'is') if kind == 'inlineStr' else ('v', text, 'v')
    return ROW % (place, kind, *inner)


HEAD = b'unit,building,kind,area,handover\n'


def laughs(doctype):
    """One entity of ten, ten levels deep."""
    entities = ''.join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE {doctype} [<!ENTITY e0 "laugh">{entities}]>'


def tables():
    """Name and bytes of what is sent as a table; none of it is one that may be taken but by chance."""
    outer = '<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    aliases = 'a0: &a0 [x,x]\n' + ''.join(f'a{n + 1}: &a{n + 1} [{",".join([f"*a{n}"] * 9)}]\n' for n in range(9))
    return [
        ('units.csv', b''),
        ('units.csv', png()),
        ('units.csv', b'\xff\xfe' + (HEAD + b'9-1,9,residence,88,\n').decode().encode('utf-16-le')),
        ('units.csv', HEAD + '9-1,九栋,住宅,88,\n'.encode('gb18030')),
        ('units.csv', HEAD + b'9-1,\xff\xfe\x80,residence,88,\n'),
        ('units.csv', HEAD + b'9-1,a\0b,residence,88,\n'),
        ('units.csv', HEAD + b'"9-1,9,residence,88,\n' * 1000),
        ('units.csv', HEAD + b'9-1,' + b'a' * 5_000_000 + b',residence,88,\n'),
        ('units.csv', b'a,' * 2_000_000 + b'\n'),
        ('units.csv', HEAD + b',' * 2_000_000 + b'\n'),
        ('units.csv', HEAD + b'9-1\n' * 20_000),
        ('units.csv', HEAD + b"=cmd|' /C calc'!A0,+1+1,@SUM(A1),-2+3,\n" + SCRIPT + b',9,residence,88,\n'),
        ('units.csv', HEAD + b'9-1,9,residence,1e308,\n9-2,9,residence,NaN,\n9-3,9,residence,-0,9999-99-99\n'),
        ('units.xlsx', b'<html>' + SCRIPT),
        ('units.xlsx', b'PK\3\4' + b'\xff' * 5_000),
        ('units.xlsx', workbook(cell('unit'))[:-30]),
        ('units.xlsx', workbook(150)),
        ('units.xlsx', workbook(outer + cell('&e;'))),
        ('units.xlsx', workbook(laughs('worksheet') + cell('&e9;'))),
        ('units.xlsx', workbook(cell('0', kind='s'), laughs('sst') + '<sst xmlns="MAIN"><si><t>&e9;</t></si></sst>')),
        ('units.xlsx', workbook(cell('4000000000', kind='s'))),
        ('units.xlsx', workbook(cell('-1', kind='s'))),
        ('units.xlsx', workbook(cell('unit', place='ZZZZZZZZ1'))),
        ('units.xlsx', workbook(cell('unit', place='A99999999999999999999'))),
        ('units.xlsx', workbook('<a>' * 100_000)),
        ('units.xlsx', workbook(cell('unit'), more=[('../../../outside.txt', 'outside')])),
        ('policy.yaml', aliases.encode()),
        ('policy.yaml', b'[' * 100_000),
        ('policy.yaml', b'a: !!python/object/apply:os.system ["true"]\n'),
        ('policy.yaml', b'\xff\xfe\0'),
    ]


# Names

def names():
    """As the bytes that stand in the message; whether the message itself is none that a browser writes."""
    return [
        (b'../../../outside.png', False), (b'..\\..\\outside.png', False), (b'/etc/passwd', False),
        (b'C:\\fakepath\\outside.png', False), (b'.', False), (b'..', False), (b'.htaccess', False), (b' ', False),
        (b'CON', False), ('\u202egnp.exe'.encode(), False), ('a\u200b\u2028b.png'.encode(), False),
        (b'a' * 255 + b'.png', False), ('页'.encode() * 200 + b'.png', False), (b'a' * 5_000 + b'.png', None),
        (SCRIPT + b'.png', False), (b"' onerror='alert(1)", False), (b'{{csrf}}{{{csrf}}}.png', False),
        (b'%2e%2e%2foutside.png', False), (b'a.png%0d%0aX-Bad: 1', False), (b'=1+1.png', False),
        (b'a\0b.png', None), (b'a\r\nX-Bad: 1\r\n\r\n.png', None), (b'a"; filename="b.png', None),
        (b'\xff\xfe\x80.png', None), ('页.png'.encode('gb18030'), None),
    ]
