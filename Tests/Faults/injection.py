"""Runs a command under strace, counts the calls with which it writes, and makes one of them fail.

strace counts the calls of each kind by themselves, so that a point is a call and its number among
its kind. A call killed is not done. A disk that stays full is injected by path, so that messages
to standard error get through; files named by a hash are then left out.
"""
import dataclasses
import os
import re
import subprocess

DATA = ('write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'sendfile', 'copy_file_range',
        'fallocate', 'mkdir', 'mkdirat', 'link', 'linkat', 'fsync', 'fdatasync')
OTHERS = ('ftruncate', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir')
OPENING = ('openat',)
ALL = DATA + OTHERS + OPENING
LIMIT = 900             # seconds until a command counts as hanging
CALL = re.compile(r'^(\d+) +(\w+)\((.*)')
DESCRIPTOR = re.compile(r'^\d+<([^>]*)>')
NAMED = re.compile(r'^(?:[^"]*, )?"((?:[^"\\]|\\.)*)"')
HASH = re.compile(r'[0-9a-f]{64}')
OUT, ERR, LOG = 'stdout', 'stderr', 'strace.log'


@dataclasses.dataclass(frozen=True)
class Point:
    """One call that writes."""
    index: int          # from 1, among all
    call: str
    number: int         # from 1, among the calls of this kind
    path: str           # as far as it is the same in every run
    earlier: tuple      # how many calls of each kind of DATA and OTHERS came before
    opened: int = 0     # of an opening: its number among those of this very path; 0: the path is another in each run


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a command ended."""
    status: int
    out: bytes
    err: str
    hit: bool = False


def environment(folder):
    os.makedirs(os.path.join(folder, 'tmp'), exist_ok=True)
    return dict(os.environ, DUNWELL_DB='books.sqlite', DUNWELL_LANGUAGE='en', USER='tester',
                SQLITE_TMPDIR=os.path.join(folder, 'tmp'), TMPDIR=os.path.join(folder, 'tmp'))


def start(command, folder, name=''):
    """A process with its outputs in files of the folder."""
    with open(os.path.join(folder, OUT + name), 'wb') as out, \
            open(os.path.join(folder, ERR + name), 'wb') as err:
        return subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=out,
                                stderr=err, stdin=subprocess.DEVNULL)


def ended(process, folder, name=''):
    """Waits for the process; one that hangs is killed and ends with status None."""
    try:
        status = process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = None
    with open(os.path.join(folder, OUT + name), 'rb') as out, \
            open(os.path.join(folder, ERR + name), 'rb') as err:
        return Ended(status, out.read(), err.read().decode(errors='replace'))


def call(command, folder):
    return ended(start(command, folder), folder)


def traced(command, folder, options=(), calls=ALL):
    """Runs the command under strace; the trace is in the folder."""
    return call(['strace', '-f', '-e', 'quiet=all', '-y', '-o', LOG,
                 '-e', 'trace=' + ','.join(calls), *options, *command], folder)


def trace_of(folder):
    with open(os.path.join(folder, LOG), encoding='utf-8', errors='replace') as log:
        return log.read()


def points_of(folder):
    """The points of the trace in the folder, in order; of the main thread alone."""
    points, counts, opened, main = [], {}, {}, None
    for line in trace_of(folder).splitlines():
        found = CALL.match(line)
        if not found or main not in (None, found[1]):
            continue
        main, name, rest = found.groups()
        counts[name] = counts.get(name, 0) + 1
        path = path_in(rest, folder)
        opened[path] = opened.get(path, 0) + (name in OPENING)
        if name in OPENING and 'O_CREAT' not in rest or path == '/dev/null':
            continue
        earlier = tuple((each, counts.get(each, 0) - (each == name)) for each in DATA + OTHERS)
        by_itself = name in OPENING and is_stable(path)
        points.append(Point(len(points) + 1, name, counts[name], path, earlier, opened[path] if by_itself else 0))
    return points


def path_in(rest, folder):
    """What a call works on, seen from the folder; a hash in it is not the same in every run."""
    found = DESCRIPTOR.match(rest) or NAMED.search(rest)
    path = found[1] if found else ''
    if path == folder or path.startswith(folder + '/'):
        path = os.path.relpath(path, folder)
    return HASH.sub('HASH', path)


def paths_to_fill(points):
    """The paths that a disk that stays full is injected by."""
    return sorted({point.path for point in points if point.path != ERR and is_stable(point.path)})


def is_stable(path):
    """Whether it is the same in every run, seen from the folder."""
    return path != '' and 'HASH' not in path and not path.startswith(('tmp/', '/'))


def by_path(paths, folder):
    """Options by which strace sees calls on these paths alone, absolute or as the command says."""
    return [option for path in paths
            for option in ('-P', path, '-P', os.path.normpath(os.path.join(folder, path)))]


def kill(point):
    return [point.call], [f'inject={point.call}:signal=KILL:when={point.opened or point.number}']


def fail(point, error):
    return [point.call], [f'inject={point.call}:error={error}:when={point.opened or point.number}']


def stay_failing(point, error):
    """From the point on every call that needs room fails; with EIO, every call that writes."""
    calls = DATA if error == 'ENOSPC' else DATA + OTHERS
    earlier = dict(point.earlier)
    return list(calls), [f'inject={each}:error={error}:when={earlier[each] + 1}+'
                         for each in calls]


def injected(command, folder, point, kind, paths):
    """Runs the command with one fault: `kill`, `full`, `eio`, `full+` or `eio+`."""
    error = 'EIO' if kind.startswith('eio') or point.call.startswith('unlink') else 'ENOSPC'
    if kind == 'kill':
        calls, faults = kill(point)
    elif kind.endswith('+'):
        calls, faults = stay_failing(point, error)
    else:
        calls, faults = fail(point, error)
    # strace 6.1 does not send its signals with --seccomp-bpf.
    # How many files a command opens before its own differs from run to run: those of one path do not.
    seen = paths if kind.endswith('+') else [point.path] if point.opened else []
    options = by_path(seen, folder)
    options += ['--seccomp-bpf'] if kind != 'kill' else []
    for each in faults:
        options += ['-e', each]
    end = traced(command, folder, options, calls)
    return dataclasses.replace(end, hit=was_hit(end, folder, point, kind))


def was_hit(end, folder, point, kind):
    """Whether the fault came where it was meant to: the command may have taken another way."""
    if kind == 'kill':
        lines = trace_of(folder).splitlines()
        return end.status == -9 and bool(lines) and (
            point.call not in OPENING
            or any('O_CREAT' in line and line.endswith('= ?') for line in lines))
    lines = [line for line in trace_of(folder).splitlines() if '(INJECTED)' in line]
    return bool(lines) and (point.call not in OPENING or 'O_CREAT' in lines[0])
