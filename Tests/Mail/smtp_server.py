#!/usr/bin/env python3
"""An SMTP server that does what it is told to, on loopback, for the tests of `SMTPSession`.

The one argument is JSON:
  faults   {STEP: ACTION}; the steps are greeting, tls, ehlo, starttls, auth, secret, mail, rcpt, data,
           body (after some of it), end (all of it is there), after (the reply is sent) and quit.
           ACTION: drop | hang | reply TEXT | close TEXT (a reply, then drop) | endless (a reply of
           lines without end) | kill (the client's process, before the reply) | killed (after it).
           In TEXT, `|` begins a new line.
  pid      a file that holds the client's process id, as soon as there is one; for `kill`
  pause    seconds between any two bytes of a reply
  only     the number of the message (from 1) that the faults of mail … after concern; else all
  tls      starttls | implicit, with `certificate` and `key`
  offers   lines of EHLO beside STARTTLS

It prints its port, then what it hears, `N LINE` with N the number of the connection, `N BODY LENGTH
SHA256`, and `N TAKEN SHA256` for what it took over: all of a message, not refused. It ends when its
standard input does.
"""
import hashlib
import json
import os
import signal
import socket
import ssl
import sys
import threading

lock = threading.Lock()
plan = json.loads(sys.argv[1])
faults = plan.get('faults', {})
messages = 0


def say(text):
    with lock:
        print(text, flush=True)


class Gone(Exception):
    pass


def kill_client():
    """Ends the client; whatever was sent to it stays in its socket."""
    for _ in range(30_000):
        try:
            with open(plan['pid']) as file:
                os.kill(int(file.read()), signal.SIGKILL)
            return
        except (FileNotFoundError, ValueError):
            threading.Event().wait(0.01)
        except ProcessLookupError:
            return


class Dialogue:
    def __init__(self, number, connection):
        self.number = number
        self.connection = connection
        self.file = connection.makefile('rb')
        self.doomed = False
        self.message = 0

    def run(self):
        try:
            if plan.get('tls') == 'implicit':
                self.encrypt()
            self.answer('greeting', '220 mail.example.com ESMTP')
            while line := self.line():
                self.command(line)
        except (Gone, OSError):
            pass
        finally:
            self.close()

    def close(self):
        for close in (lambda: self.connection.shutdown(socket.SHUT_RDWR), self.connection.close):
            try:
                close()
            except OSError:
                pass

    def encrypt(self):
        self.fault('tls')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan['certificate'], plan['key'])
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile('rb')

    def line(self):
        line = self.file.readline(70_000)
        if line:
            say(f"{self.number} {line.decode('utf-8', 'replace').rstrip()!r}"
                if any(byte < 32 for byte in line.rstrip(b'\r\n')) else
                f"{self.number} {line.decode('utf-8', 'replace').rstrip()}")
        return line.decode('utf-8', 'replace').rstrip('\r\n')

    def fault(self, step):
        """True where an answer was given in place of the usual one."""
        action = faults.get(step)
        only = plan.get('only')
        if only and step in ('mail', 'rcpt', 'data', 'body', 'end', 'after'):
            if self.message != only:
                return False
        if action is None:
            return False
        kind, _, text = action.partition(' ')
        if kind == 'kill':
            kill_client()
            raise Gone
        if kind == 'killed':
            self.doomed = True
            return False
        if kind == 'hang':
            threading.Event().wait(60)
        while kind == 'endless':
            self.send('250-and\r\n')
            threading.Event().wait(0.3)
        if kind in ('reply', 'close'):
            self.send(text.replace('|', '\r\n') + '\r\n')
        if kind in ('drop', 'hang', 'close'):
            raise Gone
        return kind == 'reply'

    def send(self, text):
        data = text.encode('latin-1')
        if 'pause' in plan:
            for byte in data:
                self.connection.sendall(bytes([byte]))
                threading.Event().wait(plan['pause'])
        else:
            self.connection.sendall(data)

    def answer(self, step, text):
        if not self.fault(step):
            self.send(text.replace('|', '\r\n') + '\r\n')
        if self.doomed:
            kill_client()
            raise Gone

    def command(self, line):
        global messages
        verb = line.split(' ')[0].upper()
        if verb in ('EHLO', 'HELO'):
            self.hello()
        elif verb == 'STARTTLS':
            self.answer('starttls', '220 go ahead')
            self.encrypt()
        elif verb == 'AUTH':
            self.login(line)
        elif verb == 'MAIL':
            with lock:
                messages += 1
                self.message = messages
            self.answer('mail', '250 sender ok')
        elif verb == 'RCPT':
            self.answer('rcpt', '250 recipient ok')
        elif verb == 'DATA':
            if self.fault('data'):
                return
            self.send('354 go on\r\n')
            self.body()
        elif verb == 'QUIT':
            self.answer('quit', '221 bye')
            raise Gone
        else:
            self.send('500 what\r\n')

    def hello(self):
        offers = list(plan.get('offers', ['SIZE 10000000']))
        if plan.get('tls') == 'starttls' and not isinstance(self.connection, ssl.SSLSocket):
            offers.append('STARTTLS')
        lines = ['mail.example.com'] + offers
        self.answer('ehlo', '|'.join(
            f"250{' ' if index == len(lines) - 1 else '-'}{line}"
            for index, line in enumerate(lines)))

    def login(self, line):
        if self.fault('auth'):
            return
        if line.split(' ')[1] == 'LOGIN':
            self.send('334 VXNlcm5hbWU6\r\n')
            self.line()
            self.send('334 UGFzc3dvcmQ6\r\n')
        else:
            self.send('334 \r\n')
        self.line()
        self.answer('secret', '235 welcome')

    def body(self):
        body = bytearray()
        refused = False
        while True:
            line = self.file.readline()
            if not line:
                say(f'{self.number} BROKEN {len(body)}')
                raise Gone
            if line == b'.\r\n':
                break
            body += line[1:] if line.startswith(b'.') else line
            if len(body) > 1000 and not refused and 'body' in faults:
                refused = self.fault('body') and faults['body'].split(' ')[1][:1] in ('4', '5')
        say(f'{self.number} BODY {len(body)} {hashlib.sha256(body).hexdigest()}')
        if refused:
            return
        # The worst: taken over, and the client never hears of it.
        if not self.is_refused():
            say(f'{self.number} TAKEN {hashlib.sha256(body).hexdigest()}')
        self.answer('end', f'250 2.0.0 queued as {self.message}')
        self.fault('after')

    def is_refused(self):
        kind, _, text = faults.get('end', '').partition(' ')
        concerns = plan.get('only') in (None, self.message)
        return concerns and kind in ('reply', 'close') and text[:1] in ('4', '5')


def main():
    listener = socket.create_server(('127.0.0.1', 0))
    say(listener.getsockname()[1])

    def serve():
        number = 0
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number += 1
            threading.Thread(target=Dialogue(number, connection).run, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    sys.stdin.buffer.read()
    with lock:
        sys.stdout.flush()
        os._exit(0)


main()
