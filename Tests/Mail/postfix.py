#!/usr/bin/env python3
"""A Postfix of one's own on loopback, for tests: real deliveries, and real bounces.

    with Postfix(folder, mailboxes=['a01@example.com']) as server:    # or .start() and .stop()
        smtplib.SMTP('127.0.0.1', server.port).sendmail(server.office, 'a01@example.com', …)
        server.settle()
        server.messages('a01@example.com')   # [bytes], oldest first

Postfix(FOLDER, mailboxes=[…], office='office@example.com', refuses_unknown=False, settings={…})
  FOLDER       is made where it is missing, and holds all of it: configuration, queue, data, log,
               mail. Nothing outside is read or written, so several can run beside each other and
               beside the machine's own (folders above it are opened for passing
               through, as a temporary one is not). Removing it is left to the caller, after stop(). Keep its
               path short (60 characters): sockets stand in it.
  mailboxes    the addresses that exist, beside `office`; any number, in any domains
  office       a mailbox too: the sender's, to which DSNs go
  refuses_unknown  other addresses in these domains are refused at RCPT (550 5.1.1). By default
               they are taken, and a real DSN goes to the sender.
  settings     {name: value} of main.cf, in place of ours

.port          where it takes mail, 127.0.0.1, in clear and without a login; another after a start()
               that found it taken
.mailboxes     the addresses that exist, `office` included
.maildir(ADDRESS)   the folder with new/, cur/ and tmp/ of one of them; it need not be there yet
.messages(ADDRESS)  the bytes of what was delivered there, each begins with Delivered-To
.bounces       the same for `office`
.settle(seconds=900) waits until all that was taken is delivered, bounced or deferred
.kill()        as if the power went: kill -9 of master and all that it started. start() goes on
.log           the path of its log

Other addresses in the domains of the mailboxes bounce with 5.1.1. Beside them there are
  ANY@full.example.com     a mailbox that is full: bounces at once, 5.2.2
  ANY@slow.example.com     cannot be reached: a DSN says `delayed` at once, 4.4.1; another says
                           `failed` once settings={'maximal_queue_lifetime': '3s'} is over
  ANY@refused.example.com  refused as spam: bounces at once, 5.7.1
Everything else bounces with 5.4.4: no mail leaves this machine.

Wants Debian's postfix, and root: Postfix changes to users of its own. Whoever runs this file gets
a server until Ctrl-C.
"""
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

MASTER = """\
{port}   inet  n - n - 50 smtpd
pickup   unix  n - n 60 1 pickup
cleanup  unix  n - n - 0 cleanup
qmgr     unix  n - n 300 1 qmgr
rewrite  unix  - - n - - trivial-rewrite
bounce   unix  - - n - 0 bounce
defer    unix  - - n - 0 bounce
trace    unix  - - n - 0 bounce
verify   unix  - - n - 1 verify
flush    unix  n - n 1000? 0 flush
proxymap unix  - - n - - proxymap
smtp     unix  - - n - - smtp
showq    unix  n - n - - showq
error    unix  - - n - - error
retry    unix  - - n - - error
discard  unix  - - n - - discard
virtual  unix  - n n - - virtual
anvil    unix  - - n - 1 anvil
scache   unix  - - n - 1 scache
postlog  unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
default_privs = nobody
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
myorigin = mail.example.com
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
biff = no
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = {refuses}
smtpd_client_connection_count_limit = 0
smtpd_banner = mail.example.com ESMTP {banner}
in_flow_delay = 0
enable_long_queue_ids = yes
notify_classes =
default_transport = error:5.4.4 nothing leaves this machine
relay_transport = error:5.4.4 nothing leaves this machine
smtp_dns_support_level = disabled
transport_maps = texthash:{folder}/etc/transport
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_mailbox_limit = 2000000
message_size_limit = 1900000
mailbox_size_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
maximal_queue_lifetime = 1d
bounce_queue_lifetime = 1d
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 5s
smtp_connect_timeout = 5s
transport_retry_time = 1s
service_throttle_time = 1s
"""

TRANSPORT = """\
slow.example.com     smtp:[127.0.0.1]:1
refused.example.com  error:5.7.1 Message refused: it looks like spam
"""


PATIENCE = 300   # seconds for a start, on a machine that has much else to do


def free_ports(count):
    """Ports of loopback that nobody has now: below those that the machine gives to outgoing connections."""
    probes = []
    try:
        while len(probes) < count:
            probe = socket.socket()
            try:
                probe.bind(('127.0.0.1', random.SystemRandom().randrange(10_000, 32_000)))
                probes.append(probe)
            except OSError:
                probe.close()
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Postfix:
    def __init__(self, folder, mailboxes=(), office='office@example.com', refuses_unknown=False,
                 settings=None):
        self.folder = os.path.abspath(folder)
        self.office = office
        self.mailboxes = [office, *(address for address in mailboxes if address != office)]
        self.log = self.folder + '/log'
        self.banner = secrets.token_hex(8)   # whoever else may answer at the port does not know it
        self.port = free_ports(1)[0]
        self._configure(refuses_unknown, settings or {})

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # Folders and settings

    def _open_the_way(self):
        """Its processes run as users of their own; a temporary folder is its maker's alone."""
        folder = self.folder
        while folder != '/':
            folder = os.path.dirname(folder)
            mode = os.stat(folder).st_mode & 0o7777
            if not mode & 0o001:
                os.chmod(folder, mode | 0o011)

    def _configure(self, refuses_unknown, settings):
        nobody, postfix = pwd.getpwnam('nobody'), pwd.getpwnam('postfix')
        for name in ('', '/etc', '/queue', '/data', '/mail'):
            os.makedirs(self.folder + name, exist_ok=True)
            os.chmod(self.folder + name, 0o755)
        self._open_the_way()
        os.chown(self.folder + '/data', postfix.pw_uid, postfix.pw_gid)
        os.chown(self.folder + '/mail', nobody.pw_uid, nobody.pw_gid)
        full = self.folder + '/mail/full'
        with open(full, 'wb') as file:
            file.write(b'From x\n\n' + b'full\n' * 399_998)
        os.chown(full, nobody.pw_uid, nobody.pw_gid)
        # After a kill, `postfix check` says what it found as the user `postfix`, into this log.
        with open(self.log, 'ab'):
            os.chown(self.log, postfix.pw_uid, postfix.pw_gid)
        domains = {address.split('@')[1] for address in self.mailboxes} | {'full.example.com'}
        ours = MAIN.format(
            folder=self.folder, uid=nobody.pw_uid, gid=nobody.pw_gid, banner=self.banner,
            refuses='yes' if refuses_unknown else 'no', domains=' '.join(sorted(domains)))
        lines = dict(line.split(' =', 1) for line in ours.splitlines())
        lines.update((name, f' {value}') for name, value in settings.items())
        self._write('main.cf', ''.join(f'{name} ={value}\n' for name, value in lines.items()))
        self._write('master.cf', MASTER.format(port=self.port))
        self._write('transport', TRANSPORT)
        self._write('mailboxes', ''.join(f'{address} {self._place(address)}/\n'
                                         for address in self.mailboxes)
                    + '@full.example.com full\n')

    def _write(self, name, text):
        with open(f'{self.folder}/etc/{name}', 'w', encoding='utf-8') as file:
            file.write(text)

    @staticmethod
    def _place(address):
        name, domain = address.lower().split('@')
        return f'{domain}/{name}'

    # Running

    def start(self):
        until = time.monotonic() + PATIENCE
        self._call('check', until)
        while time.monotonic() < until:
            self._call('start', until)
            while time.monotonic() < until and self._master() is not None:
                if self._answers():
                    return
                time.sleep(0.1)
            if 'in use' not in self._said():
                break
            # Somebody was given the port since it was looked for.
            self.port = free_ports(1)[0]
            self._write('master.cf', MASTER.format(port=self.port))
        self.stop()
        raise RuntimeError('Postfix does not answer:\n' + self._said())

    def _answers(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 10) as connection:
                with connection.makefile('rb') as lines:
                    return self.banner.encode() in lines.readline()
        except OSError:   # refused; reset by one whose first process was not ready; out of time
            return False

    def stop(self):
        if self._master() is not None:
            self._call('stop')
        for _ in range(100):
            if self._master() is None:
                return
            time.sleep(0.05)
        self.kill()

    def kill(self):
        """The master is stopped first, or it would start others while its processes are killed: one
        that outlives it keeps its locks from the next master's, and mail waits for minutes."""
        master = self._master()
        if master is None:
            return
        os.kill(master, signal.SIGSTOP)
        killed = self._children(master) + [master]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)   # each is there, or a zombie of the stopped master's
        while any(self._lives(pid) for pid in killed):
            time.sleep(0.02)

    @staticmethod
    def _lives(pid):
        try:
            with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
                return file.read().rpartition(')')[2].split()[0] != 'Z'
        except OSError:
            return False

    def _call(self, command, until=None):
        """Called again until it succeeds: after a kill, locks and files that were half-written may be in its way.
        Without `until` it may fail."""
        while True:
            done = subprocess.run(['postfix', '-c', self.folder + '/etc', command], capture_output=True, text=True)
            if done.returncode == 0 or until is None:
                return
            if command == 'start' and self._master() is not None:
                return
            if time.monotonic() > until:
                raise RuntimeError(f'postfix {command}: {done.stdout}{done.stderr}\n{self._said()}')
            time.sleep(0.5)

    def _master(self):
        """The process of its master, which holds its pid file locked while it lives."""
        try:
            with open(self.folder + '/queue/pid/master.pid', encoding='ascii') as file:
                pid = int(file.read())
            with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
                state = file.read().rpartition(')')[2].split()[0]
            return pid if state != 'Z' and self._is_ours(pid) else None
        except (OSError, ValueError):
            return None

    def _is_ours(self, pid):
        with open(f'/proc/{pid}/environ', 'rb') as file:
            return f'MAIL_CONFIG={self.folder}/etc'.encode() in file.read().split(b'\0')

    @staticmethod
    def _children(master):
        found = []
        for name in os.listdir('/proc'):
            if name.isdigit():
                try:
                    with open(f'/proc/{name}/stat', encoding='ascii', errors='replace') as file:
                        if file.read().rpartition(')')[2].split()[1] == str(master):
                            found.append(int(name))
                except OSError:
                    pass
        return found

    # What became of the mail

    def maildir(self, address):
        return f'{self.folder}/mail/{self._place(address)}'

    def messages(self, address):
        found = []
        for part in ('new', 'cur'):
            folder = f'{self.maildir(address)}/{part}'
            names = os.listdir(folder) if os.path.isdir(folder) else []
            found += [f'{folder}/{name}' for name in names]
        found.sort(key=lambda path: (os.stat(path).st_mtime_ns, path))
        contents = []
        for path in found:
            with open(path, 'rb') as file:
                contents.append(file.read())
        return contents

    @property
    def bounces(self):
        return self.messages(self.office)

    def _waiting(self):
        """Whole messages in the queue: one that was cut off when taken is not executable, and no mail."""
        count = 0
        for part in ('maildrop', 'incoming', 'active'):
            for folder, _, names in os.walk(f'{self.folder}/queue/{part}'):
                for name in names:
                    try:
                        count += os.stat(f'{folder}/{name}').st_mode >> 6 & 1
                    except FileNotFoundError:
                        pass
        return count

    def _said(self):
        queue = subprocess.run(['find', self.folder + '/queue', '-type', 'f', '-path', '*/[a-d]*/*', '-ls'],
                               capture_output=True, text=True).stdout
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return queue + ''.join(file.readlines()[-60:])

    def settle(self, seconds=900, office=0):
        """Three looks in a row must find nothing, since a DSN enters the queue as its cause leaves it; and so many
        mails lie in the office's mailbox."""
        until = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:
            quiet = 0 if self._waiting() or len(self.bounces) < office else quiet + 1
            if time.monotonic() > until:
                raise RuntimeError('mail still waits:\n' + self._said())
            time.sleep(0.1)


def main():
    folder = tempfile.mkdtemp()
    server = Postfix(folder, mailboxes=sys.argv[1:])
    server.start()
    print(f'127.0.0.1:{server.port} {folder}', flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
