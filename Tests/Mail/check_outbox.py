#!/usr/bin/env python3
"""Delivers a community's messages through a real Postfix on loopback while the sender, and now and then
Postfix, is killed at random moments (R4 of QUALITY.md): nothing is lost, nothing arrives twice but what
was named in doubt, what is refused or unknown is told, and the counts add up after each kill.

usage: check_outbox.py DUNWELL [--mails 500] [--kills 20] [--seed N]

The last line is `N passed, M failed`. Wants postfix, and root.
"""
import argparse
import collections
import email
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
from check_delivery import Broken, Office  # noqa: E402
from postfix import Postfix  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def make_original(program, folder, mails):
    os.makedirs(folder)
    subprocess.run([program, 'sample', 'community', '--units', str(mails * 4 // 3)], cwd=folder, check=True,
                   capture_output=True)
    # Made once beforehand, so that the kills fall into the sending.
    for words in ('import community', 'run 2026-11 --as-of 2026-11-05', 'mail export --out mails'):
        subprocess.run([program, *words.split()], cwd=folder, check=True, capture_output=True)
    shutil.rmtree(folder + '/mails')


def arrived(server, addresses):
    """Message-ID → how often it lies in a mailbox, and whether all copies are the same bytes."""
    counts, bodies = collections.Counter(), collections.defaultdict(set)
    for address in addresses:
        for raw in server.messages(address):
            mail = email.message_from_bytes(raw)
            counts[mail['Message-ID'].strip('<>')] += 1
            bodies[mail['Message-ID'].strip('<>')].add(mail.as_bytes().split(b'\nFrom: ', 1)[1])
    unequal = [one for one, texts in bodies.items() if len(texts) > 1]
    if unequal:
        raise Broken(f'sent with other bytes: {unequal}')
    return counts


def message_ids(office):
    import sqlite3
    with sqlite3.connect(f'file:{office.folder}/dunwell.sqlite?mode=ro', uri=True) as books:
        return dict(books.execute('SELECT messageID, message FROM messageBody'))


def send_killed(office, server, dice, program, start):
    """Starts a sender, and kills it after a random while; Postfix too in one of five times."""
    sender = subprocess.Popen(
        [program, 'mail', 'send', '--smtp', f'smtp://127.0.0.1:{server.port}', '--connections',
         str(dice.choice((1, 2, 4))), '--timeout', '60'], cwd=office.folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    # However slow the machine is, it falls into the sending.
    time.sleep(start + dice.uniform(0.1, 0.6))
    both = dice.random() < 0.2
    if both:
        server.kill()
        time.sleep(0.05)
    sender.send_signal(signal.SIGKILL)
    sender.wait()
    if both:
        server.start()


def check(program, scratch, mails, kills, seed):
    dice = random.Random(seed)
    make_original(program, scratch + '/original', mails)
    office = Office(scratch + '/original', program, scratch + '/office')
    rows = office.call('mail', 'list', '--format', 'csv').splitlines()[1:]
    addresses = sorted({row.split(',')[3] for row in rows})
    unknown, full = addresses[3], addresses[5]
    known = [address for address in addresses if address not in (unknown, full)]
    server = Postfix(scratch + '/p', mailboxes=known + [full], refuses_unknown=True)
    server.start()
    try:
        killed = 0
        while killed < kills:
            if 'queued' not in office.states().values():
                break
            began = time.monotonic()
            office.call('mail', 'status')
            send_killed(office, server, dice, program, (time.monotonic() - began) / 2)
            killed += 1
        office.send(server, 2)
        before = office.states()
        if set(before.values()) & {'queued'}:
            raise Broken('messages still wait')
        server.settle()
        judge(office, server, known + [full], {unknown}, before)
        in_doubt = {one for one, state in before.items() if state == 'in_doubt'}
        office.call('mail', 'retry')
        office.send(server, 2)
        server.settle()
        after = office.states()
        judge(office, server, known + [full], {unknown}, after, in_doubt)
        office.waits_agree()
        count = collections.Counter(before.values())
        print(f'{len(before)} messages, {killed} kills: {dict(count)}; after retry '
              f'{dict(collections.Counter(after.values()))}')
    finally:
        server.stop()


def judge(office, server, addresses, unknown, states, once_in_doubt=frozenset()):
    ids, counts = message_ids(office), arrived(server, addresses)
    where = {int(row.split(',')[0]): row.split(',')[3]
             for row in office.call('mail', 'list', '--format', 'csv').splitlines()[1:]}
    for identity, message in ids.items():
        state, count = states[message], counts[identity]
        refused = where[message] in unknown
        if state == 'accepted' and count == 0 and not refused:
            raise Broken(f'lost: {identity} is accepted and lies in no mailbox')
        if count > 1 and message not in once_in_doubt:
            raise Broken(f'twice, and not named in doubt: {identity}')
        if count and state not in ('accepted', 'in_doubt'):
            raise Broken(f'{identity} arrived and is {state}')
        if refused and state not in ('rejected', 'in_doubt'):
            raise Broken(f'{identity} went to an unknown address and is {state}')
    if set(states) - set(ids.values()):
        raise Broken('messages without bytes')
    if set(counts) - set(ids):
        raise Broken(f'messages that nobody knows: {set(counts) - set(ids)}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--mails', type=int, default=500)
    parser.add_argument('--kills', type=int, default=20)
    parser.add_argument('--seed', type=int, default=20261122)
    arguments = parser.parse_args()
    os.environ.setdefault('DUNWELL_TEMPLATES', os.path.join(HERE, '..', '..', 'templates', 'notices'))
    scratch = tempfile.mkdtemp(prefix='dunwell-outbox-')
    os.chmod(scratch, 0o755)   # Postfix is another user
    try:
        check(os.path.abspath(arguments.dunwell), scratch, arguments.mails, arguments.kills, arguments.seed)
    except Broken as problem:
        print(f'{problem}\nkept: {scratch}')
        print('0 passed, 1 failed')
        sys.exit(1)
    shutil.rmtree(scratch)
    print('1 passed, 0 failed')


main()
