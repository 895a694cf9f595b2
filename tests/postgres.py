"""A PostgreSQL of Debian's package for a test: a temporary folder, a socket in it, no port."""
import glob
import os
import pwd
import shutil
import subprocess
import tempfile


def programs():
    """The folder of initdb and pg_ctl; None when PostgreSQL is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
    return os.path.dirname(found[-1]) if found else None


class Postgres:
    """with Postgres() as url: ...; run as user postgres when the test is root."""

    def __init__(self):
        self.bin = programs()
        self.folder = tempfile.mkdtemp(prefix="thalweg-pg-")
        self.data = os.path.join(self.folder, "data")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            os.chmod(self.folder, 0o755)

    def call(self, program, *words):
        as_user = {}
        if os.geteuid() == 0:
            as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        subprocess.run([os.path.join(self.bin, program), *words], check=True, cwd=self.folder,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **as_user)

    def start(self):
        self.call("pg_ctl", "-D", self.data, "-w", "-s", "-l",
                  os.path.join(self.folder, "log"), "-o",
                  f"-c listen_addresses= -c unix_socket_directories={self.folder}", "start")

    def stop(self, mode="fast"):
        self.call("pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def __enter__(self):
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "thalweg", "--no-sync", "-E",
                  "UTF8", "--locale=C")
        self.start()
        return self

    def __exit__(self, *failure):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"postgresql:///postgres?host={self.folder}&user=thalweg"


def user_exists():
    try:
        pwd.getpwnam("postgres")
        return True
    except KeyError:
        return False


def is_there():
    return programs() is not None and (os.geteuid() != 0 or user_exists())
