#!/usr/bin/env python3
"""An IMAP server that does what it is told to, on loopback, for the tests of `IMAPMailbox`.

The one argument is JSON:
  mails    [text]: their numbers (UID) are 1, 2 …; in place of a text null: it is gone when asked for
  host     where it listens; default: 127.0.0.1
  faults   {COMMAND: ACTION}; the commands are greeting, LOGIN, ID, EXAMINE, SEARCH, FETCH.
           ACTION: drop | hang | raw TEXT (sent in place of the answer; TAG stands for the tag, | for a
           line end) | endless TEXT (that line again and again) | half (of the answer, then drop)

It prints its port, then the commands that it hears, without tags and passwords. It ends when its
standard input does.
"""
import json
import os
import socket
import sys
import threading

lock = threading.Lock()
plan = json.loads(sys.argv[1])
faults = plan.get('faults', {})
mails = [mail if mail is None else mail.encode('latin-1') for mail in plan.get('mails', [])]


def say(text):
    with lock:
        print(text, flush=True)


class Dialogue:
    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile('rb')

    def run(self):
        try:
            self.answer('greeting', '*', b'* OK [CAPABILITY IMAP4rev1] ready\r\n')
            while line := self.file.readline(70_000):
                tag, _, rest = line.decode('utf-8', 'replace').rstrip('\r\n').partition(' ')
                words = rest.split(' ')
                say('LOGIN' if words[0].upper() == 'LOGIN' else rest)
                self.command(tag, [word.upper() for word in words])
        except OSError:
            pass
        finally:
            self.connection.close()

    def answer(self, name, tag, content):
        kind, _, text = faults.get(name, 'none').partition(' ')
        text = text.replace('TAG', tag).replace('|', '\r\n').encode('latin-1')
        if kind == 'hang':
            threading.Event().wait(300)
        while kind == 'endless':
            self.connection.sendall(text + b'\r\n')
        if kind == 'raw':
            content = text
        if kind == 'half':
            content = content[:len(content) // 2]
        if kind != 'drop':
            self.connection.sendall(content)
        if kind in ('drop', 'half', 'hang'):
            self.connection.shutdown(socket.SHUT_RDWR)
            raise OSError

    def command(self, tag, words):
        done = f'{tag} OK done\r\n'.encode()
        name = words[1] if words[0] == 'UID' else words[0]
        if name == 'CAPABILITY':
            self.answer(name, tag, b'* CAPABILITY IMAP4rev1\r\n' + done)
        elif name == 'EXAMINE':
            self.answer(name, tag, f'* {len(mails)} EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n'.encode()
                        + done)
        elif name == 'SEARCH':
            first = int(words[3].split(':')[0])
            numbers = sorted(set(range(first, len(mails) + 1)) | ({len(mails)} if mails else set()))
            found = ' '.join(['* SEARCH', *map(str, numbers)])
            self.answer(name, tag, found.encode() + b'\r\n' + done)
        elif name == 'FETCH':
            number = int(words[2])
            mail = mails[number - 1]
            head = f'* {number} FETCH (UID {number} BODY[]<0> {{{len(mail or b"")}}}\r\n'.encode()
            self.answer(name, tag, done if mail is None else head + mail + b')\r\n' + done)
        elif name in ('LOGIN', 'ID', 'NOOP'):
            self.answer(name, tag, done)
        elif name == 'LOGOUT':
            self.connection.sendall(b'* BYE\r\n' + done)
            raise OSError
        else:
            self.connection.sendall(f'{tag} BAD what\r\n'.encode())


def main():
    listener = socket.create_server((plan.get('host', '127.0.0.1'), 0))
    say(listener.getsockname()[1])

    def serve():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=Dialogue(connection).run, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    sys.stdin.buffer.read()
    with lock:
        sys.stdout.flush()
        os._exit(0)


main()
