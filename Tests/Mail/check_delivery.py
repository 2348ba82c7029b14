#!/usr/bin/env python3
"""Delivers messages with a dunwell binary to a server that does wrong at one step (R3 of QUALITY.md), and
kills the sender there; then to one that does right. Nothing is lost, nothing is taken over twice but
what was named in doubt, formal notices in doubt wait for a person, and the counts always add up.

usage: check_delivery.py DUNWELL [--seeds 1] [--quick] [--jobs 4] [--only NAME]

--quick takes a third of the cases. A seed moves the fault to another message and another number of connections. The last line is
`N passed, M failed`; status 1 on any failure. Wants openssl.
"""
import argparse
import concurrent.futures
import csv
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENCRYPTED = ('starttls', 'tls', 'auth', 'secret')
EARLY = ('greeting', 'ehlo') + ENCRYPTED
STEPS = ('greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'body', 'end', 'quit')
ACTIONS = {'drop': 'drop', 'hang': 'hang', '4xx': 'reply 451 4.3.0 later', '5xx': 'reply 550 5.3.0 no',
           'garbage': 'reply hello, who is there', 'slow': None}
STATES = ('queued', 'accepted', 'deferred', 'rejected', 'in_doubt', 'cancelled')
PATIENCE, SILENT = 60, 6   # seconds for a reply; where none comes, they are waited for in full


class Broken(Exception):
    pass


class Server:
    """`smtp_server.py`, with what it heard."""

    def __init__(self, plan):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, 'smtp_server.py'), json.dumps(plan)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def end(self):
        """The hashes of what was taken over, and every line."""
        text, _ = self.process.communicate()
        lines = [line.split(' ', 1)[1] for line in text.splitlines()]
        return [line[6:] for line in lines if line.startswith('TAKEN ')], lines


class Office:
    """A copy of the office that all cases begin with."""

    def __init__(self, original, program, folder):
        self.program, self.folder = program, folder
        shutil.copytree(original, folder)
        self.pid = os.path.join(folder, 'pid')

    def call(self, *arguments, status=(0,)):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode not in status:
            raise Broken(f'{" ".join(arguments)}: status {done.returncode}: {done.stderr.strip()}')
        return done.stdout

    def send(self, server, connections, encrypted=False, patience=PATIENCE):
        place = f'office@localhost:{server.port}' if encrypted else f'127.0.0.1:{server.port}'
        environment = dict(os.environ, DUNWELL_SMTP_PASSWORD_FILE=os.path.join(self.folder, 'password'))
        sender = subprocess.Popen(
            [self.program, 'mail', 'send', '--smtp', 'smtp://' + place, '--timeout', str(patience),
             '--connections', str(connections), '--format', 'json'],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with open(self.pid + '.part', 'w') as file:
            file.write(str(sender.pid))
        os.rename(self.pid + '.part', self.pid)
        output, errors = sender.communicate(timeout=1800)
        os.remove(self.pid)
        return sender.returncode, output, errors

    def states(self):
        """Message → state, once the counts were seen to add up."""
        status = json.loads(self.call('mail', 'status', '--format', 'json'))
        rows = list(csv.DictReader(io.StringIO(self.call('mail', 'list', '--format', 'csv'))))
        if status['created'] != sum(status[state] for state in STATES) or status['created'] != len(rows):
            raise Broken(f'the counts do not add up: {status}, {len(rows)} messages')
        for state in STATES:
            listed = sum(row['state'] == state for row in rows)
            if listed != status[state]:
                raise Broken(f'{listed} listed as {state}, {status[state]} counted')
        return {int(row['message']): row['state'] for row in rows}

    def hashes(self):
        """Hash of a message's bytes → message; of the kept bytes, as they stand in the database."""
        with sqlite3.connect(f'file:{self.folder}/dunwell.sqlite?mode=ro', uri=True) as books:
            return {hashlib.sha256(body).hexdigest(): message
                    for message, body in books.execute('SELECT message, bytes FROM messageBody')}

    def formal(self):
        with sqlite3.connect(f'file:{self.folder}/dunwell.sqlite?mode=ro', uri=True) as books:
            return {message for message, in books.execute(
                'SELECT message.id FROM message JOIN notice ON notice.id = notice WHERE signature = 1')}

    def waits_agree(self):
        """The derived column says what the last row says."""
        with sqlite3.connect(f'file:{self.folder}/dunwell.sqlite?mode=ro', uri=True) as books:
            wrong = list(books.execute("""
                SELECT message.id FROM message LEFT JOIN delivery ON delivery.id =
                  (SELECT max(id) FROM delivery WHERE delivery.message = message.id)
                WHERE waits != (ifnull(state, 'queued') IN ('queued', 'deferred'))"""))
            if wrong or books.execute('PRAGMA integrity_check').fetchone()[0] != 'ok':
                raise Broken(f'the database is not what it says: {wrong}')


def make_original(program, folder):
    """Bills, reminders and formal notices that wait to be sent; an authority that is trusted."""
    os.makedirs(folder)
    run = lambda *words: subprocess.run(words, cwd=folder, check=True, capture_output=True)
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out',
        'certificate.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost')
    run(program, 'sample', 'community', '--units', '14')
    with open(folder + '/community/policy.yaml', 'a') as policy:
        policy.write(f'\nmail:\n  authorities: {folder}/certificate.pem\n')
    with open(folder + '/password', 'w') as file:
        file.write('geheim\n')
    run(program, 'import', 'community')
    run(program, 'run', '2026-11', '--as-of', '2026-11-21')


def plan_of(step, action, seed, original, office):
    """What the server does, over how many connections, and what must become of the affected message."""
    dice = random.Random(f'{step} {action} {seed}')
    connections = 1 if seed == 0 else dice.choice((1, 2, 3))
    plan = {'faults': {}, 'pid': office.pid}
    if action == 'slow':
        plan['pause'] = 0.002
    elif action:
        plan['faults'][step] = ACTIONS.get(action, action)
    if step not in EARLY and step != 'quit' and action != 'slow':
        plan['only'] = dice.randint(1, 6)
    if step in ENCRYPTED:
        plan |= {'tls': 'starttls', 'certificate': original + '/certificate.pem',
                 'key': original + '/key.pem', 'offers': ['AUTH PLAIN LOGIN']}
    return plan, connections


def expected(step, action):
    """How the affected message may stand after the faulty server; nothing: none is affected."""
    # A line without a code in the middle of a body says nothing.
    if action == 'slow' or step == 'quit' or (step, action) == ('body', 'garbage'):
        return ()
    if step in EARLY:
        return ('queued',)
    if action in ('4xx', '5xx'):
        return ({'4xx': 'deferred', '5xx': 'rejected'}[action],)
    # A short body has left before the server is seen to be gone.
    return {'end': ('in_doubt',), 'body': ('deferred', 'in_doubt')}.get(step, ('deferred',))


def judge_faulty(step, action, status, states, errors):
    """Raises where the states after the faulty server are not as the step and the fault say."""
    affected = [state for state in states.values() if state != 'accepted']
    wanted = expected(step, action)
    if not wanted:
        good = not affected and status == 0
    elif wanted == ('queued',):
        good = set(states.values()) == {'queued'} and status == 1 and errors
    else:
        good = len(affected) == 1 and affected[0] in wanted and status == 1
    if not good:
        raise Broken(f'status {status}, {sorted(states.values())}, expected {wanted}: {errors.strip()}')


def settle(office, before, taken):
    """Sends the rest to a server that does right; then nothing is lost, and nothing is twice unnamed."""
    formal, hashes = office.formal(), office.hashes()
    in_doubt = {message for message, state in before.items() if state == 'in_doubt'}
    named = {hashes[one] for one in taken} if taken else set()
    if len(set(taken)) != len(taken):
        raise Broken('taken over twice in one pass')
    accepted = {message for message, state in before.items() if state == 'accepted'}
    if not accepted <= named:
        raise Broken(f'accepted, and never taken over: {sorted(accepted - named)}')
    if not named <= accepted | in_doubt:
        raise Broken(f'taken over, and known as {[before[one] for one in named - accepted - in_doubt]}')
    office.call('mail', 'retry')
    server = Server({})
    status, output, errors = office.send(server, 1)
    again, _ = server.end()
    after, hashes = office.states(), office.hashes()
    waiting = {message for message, state in after.items() if state not in ('accepted', 'rejected')}
    if status != 0 or waiting != in_doubt & formal:
        raise Broken(f'after the good server: status {status}, {sorted(waiting)} wait: {output} {errors}')
    again = [hashes[one] for one in again]
    if len(set(again)) != len(again) or set(again) & accepted or set(again) & (in_doubt & formal):
        raise Broken('sent again though it was known, or for a person to decide')
    lost = set(after) - named - set(again) - {one for one in after if after[one] == 'rejected'}
    if lost - in_doubt:
        raise Broken(f'lost: {sorted(lost)}')
    twice = named & set(again)
    if not twice <= in_doubt:
        raise Broken(f'twice, and not named in doubt: {sorted(twice - in_doubt)}')
    for message in waiting:
        office.call('mail', 'resolve', str(message), '--cancel', '--reason', 'test')
    office.states()
    office.waits_agree()


def run_case(case, program, original, scratch):
    step, action, seed = case
    name = f'{step} {action} {seed}'
    office = Office(original, program, os.path.join(scratch, name.replace(' ', '-')))
    try:
        plan, connections = plan_of(step, action, seed, original, office)
        server = Server(plan)
        status, _, errors = office.send(server, connections, step in ENCRYPTED,
                                        SILENT if action in ('hang', 'garbage') else PATIENCE)
        taken, lines = server.end()
        if any('geheim' in line for line in lines if not line.startswith('AUTH')):
            raise Broken('the password in clear')
        states = office.states()
        if action in ('kill', 'killed'):
            if status != -9 and not (step == 'quit' or action == 'killed'):
                raise Broken(f'the sender was not killed: {status}')
            doubtful = sum(state == 'in_doubt' for state in states.values())
            if doubtful > connections:
                raise Broken(f'{doubtful} in doubt over {connections} connections')
        else:
            judge_faulty(step, action, status, states, errors)
        settle(office, states, taken)
    except (Broken, subprocess.TimeoutExpired, json.JSONDecodeError) as problem:
        return f'{name}: {problem}'
    shutil.rmtree(office.folder)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('dunwell')
    parser.add_argument('--seeds', type=int, default=1)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--jobs', type=int, default=4)
    parser.add_argument('--only', default='')
    arguments = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix='dunwell-delivery-')
    program, original = os.path.abspath(arguments.dunwell), scratch + '/original'
    os.environ.setdefault('DUNWELL_TEMPLATES', os.path.join(HERE, '..', '..', 'templates', 'notices'))
    make_original(program, original)
    cases = [(step, action, seed) for seed in range(arguments.seeds) for step in STEPS for action in ACTIONS]
    # Three killed messages for each step that has one, before the reply and after it.
    cases += [(step, action, 3 * seed + part) for seed in range(arguments.seeds) for step in STEPS
              for action in ('kill', 'killed') for part in range(3)]
    if arguments.quick:
        cases = [case for case in cases if case[1] in ('drop', '5xx') or case[1][:4] == 'kill' and case[2] == 0]
    cases = [case for case in cases if ' '.join(map(str, case)).startswith(arguments.only)]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda case: run_case(case, program, original, scratch), cases))
    problems = [problem for problem in results if problem]
    for problem in problems:
        print(problem)
    if problems:
        print(f'kept: {scratch}')
    else:
        shutil.rmtree(scratch)
    print(f'{len(cases) - len(problems)} passed, {len(problems)} failed')
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
