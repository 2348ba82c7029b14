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
import socket
import subprocess
import time

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = test
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
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
        self.port, spare = free_ports(2)
        self.tls_port = spare if tls else 0
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
        with open(self.folder + '/dovecot.conf', 'w', encoding='utf-8') as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, maildir=os.path.abspath(maildir), port=self.port,
                tls_port=self.tls_port, ssl='yes' if tls else 'no',
                certificate=f'ssl_cert = <{self.certificate}\nssl_key = <{key}' if tls else '',
                user='nobody' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name,
                group=grp.getgrgid(pwd.getpwnam('nobody').pw_gid).gr_name if os.getuid() == 0
                else grp.getgrgid(os.getgid()).gr_name,
                mail_user=owner.st_uid, mail_group=owner.st_gid))
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.process = subprocess.Popen(
            ['dovecot', '-F', '-c', self.folder + '/dovecot.conf'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                with socket.create_connection(('127.0.0.1', self.port), 1) as connection:
                    if connection.recv(4) == b'* OK':
                        return
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f'Dovecot does not answer; {self.log} says why')

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(('127.0.0.1', 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
