"""Reads the downloaded archives, each of them once: what was read is kept for the next build."""

import functools
import glob
import hashlib
import multiprocessing
import os
import pickle
import shutil

from packages import Package, read_package

# What decides which files of an archive are kept, and in which form.
_DECIDING = ("archives.py", "clean.py", "duplicates.py", "languages.py", "licences.py", "packages.py", "patterns.py")


def _version() -> str:
    here = os.path.dirname(os.path.abspath(__file__))
    digest = hashlib.sha256()
    for name in _DECIDING:
        with open(os.path.join(here, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def _kept_path(archive: str, folder: str) -> str:
    """An archive is known by its name, which holds its version, and its size: one that was only half there is read again."""
    return os.path.join(folder, f"{os.path.basename(archive)}-{os.path.getsize(archive)}.pickle")


def _keep(archive: str, folder: str) -> bool:
    """Reads an archive unless that was done before; returns whether it was.  What cannot be read isn't kept."""
    path = _kept_path(archive, folder)
    if os.path.exists(path):
        return True
    package = read_package(archive)
    if package:
        part = f"{path}.{os.getpid()}.part"              # two builds may run at once, and either may be interrupted
        with open(part, "wb") as file:
            pickle.dump(package, file, pickle.HIGHEST_PROTOCOL)
        os.replace(part, path)
    return False


def read_archives(work: str) -> tuple[list[Package], int]:
    """(all packages of WORK_DIR/dl, how many of their archives had been read before); they are kept in WORK_DIR/read.

    After a change of what decides about files all are read again, and what was kept before is deleted."""
    archives = sorted(glob.glob(f"{work}/dl/npm/*.tgz") + glob.glob(f"{work}/dl/deb/*.deb") + glob.glob(f"{work}/dl/src/*.dsc"))
    folder = os.path.join(work, "read", _version())
    os.makedirs(folder, exist_ok=True)
    for other in os.scandir(os.path.join(work, "read")):
        if other.path != folder:
            shutil.rmtree(other.path) if other.is_dir() else os.remove(other.path)
    with multiprocessing.Pool() as pool:
        before = sum(pool.imap_unordered(functools.partial(_keep, folder=folder), archives, chunksize=2))
    packages = []
    for path in (_kept_path(archive, folder) for archive in archives):
        if os.path.exists(path):
            with open(path, "rb") as file:
                packages.append(pickle.load(file))
    packages.sort(key=lambda p: (p.kind, p.name, p.version))
    return packages, before
