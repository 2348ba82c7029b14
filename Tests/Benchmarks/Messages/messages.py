#!/usr/bin/env python3
"""Messages a second, beside Python's `email` builder, in the same run on the same texts.

usage: messages.py [--seconds 3] [--rounds 3]

Builds the benchmark in release. `wording` turns figures into text and HTML by the templates, `mime`
makes the bytes of a mail of them, `both` is what composing a message takes without the database;
`letter` draws the PDF of a notice that asks for a signature. Python is given the finished texts: it
does what `mime` does. The machine may be busy: the best of the rounds counts, and only ratios tell.
"""
import argparse
import email.message
import email.policy
import email.utils
import json
import os
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
STAMP = email.utils.parsedate_to_datetime('Sat, 21 Nov 2026 08:00:00 +0000')


def build(texts):
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail['From'] = email.utils.formataddr((texts['from'], 'office@example.com'))
    mail['To'] = email.utils.formataddr((texts['to'], 'a01@example.com'))
    mail['Reply-To'] = '<office@example.com>'
    mail['Date'] = STAMP
    mail['Message-ID'] = '<FL-202612-00037-4.1@example.com>'
    mail['Subject'] = texts['subject']
    mail['Auto-Submitted'] = 'auto-generated'
    mail.set_content(texts['text'], cte='base64')
    mail.add_alternative(texts['html'], subtype='html', cte='base64')
    return mail.as_bytes()


def python_rate(folder, seconds):
    texts = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='utf-8') as file:
            texts.append(json.load(file))
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        for each in texts:
            build(each)
        count += len(texts)
    return count / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=float, default=3)
    parser.add_argument('--rounds', type=int, default=3)
    asked = parser.parse_args()
    subprocess.run(['swift', 'build', '--configuration', 'release', '--product', 'MessageBenchmark'],
                   cwd=ROOT, check=True)
    exe = os.path.join(ROOT, '.build', 'release', 'MessageBenchmark')
    best, sizes = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(asked.rounds):
            output = subprocess.run(
                [exe, os.path.join(ROOT, 'templates', 'notices'), folder, str(asked.seconds)],
                capture_output=True, text=True, check=True).stdout
            for name, rate, size in (line.split() for line in output.splitlines()):
                best[name] = max(best.get(name, 0), float(rate))
                sizes[name] = int(size)
            best['python'] = max(best.get('python', 0), python_rate(folder, asked.seconds))
    for name in ('wording', 'mime', 'both', 'letter', 'python'):
        ratio = '' if name == 'python' else f'{best[name] / best["python"]:8.1f} times Python'
        print(f'{name:8} {best[name]:10,.0f} a second {ratio}')
    whole = 1 / best['both']
    print(f'of `both`: wording {1 / best["wording"] / whole:.0%}, mime {1 / best["mime"] / whole:.0%}')


if __name__ == '__main__':
    main()
