"""Downloads and built parts that checkouts share.

An entry is a folder named after what it holds and a hash of everything it was made from. It is built in a
folder beside it and renamed when complete, under a lock: a broken-off or parallel first run never leaves
half an entry, and nobody builds the same entry twice at once.

The cache lies in `$SOCIAL_CRM_CACHE`, else in `$XDG_CACHE_HOME/social-crm`, else in `~/.cache/social-crm`.
It can be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    chosen = os.environ.get("SOCIAL_CRM_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "social-crm"


def digest(*parts: object) -> str:
    """A short hash of texts and of the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()[:16]


def tree_digest(root: Path, names: list[Path]) -> str:
    """A short hash over the relative names and the contents of files."""
    total = hashlib.sha256()
    for name in sorted(names):
        total.update(f"{name.relative_to(root)}\0".encode() + hashlib.sha256(name.read_bytes()).digest())
    return total.hexdigest()[:16]


@contextmanager
def lock(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold an exclusive lock on a file; it ends with the process, however that ends.

    waiting: called once when somebody else holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def entry(name: str, key: str, build: Callable[[Path], None]) -> Path:
    """The cached folder `name-key`, built by `build(empty_folder)` if it is not there yet."""
    root = folder()
    target = root / f"{name}-{key}"
    if target.is_dir():
        return target
    with lock(root / f"{name}.lock"):
        if target.is_dir():
            return target
        work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root))
        try:
            build(work)
            work.chmod(0o755)
            work.rename(target)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return target


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def place(source: Path, target: Path, *, linked: bool) -> None:
    """Put a copy of a cached folder at `target`, replacing what is there.

    Linked copies share the files with the cache (no space, no time) and suit files that nobody edits in place.
    """
    work = target.with_name(f".{target.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    work.parent.mkdir(parents=True, exist_ok=True)
    copy = _link if linked else shutil.copy2
    shutil.copytree(source, work, symlinks=True, copy_function=copy)
    if target.is_symlink() or target.is_file():
        target.unlink()
    else:
        shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
