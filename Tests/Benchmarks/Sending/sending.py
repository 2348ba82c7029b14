#!/usr/bin/env python3
"""Messages a second into Postfix's smtp-sink, over 1 and 8 connections: our session, Postfix's own
smtp-source, Python's smtplib with finished bytes, and the whole of `dunwell mail send`, which also keeps
what becomes of each message. All with messages of the same size, interleaved; medians of the rounds.

usage: sending.py FOLDER [--messages 3000] [--rounds 5]

FOLDER holds SendingBenchmark and dunwell, built for release. Wants postfix (smtp-sink, smtp-source).
"""
import argparse
import os
import resource
import shutil
import smtplib
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Sink:
    def __enter__(self):
        with socket.create_server(('127.0.0.1', 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ['smtp-sink', '-u', 'nobody', f'127.0.0.1:{self.port}', '1000'], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(('127.0.0.1', self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise SystemExit('smtp-sink does not start')

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def smtp_source(sink, connections, count, size):
    start = time.monotonic()
    subprocess.run(['smtp-source', '-d', '-s', str(connections), '-m', str(count), '-l', str(size), '-f',
                    'office@example.com', '-t', 'a@example.com', f'127.0.0.1:{sink.port}'], check=True)
    return time.monotonic() - start


def python(sink, connections, count, size):
    message = b'Subject: benchmark\r\n\r\n' + (b'x' * 74 + b'\r\n') * (size // 76)

    def send(part):
        with smtplib.SMTP('127.0.0.1', sink.port, local_hostname='localhost') as session:
            for _ in range(part):
                session.sendmail('office@example.com', ['a@example.com'], message)

    start = time.monotonic()
    threads = [threading.Thread(target=send, args=(count // connections,)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start


def ours(folder):
    def send(sink, connections, count, size):
        done = subprocess.run([folder + '/SendingBenchmark', str(sink.port), str(connections), str(count),
                               str(size)], check=True, capture_output=True, text=True)
        return float(done.stdout)
    return send


def outbox(folder, original):
    def send(sink, connections, count, _):
        copy = tempfile.mkdtemp()
        shutil.copy(original, copy + '/dunwell.sqlite')
        start = time.monotonic()
        subprocess.run([folder + '/dunwell', 'mail', 'send', '--smtp', f'smtp://127.0.0.1:{sink.port}',
                        '--connections', str(connections)], cwd=copy, check=True, capture_output=True)
        seconds = time.monotonic() - start
        shutil.rmtree(copy)
        return seconds * count / outbox.messages
    return send


def make_outbox(folder, scratch):
    """An outbox of bills whose bytes are made, each about as long as they really are."""
    for words in ('sample community --units 2000', 'import community', 'run 2026-11 --as-of 2026-11-01',
                  'mail export --out mails'):
        subprocess.run([folder + '/dunwell', *words.split()], cwd=scratch, check=True, capture_output=True)
    with sqlite3.connect(scratch + '/dunwell.sqlite') as books:
        count, size = books.execute('SELECT count(*), avg(length(bytes)) FROM messageBody').fetchone()
    outbox.messages = count
    return scratch + '/dunwell.sqlite', count, int(size)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder')
    parser.add_argument('--messages', type=int, default=3000)
    parser.add_argument('--rounds', type=int, default=5)
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.folder)
    os.environ.setdefault('DUNWELL_TEMPLATES', os.path.join(HERE, '..', '..', '..', 'templates', 'notices'))
    scratch = tempfile.mkdtemp()
    original, count, real = make_outbox(folder, scratch)
    size = 2700
    senders = {'smtp-source': smtp_source, 'session': ours(folder), 'smtplib': python,
               'mail send': outbox(folder, original)}
    print(f'messages of {size} bytes; mail send: {count} bills of {real} bytes on average')
    with Sink() as sink:
        for connections in (1, 8):
            times = {name: [] for name in senders}
            for _ in range(arguments.rounds):
                for name, send in senders.items():
                    before = resource.getrusage(resource.RUSAGE_CHILDREN)
                    seconds = send(sink, connections, arguments.messages, size)
                    after = resource.getrusage(resource.RUSAGE_CHILDREN)
                    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                    times[name].append((seconds, processor))
            floor = statistics.median(second for second, _ in times['smtp-source'])
            for name, seconds in times.items():
                median = statistics.median(second for second, _ in seconds)
                print(f'{connections} connections  {name:12} {arguments.messages / median:8.0f} a second, '
                      f'{floor / median:5.2f} of smtp-source')
    shutil.rmtree(scratch)


main()
