#!/usr/bin/env python3
"""Measures how fast letters become a PDF, beside Chromium and LibreOffice with the same letters.

usage: benchmark.py DUNWELL [--units 200] [--rounds 3]

A sample community's letters are printed by the program; what they say is then written as one HTML
document of as many pages, with its tables and a code of as many squares drawn as SVG, and printed
by each browser or office program that is installed. The best of some rounds counts, by the clock,
start-up and all. Shown are letters a second and how many times faster ours is; nothing is asserted.
Chromium lays out on several processors at once where they are free; ours takes one.
"""
import argparse
import html
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
import check_letters as month  # noqa: E402

STYLE = '''@page { size: A4; margin: 14mm 20mm }
body { font: 11pt/1.6 "Noto Serif CJK SC"; margin: 0 }
section { break-before: page; page-break-before: always }
section:first-child { break-before: auto; page-break-before: auto }
header { font-weight: 600; border-bottom: 0.3mm solid; padding-bottom: 4mm; margin-bottom: 8mm }
svg { float: right; width: 17mm; height: 17mm }
table { width: 100%; border-collapse: collapse; font: 9.5pt/1.5 "Noto Sans CJK SC";
  font-variant-numeric: tabular-nums }
td { border-bottom: 0.15mm solid #bbb; padding: 1mm 0 } td.number { text-align: right }
p { margin: 0 0 2mm }'''


def main():
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        office = month.Office(os.path.abspath(arguments.dunwell), folder)
        office.make(arguments.units)
        pages = office.pages('letters.pdf')
        letters = len(month.by_letter(pages))
        print(f'{letters} letters on {len(pages)} pages')
        with open(office.path('letters.html'), 'w', encoding='utf-8') as file:
            file.write(document(pages))
        shutil.copy(office.path('office.sqlite'), office.path('printed.sqlite'))
        ours = best(arguments.rounds, lambda: print_anew(office), lambda: unprint(office))
        show('dunwell', letters, ours, ours)
        for name, command in others(folder):
            show(name, letters, best(arguments.rounds, lambda: subprocess.run(
                command, check=True, cwd=folder, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)), ours)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--units', type=int, default=200)
    parser.add_argument('--rounds', type=int, default=3)
    return parser.parse_args()


def best(rounds, work, prepare=lambda: None):
    times = []
    for _ in range(rounds):
        prepare()
        start = time.monotonic()
        work()
        times.append(time.monotonic() - start)
    return min(times)


def show(name, letters, seconds, ours):
    print(f'{name:12} {seconds:8.2f} s {letters / seconds:8.0f} letters/s '
          f'{seconds / ours:8.1f} times', flush=True)


def unprint(office):
    """The books as they stood before the letters were printed."""
    shutil.copy(office.path('printed.sqlite'), office.path('office.sqlite'))
    subprocess.run(['sqlite3', office.path('office.sqlite'),
                    'DELETE FROM letterPrint; DELETE FROM letterBatch;'], check=True)


def print_anew(office):
    office.call('letters', '--out', 'again.pdf')


def others(folder):
    """Those that are installed, each with what makes a PDF of the document."""
    page = os.path.join(folder, 'letters.html')
    for name in ('chromium', 'google-chrome'):
        if shutil.which(name):
            yield 'Chromium', [
                name, '--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer',
                f'--user-data-dir={folder}/browser', f'--print-to-pdf={folder}/chromium.pdf', page]
            break
    for name in ('soffice', 'libreoffice'):
        if shutil.which(name):
            yield 'LibreOffice', [
                name, '--headless', f'-env:UserInstallation=file:/' + f'/{folder}/office',
                '--convert-to', 'pdf:writer_web_pdf_Export', '--outdir', folder + '/written', page]
            break


# ---- The same letters as HTML

def document(pages):
    chooser = random.Random(1)
    sections = ''.join(section(page, chooser) for page in pages)
    return (f'<!doctype html><meta charset="utf-8"><title>letters</title><style>{STYLE}</style>'
            f'<body>{sections}')


def section(page, chooser):
    lines = [line.strip() for line in page.split('\n') if line.strip()]
    parts = [f'<header>{html.escape(lines[0])}</header>{code(chooser)}']
    rows = []
    for line in lines[1:]:
        row = month.ROW.match(line)
        if row:
            rows.append([cell or '' for cell in row.groups()])
            continue
        if rows:
            parts.append(table(rows))
            rows = []
        parts.append(f'<p>{html.escape(line)}</p>')
    return f"<section>{''.join(parts)}{table(rows) if rows else ''}</section>"


def table(rows):
    body = ''.join('<tr>' + ''.join(
        f'<td{" class=number" if column > 2 else ""}>{html.escape(cell)}</td>'
        for column, cell in enumerate(row)) + '</tr>' for row in rows)
    return f'<table>{body}</table>'


def code(chooser, side=25):
    path = ''.join(f'M{x} {y}h1v1h-1z' for y in range(side) for x in range(side)
                   if chooser.random() < 0.5)
    return f'<svg viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'


if __name__ == '__main__':
    sys.exit(main())
