#!/usr/bin/env python3
"""A Dovecot of one's own on loopback, for tests: IMAP to a maildir.

    with Dovecot(folder, maildir) as server:
        … f'imap://{server.user.replace("@", "%40")}@127.0.0.1:{server.port}/INBOX', server.password

Dovecot(FOLDER, MAILDIR, tls=False)
  FOLDER   is made where it is missing, and holds configuration, sockets and log. Keep its path short.
  MAILDIR  what the one user's INBOX is
  tls      on another port, .tls_port, IMAPS with a certificate made for 127.0.0.1 (.certificate)
.port, .user, .password, .log

Wants Debian's dovecot-imapd, and root or nobody else: processes run as whoever starts it.
"""
import grp
import os
import pwd
import signal
import secrets
import socket
import subprocess
import time

from postfix import PATIENCE, free_ports

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = test
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
login_greeting = {greeting}
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
mail_location = maildir:{maildir}:INDEX={folder}/index:CONTROL={folder}/control
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/home allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot:
    user = 'office@example.com'
    password = 'not "simple" \\ 密码'

    def __init__(self, folder, maildir, tls=False):
        self.folder = os.path.abspath(folder)
        self.log = self.folder + '/log'
        self.certificate = self.folder + '/certificate.pem'
        self.maildir, self.has_tls = os.path.abspath(maildir), tls
        self.greeting = secrets.token_hex(8)   # whoever else may answer at the port does not know it
        owner = os.stat(maildir)
        for name in ('', '/home', '/index', '/control'):
            os.makedirs(self.folder + name, exist_ok=True)
            os.chown(self.folder + name, owner.st_uid, owner.st_gid)
            os.chmod(self.folder + name, 0o755)
        key = self.folder + '/key.pem'
        if tls:
            subprocess.run(
                ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                 '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
                 '-keyout', key, '-out', self.certificate], check=True, capture_output=True)
        with open(self.folder + '/users', 'w', encoding='utf-8') as file:
            # Fields end at a colon.
            file.write(f'{self.user}:{{PLAIN}}{self.password}::::::\n')
        self._configure()
        self.process = None

    def _configure(self):
        self.port, spare = free_ports(2)
        self.tls_port = spare if self.has_tls else 0
        owner, nobody = os.stat(self.maildir), pwd.getpwnam('nobody')
        is_root = os.getuid() == 0
        with open(self.folder + '/dovecot.conf', 'w', encoding='utf-8') as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, maildir=self.maildir, port=self.port, tls_port=self.tls_port,
                ssl='yes' if self.has_tls else 'no', greeting=self.greeting,
                certificate=f'ssl_cert = <{self.certificate}\nssl_key = <{self.folder}/key.pem' if self.has_tls else '',
                user='nobody' if is_root else pwd.getpwuid(os.getuid()).pw_name,
                group=grp.getgrgid(nobody.pw_gid if is_root else os.getgid()).gr_name,
                mail_user=owner.st_uid, mail_group=owner.st_gid))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.process = subprocess.Popen(
                ['dovecot', '-F', '-c', self.folder + '/dovecot.conf'],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while time.monotonic() < until and self.process.poll() is None:
                if self._answers():
                    return
                time.sleep(0.1)
            if 'in use' not in self._said():
                break
            # Somebody was given one of the ports since they were looked for.
            self._configure()
        self.stop()
        raise RuntimeError('Dovecot does not answer:\n' + self._said())

    def _answers(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 10) as connection:
                with connection.makefile('rb') as lines:
                    return self.greeting.encode() in lines.readline()
        except OSError:
            return False

    def _said(self):
        if not os.path.exists(self.log):
            return ''
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return ''.join(file.readlines()[-60:])

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

