#!/usr/bin/env python3
"""A community folder's tables as another program writes and reads Excel workbooks: openpyxl.

usage: spreadsheets.py write CSV_FOLDER XLSX_FOLDER      (numbers as numbers, dates as dates)
       spreadsheets.py read XLSX_FOLDER CSV_FOLDER       (as the cells' formats show them)

Anything else in the folder is copied. Wants openpyxl (apt-get install python3-openpyxl).
"""
import csv
import datetime
import os
import re
import shutil
import sys

import openpyxl

DATE = re.compile(r'\d{4}-\d\d-\d\d')
NUMBER = re.compile(r'-?\d+(\.\d+)?')
NUMBERS = {'area', 'daily_rate', 'price', 'cycle', 'previous', 'reading', 'amount', 'value'}


def write(source, target):
    for name in files(source, target, '.csv'):
        book = openpyxl.Workbook()
        with open(os.path.join(source, name + '.csv'), encoding='utf-8-sig', newline='') as file:
            rows = list(csv.reader(file))
        for row in rows:
            book.active.append([value(cell, column) for cell, column in zip(row, rows[0])])
        book.save(os.path.join(target, name + '.xlsx'))


def value(cell, column):
    if DATE.fullmatch(cell):
        return datetime.date.fromisoformat(cell)
    if column in NUMBERS and NUMBER.fullmatch(cell):
        return float(cell)
    return cell or None


def read(source, target):
    for name in files(source, target, '.xlsx'):
        sheet = openpyxl.load_workbook(os.path.join(source, name + '.xlsx')).active
        if sheet.freeze_panes != 'A2' or not all(cell.font.b for cell in sheet[1]):
            sys.exit(f'{name}: no head that is bold and stays')
        with open(os.path.join(target, name + '.csv'), 'w', encoding='utf-8', newline='') as file:
            writer = csv.writer(file, lineterminator='\n')
            writer.writerows([shown(cell) for cell in row] for row in sheet.iter_rows())


def shown(cell):
    if isinstance(cell.value, datetime.datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, (int, float)):
        decimals = cell.number_format.partition('.')[2]
        return f'{cell.value:.{len(decimals)}f}'
    # As the CSV file marks what a spreadsheet would take for a formula.
    text = cell.value or ''
    return "'" + text if text[:1] and text.lstrip("'")[:1] in tuple('=+-@') else text


def files(source, target, end):
    os.makedirs(target, exist_ok=True)
    for file in sorted(os.listdir(source)):
        name, kind = os.path.splitext(file)
        if kind == end:
            yield name
        elif os.path.isfile(os.path.join(source, file)):
            shutil.copy(os.path.join(source, file), target)


if __name__ == '__main__':
    if len(sys.argv) != 4 or sys.argv[1] not in ('write', 'read'):
        sys.exit(__doc__)
    {'write': write, 'read': read}[sys.argv[1]](*sys.argv[2:])
