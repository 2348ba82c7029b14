#!/usr/bin/env python3
"""Reads mails with Python's `email` and compares them with what was meant.

usage: read_mails.py FOLDER

FOLDER holds 0.eml, 1.eml … and meant.json, a list of objects: subject, name, text, html and, where a
PDF is attached, file (its name) and pdf (its bytes in base64). No part and no header may have a
defect. The last line is `N as meant`.
"""
import base64
import email
import email.header
import email.policy
import json
import os
import sys


def joins_words_of_names():
    """Python before 3.13.2 reads a space between the encoded words of a name (gh-128110), against
    RFC 2047, 6.2. Its older reader of headers joins them."""
    probe = email.message_from_bytes(
        b'To: =?utf-8?B?5LiA?=\r\n =?utf-8?B?5LiA?= <a@example.com>\r\n\r\n',
        policy=email.policy.default)
    return probe['To'].addresses[0].display_name == '一一'


JOINS = joins_words_of_names()


def parse(path):
    with open(path, 'rb') as file:
        raw = file.read()
    return email.message_from_bytes(raw, policy=email.policy.default), raw


def defects(mail):
    found = [defect for part in mail.walk() for defect in part.defects]
    return found + [defect for part in mail.walk() for value in part.values()
                    for defect in getattr(value, 'defects', [])]


def name_in(mail, raw, header):
    """The display name of the header's one address."""
    name = mail[header].addresses[0].display_name
    if JOINS:
        return name
    old = email.message_from_bytes(raw, policy=email.policy.compat32)[header]
    if old.count('=?utf-8?') < 2:
        return name
    decoded = str(email.header.make_header(email.header.decode_header(old)))
    return decoded[:decoded.rindex('<')].rstrip(' ')


def shape(mail):
    """`multipart/alternative(text/plain text/html)`"""
    if not mail.is_multipart():
        return mail.get_content_type()
    parts = ' '.join(shape(part) for part in mail.iter_parts())
    return f'{mail.get_content_type()}({parts})'


def lines(text):
    """Every line end as a line feed: in a mail there is but one kind."""
    return text.replace('\r\n', '\n').replace('\r', '\n')


ALTERNATIVE = 'multipart/alternative(text/plain text/html)'


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, 'meant.json'), encoding='utf-8') as file:
        meant = json.load(file)
    for index, want in enumerate(meant):
        mail, raw = parse(os.path.join(folder, f'{index}.eml'))
        got = {'subject': str(mail['Subject']), 'name': name_in(mail, raw, 'To'),
               'text': lines(mail.get_body(('plain',)).get_content()),
               'html': lines(mail.get_body(('html',)).get_content())}
        for attached in mail.iter_attachments():
            got['file'] = attached.get_filename()
            got['pdf'] = base64.b64encode(attached.get_content()).decode()
        want['text'], want['html'] = lines(want['text']), lines(want['html'])
        assert not defects(mail), (index, defects(mail))
        assert got == want, (index, [(key, ascii(got.get(key)), ascii(value))
                                     for key, value in want.items() if got.get(key) != value])
        assert mail['To'].addresses[0].addr_spec == 'a01@example.com', index
        assert shape(mail) == (f'multipart/mixed({ALTERNATIVE} application/pdf)' if 'file' in want
                               else ALTERNATIVE), (index, shape(mail))
    print(len(meant), 'as meant')


if __name__ == '__main__':
    main()
