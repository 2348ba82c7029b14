#!/usr/bin/env python3
"""The office's morning while everything around it is killed and started anew: it is made once a day, each mail goes
out once, and nothing is lost.

usage: mornings.py DUNWELL [--rounds 1] [--kills 4] [--hour] [--seed N]

A round is two days of an office. By a clock that is made up (clock.c) servers are started before the morning's
hour, in which they do nothing; at the hour servers, two at once, and the timer's `dunwell daily` beside them are
killed at random moments and started again; then one server is left in peace. The notices, messages, runs and notes of
the morning are then those of an office that was left in peace from the start; a second morning creates nothing; and
what an SMTP server took over are the messages, each once, but for those that were named in doubt. --hour: one round more, of a server
that lives through the hour, and looks at the clock a minute later.

A round that fails keeps its folder. The last line is `N passed, M failed`. Wants a C compiler.
"""
import argparse
import collections
import datetime
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True   # leaves no __pycache__ in the tree
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'Mail'))
from check_delivery import Broken, Server  # noqa: E402

DAYS = ('2026-11-21', '2026-12-06')
HOUR = 6
PATIENCE = 300          # seconds until something that must come counts as never coming
# What a morning leaves, without the ids and times that differ from one office to the next.
EFFECTS = {
    'runs': 'SELECT period, asOf FROM run',
    'charges': 'SELECT unit.code, period, item, amount FROM charge JOIN unit ON unit.id = charge.unit',
    'notices': '''SELECT unit.code, notice.period, asOf, stage, principal, lateFee, channels
                  FROM notice JOIN unit ON unit.id = notice.unit''',
    'letters': '''SELECT unit.code, asOf, letter.channel FROM letter JOIN notice ON notice.id = letter.notice
                  JOIN unit ON unit.id = notice.unit''',
    'messages': '''SELECT unit.code, asOf, recipient FROM message JOIN notice ON notice.id = message.notice
                   JOIN unit ON unit.id = notice.unit''',
}
LAST = '''FROM message LEFT JOIN delivery ON delivery.id =
          (SELECT max(id) FROM delivery WHERE delivery.message = message.id)'''


def make_clock(folder):
    """The library that moves the clock of a process."""
    library = os.path.join(folder, 'clock.so')
    compiler = shutil.which('clang') or 'cc'
    subprocess.run([compiler, '-O2', '-shared', '-fPIC', '-o', library, os.path.join(HERE, 'clock.c')], check=True)
    return library


def seconds_from_now(moment):
    """Until that moment by the office's clock; negative: it was."""
    there = datetime.datetime.fromisoformat(moment + '+08:00')
    return round(there.timestamp() - time.time())


class Office:
    """An office in a folder of its own, whose processes have a clock that is made up."""

    def __init__(self, program, folder, original=None):
        self.program, self.folder = program, folder
        self.clock = os.path.join(os.path.dirname(folder), 'clock.so')
        if original:
            shutil.copytree(original, folder)
        else:
            os.makedirs(folder)
        self.database = os.path.join(folder, 'office.sqlite')
        self.mail = None
        self.started = 0
        self.running = []

    def environment(self, now):
        environment = dict(os.environ, DUNWELL_DB=self.database, DUNWELL_LANGUAGE='en', TZ='Asia/Shanghai')
        if now:
            environment.update(LD_PRELOAD=self.clock, CLOCK_OFFSET=str(seconds_from_now(now)))
        if self.mail:
            environment['DUNWELL_SMTP_URL'] = f'smtp://127.0.0.1:{self.mail.port}'
        return environment

    def call(self, *words, now=None, status=(0,)):
        done = subprocess.run([self.program, *words], cwd=self.folder, env=self.environment(now), text=True,
                              capture_output=True)
        if done.returncode not in status:
            raise Broken(f'{" ".join(words)}: status {done.returncode}: {done.stderr.strip()}')
        return done.stdout

    def start(self, words, now):
        """A process that runs beside, with what it says in a file."""
        self.started += 1
        with open(os.path.join(self.folder, f'log-{self.started:03}'), 'w') as log:
            process = subprocess.Popen([self.program, *words], cwd=self.folder, env=self.environment(now), stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL)
        process.log = log.name
        self.running.append(process)
        return process

    def serve(self, now):
        return self.start(['serve', '--listen', '127.0.0.1:0', '--morning', str(HOUR)], now)

    def daily(self, day, now):
        return self.start(['daily', '--as-of', day], now)

    def end(self, how=signal.SIGKILL):
        for process in self.running:
            process.send_signal(how)
        for process in self.running:
            process.wait()
        self.running = []

    def rows(self, sql):
        """By a connection that waits for whoever writes."""
        books = sqlite3.connect(f'file:{self.database}?mode=rw', uri=True, timeout=PATIENCE)
        try:
            return books.execute(sql).fetchall()
        finally:
            books.close()

    def effects(self):
        return {name: collections.Counter(self.rows(sql)) for name, sql in EFFECTS.items()}

    def mornings(self, by=None):
        """By day: how often it was noted that its morning was made."""
        notes = self.rows("SELECT detail, byWhom FROM act WHERE kind = 'daily'")
        return collections.Counter(day for day, staff in notes if by in (None, staff))

    def states(self):
        """By state: the messages."""
        states = collections.defaultdict(set)
        for message, state in self.rows(f"SELECT message.id, ifnull(state, 'queued') {LAST}"):
            states[state].add(message)
        return states

    def wait(self, what, happened):
        """Until it has happened, while the processes live."""
        end = time.monotonic() + PATIENCE
        while not happened():
            gone = [process for process in self.running if process.poll() is not None]
            if gone:
                with open(gone[0].log) as log:
                    raise Broken(f'{what}: a server ended by itself: {log.read()[-800:]}')
            if time.monotonic() > end:
                raise Broken(f'{what}: not within {PATIENCE} s')
            time.sleep(0.05)


def make_original(program, folder):
    office = Office(program, folder)
    office.call('sample', 'community', '--units', '24', '--seed', '5')
    office.call('import', 'community')
    office.call('run', '2026-11', '--as-of', '2026-11-05')


# ---- What has to be

def be_sound(office, reference, day):
    """At any moment: nothing doubled, nothing half."""
    if office.rows('PRAGMA integrity_check') != [('ok',)]:
        raise Broken('the database is not sound')
    for name, found in office.effects().items():
        more = found - reference[name]
        if more:
            raise Broken(f'{day}: {name} that an undisturbed morning does not make: {dict(more)}')
    if max(office.mornings('dunwell serve').values(), default=0) > 1:
        raise Broken(f'servers made a morning more than once: {office.mornings()}')


def be_complete(office, reference, day):
    be_sound(office, reference, day)
    for name, found in office.effects().items():
        if found != reference[name]:
            raise Broken(f'{day}: {name} are missing: {dict(reference[name] - found)}')
    if not office.mornings()[day]:
        raise Broken(f'{day}: no note of the morning')
    if set(office.states()) - {'accepted', 'in_doubt'}:
        raise Broken(f'{day}: messages still wait: {dict(office.states())}')
    # Once more, to see only: there is nothing left to do.
    again = json.loads(office.call('daily', '--as-of', day, '--dry-run', '--format', 'json', now=f'{day} 09:00:00'))
    left = {name: again[name] for name in ('charges_issued', 'bills', 'letters', 'emails_queued', 'waiting')}
    if any(left.values()) or any(again['notices'].values()):
        raise Broken(f'{day}: another morning would do more: {again}')


def be_delivered(office, taken):
    """Each message once; of those in doubt, once at most."""
    counts = collections.Counter(taken)
    known = {sha256: message for message, sha256 in office.rows('SELECT message, sha256 FROM messageBody')}
    if set(counts) - set(known):
        raise Broken('the mail server took over what is no message of the office')
    states = office.states()
    for sha256, message in known.items():
        if counts[sha256] > 1:
            raise Broken(f'message {message} went out {counts[sha256]} times')
        if message in states['accepted'] and not counts[sha256]:
            raise Broken(f'message {message} is called accepted, and was never taken over')
    return len(states['accepted']), len(states['in_doubt'])


# ---- A day

def stay_quiet(office, day):
    """Before the hour a server that is up does nothing of the morning."""
    lock = office.database + '.daily-lock'
    if os.path.exists(lock):
        os.remove(lock)
    before = office.effects(), office.mornings()
    office.serve(f'{day} 05:40:00')
    # It has looked at the clock once it took the lock; told to stop, it ends what is under way.
    office.wait('the first look at the clock', lambda: os.path.exists(lock))
    office.end(signal.SIGTERM)
    if (office.effects(), office.mornings()) != before:
        raise Broken(f'{day}: something of the morning was done before its hour')


def disturb(office, day, reference, dice, kills, longest):
    """Servers and the timer, killed and started again."""
    for kill in range(kills):
        now = f'{day} 06:{kill:02}:00'
        for starter in dice.choice((
                [office.serve], [office.serve, office.serve],
                [office.serve, lambda when: office.daily(day, when)])):
            starter(now)
        time.sleep(dice.uniform(0, longest))
        if len(office.running) > 1 and dice.random() < 0.5:
            dice.shuffle(office.running)
            first = office.running[0]
            first.kill()
            time.sleep(dice.uniform(0, longest / 2))
        office.end()
        be_sound(office, reference, day)


def finish(office, day):
    office.serve(f'{day} 07:00:00')
    office.wait(f'the morning of {day}', lambda: office.mornings()[day])
    office.wait(f'the mail of {day}', lambda: not set(office.states()) - {'accepted', 'in_doubt'})
    office.end(signal.SIGTERM)


def undisturbed(program, folder, original):
    """By day: what a morning leaves; and how long it takes from the server's start to its last mail."""
    office = Office(program, folder, original)
    office.mail = Server({})
    references, longest = {}, 0
    for day in DAYS:
        begun = time.monotonic()
        finish(office, day)
        longest = max(longest, time.monotonic() - begun)
        references[day] = office.effects()
    be_delivered(office, office.mail.end()[0])
    for name in EFFECTS:
        if not references[DAYS[1]][name]:
            raise Broken(f'the sample has no {name}')
    return references, longest


def disturbed(program, folder, original, references, dice, kills, longest):
    office = Office(program, folder, original)
    office.mail = Server({})
    try:
        for day in DAYS:
            stay_quiet(office, day)
            disturb(office, day, references[day], dice, kills, longest)
            finish(office, day)
            be_complete(office, references[day], day)
        taken, office.mail = office.mail.end()[0], None
        accepted, in_doubt = be_delivered(office, taken)
        print(f'{len(DAYS)} mornings, {office.started} processes, {2 * kills} kills; notes of a morning '
              f'{dict(office.mornings())}; {accepted} messages accepted, {in_doubt} in doubt', flush=True)
    finally:
        office.end()
        if office.mail:
            office.mail.end()


def lived_through(program, folder, original, references):
    """A server that is up before the hour makes the morning when it comes, at its next look at the clock."""
    day = DAYS[0]
    office = Office(program, folder, original)
    office.mail = Server({})
    try:
        office.serve(f'{day} 05:59:50')
        office.wait('its morning', lambda: office.mornings()[day])
        office.wait('its mail', lambda: not set(office.states()) - {'accepted', 'in_doubt'})
        office.end(signal.SIGTERM)
        be_complete(office, references[day], day)
        print('a server that lived through the hour made its morning', flush=True)
    finally:
        office.end()
        be_delivered(office, office.mail.end()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--rounds', type=int, default=1)
    parser.add_argument('--kills', type=int, default=4, help='a day')
    parser.add_argument('--hour', action='store_true')
    parser.add_argument('--seed', type=int, default=20261122)
    options = parser.parse_args()
    program = os.path.abspath(options.dunwell)
    os.environ.setdefault('DUNWELL_TEMPLATES', os.path.normpath(os.path.join(HERE, '../../templates/notices')))
    os.environ.setdefault('DUNWELL_PAGES', os.path.normpath(os.path.join(HERE, '../../templates/pages')))
    scratch = tempfile.mkdtemp(prefix='dunwell-mornings-')
    make_clock(scratch)
    original = os.path.join(scratch, 'original')
    make_original(program, original)
    references, longest = undisturbed(program, os.path.join(scratch, 'undisturbed'), original)
    print(f'an undisturbed morning takes up to {longest:.1f} s', flush=True)
    rounds = [(f'round {number}', lambda folder, number=number: disturbed(
        program, folder, original, references, random.Random(f'{options.seed} {number}'), options.kills, longest))
        for number in range(options.rounds)]
    if options.hour:
        rounds.append(('the hour', lambda folder: lived_through(program, folder, original, references)))
    failed = 0
    for name, make in rounds:
        folder = os.path.join(scratch, name.replace(' ', '-'))
        try:
            make(folder)
            shutil.rmtree(folder)
        except Broken as problem:
            failed += 1
            print(f'{name}, seed {options.seed}: {problem}\nkept: {folder}', flush=True)
    if not failed:
        shutil.rmtree(scratch)
    print(f'{len(rounds) - failed} passed, {failed} failed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
