"""Reads one downloaded archive into a Package: an npm tarball, a Debian binary package or a Debian source package."""

import collections
import dataclasses
import fnmatch
import gzip
import io
import json
import os
import re
import subprocess
import tarfile
import zlib
from collections.abc import Callable, Iterator

from clean import clean, language_of, max_bytes, path_reason
from duplicates import Fingerprint, fingerprint
from licences import free_form_is_permissive, is_excluded, is_permissive, npm_licence, parse_dep5


_MAX_UNPACKED_BYTES = 1 << 30     # of an npm tarball; the largest of the lists unpacks to a third of it


@dataclasses.dataclass
class Document:
    path: str
    language: str
    text: str
    size: int                     # bytes of the text in UTF-8
    mark: Fingerprint


@dataclasses.dataclass
class Package:
    kind: str                     # npm | deb | src
    name: str
    version: str
    licence: str
    group: str                    # packages of one project share a group; the train/validation split is by group
    documents: list[Document] = dataclasses.field(default_factory=list)
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)   # reason -> files refused


def read_package(archive: str) -> Package | None:
    """The package of an archive with its accepted files, or None where the archive is unreadable."""
    try:
        if archive.endswith(".tgz"):
            return _read_npm(archive)
        return _read_binary(archive) if archive.endswith(".deb") else _read_source(archive)
    except (OSError, EOFError, UnicodeError, subprocess.CalledProcessError, zlib.error, tarfile.TarError, json.JSONDecodeError,
            KeyError, AttributeError, TypeError) as error:    # the last three: a package.json of other shapes
        print(f"skipped {os.path.basename(archive)}: {error!r}")
        return None


def project_group(kind: str, name: str) -> str:
    """A coarse project name, so that sibling packages never sit on both sides of the split."""
    if kind == "npm":
        if name.startswith("@"):
            return name.split("/")[0].lstrip("@").replace("react-stately", "react-aria").replace("react-spectrum", "react-aria")
        family = re.match(r"(prosemirror|d3|react-native|puppeteer|vega|expo|workbox|botbuilder|vscode|effect|lexical|redux)\b", name)
        return family.group(1) if family else name
    name = re.sub(r"^(python3?|librust|golang|rust)-|-dev$|[-]?\d+(\.\d+)*$", "", re.sub(r"-dev$", "", name))
    family = re.match(r"(django|flask|oslo|os|pytest|zope|google|azure|tokio|serde|jupyter|aiohttp|futures|clap|hyper)\b", name)
    return family.group(1) if family else re.sub(r"^github-(com-)?", "", name)


def _add(package: Package, path: str, size: int, read: Callable[[], bytes]) -> None:
    """Runs one archive member through the path and content filters."""
    language = language_of(path)
    if not language:
        return
    package.counts["seen"] += 1
    reason = path_reason(path) or ("too_big" if size > max_bytes(language) else None)
    if reason:
        package.counts[reason] += 1
        return
    text, reason = clean(read(), language)
    package.counts[reason] += 1
    if text:
        package.documents.append(Document(path, language, text, len(text.encode()), fingerprint(text)))


def _read_npm(archive: str) -> Package | None:
    with gzip.open(archive) as file:
        data = file.read(_MAX_UNPACKED_BYTES + 1)         # once: the members are listed first and read afterwards
    if len(data) > _MAX_UNPACKED_BYTES:
        print(f"skipped {os.path.basename(archive)}: it unpacks to more than {_MAX_UNPACKED_BYTES >> 20} MiB")
        return None
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = [m for m in tar.getmembers() if m.isfile()]
        manifest_member = next((m for m in members if m.name.count("/") == 1 and m.name.endswith("/package.json")), None)
        if manifest_member is None:
            return None
        manifest = json.load(tar.extractfile(manifest_member))
        name = manifest["name"]
        package = Package("npm", name, manifest.get("version", ""), npm_licence(manifest), project_group("npm", name))
        repository = manifest.get("repository") or ""
        repository = repository.get("url", "") if isinstance(repository, dict) else str(repository)
        if is_excluded(name, repository):
            package.counts["excluded_repository"] += 1
            return package
        if not is_permissive(package.licence):
            package.counts["package_licence_refused"] += 1
            return package
        paths = [m.name.split("/", 1)[-1] for m in members]
        # JavaScript beside TypeScript source in one package is what the compiler wrote.
        ships_typescript = sum(1 for p in paths if re.search(r"(?<!\.d)\.[cm]?tsx?$", p) and not path_reason(p)) >= 5
        for member, path in zip(members, paths):
            if ships_typescript and language_of(path) == "javascript":
                package.counts["compiled_beside_source"] += 1
                continue
            _add(package, path, member.size, lambda m=member: tar.extractfile(m).read())
        return package


_INSTALL_ROOT = re.compile(r"^\./usr/(lib/python3(\.\d+)?/dist-packages|lib/ruby/vendor_ruby|share/rubygems-integration/all/gems"
                           r"|share/php|share/cargo/registry/[^/]*|share/gocode/src|share)/")


def _read_binary(archive: str) -> Package | None:
    """python3-*, golang-*-dev and librust-*-dev install their source as it is."""
    name, version = os.path.basename(archive).split("_")[:2]
    package = Package("deb", name, version.replace("%3a", ":"), "", project_group("deb", name))
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = [m for m in tar.getmembers() if m.isfile()]
        copyright_text, crate_licence = "", None
        for member in members:
            if re.search(r"usr/share/doc/[^/]*/copyright$", member.name):
                copyright_text = tar.extractfile(member).read().decode("utf-8", "replace")
            elif member.name.endswith("/Cargo.toml") and member.name.count("/") == 6:
                match = re.search(r'^license\s*=\s*"([^"]*)"', tar.extractfile(member).read().decode("utf-8", "replace"), re.M)
                crate_licence = match and match.group(1)
        source = re.search(r"^Source:\s*(\S+)", copyright_text, re.M)
        if is_excluded(name, source.group(1) if source else ""):
            package.counts["excluded_repository"] += 1
            return package
        accepted, refused_parts = _debian_licence(package, copyright_text, crate_licence)
        if not accepted:
            package.counts["package_licence_refused"] += 1
            return package
        for member in members:
            path = _INSTALL_ROOT.sub("", member.name)
            if any(part in path for part in refused_parts):
                package.counts["file_licence_refused"] += 1
                continue
            _add(package, path, member.size, lambda m=member: tar.extractfile(m).read())
    return package


def _debian_licence(package: Package, copyright_text: str, crate_licence: str | None) -> tuple[bool, list[str]]:
    """(package accepted, path fragments whose stated licence is refused); sets package.licence.

    An installed path differs from the path in the source package, so a refused pattern is matched as a fragment."""
    stanzas = parse_dep5(copyright_text)
    if stanzas is None:
        package.licence = crate_licence or "permissive (free-form copyright file)"
        return (is_permissive(crate_licence) or free_form_is_permissive(copyright_text)), []
    main = next((licence for patterns, licence in stanzas if "*" in patterns), stanzas[0][1])
    package.licence = crate_licence or main
    refused = [pattern.strip("*").rstrip("/") for patterns, licence in stanzas if not is_permissive(licence) and "*" not in patterns
               for pattern in patterns if not pattern.startswith("debian")]
    return is_permissive(main) or is_permissive(crate_licence), [part for part in refused if len(part) > 3]


def _source_members(description: str) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """(path, size, reader) of each file of a source package's upstream tarballs."""
    folder = os.path.dirname(description)
    with open(description, encoding="utf-8", errors="replace") as file:
        names = {line.split()[2] for line in file if re.match(r" [0-9a-f]{64} \d+ \S+$", line)}
    for name in sorted(n for n in names if re.search(r"\.orig(-\w+)?\.tar\.", n)):
        with tarfile.open(os.path.join(folder, name)) as tar:
            for member in tar:
                if member.isfile():
                    yield member.name.removeprefix("./").split("/", 1)[-1], member.size, lambda m=member: tar.extractfile(m).read()


def _read_source(description: str) -> Package | None:
    name, version = os.path.basename(description).removesuffix(".dsc").split("_")[:2]
    package = Package("src", name, version, "", project_group("src", name))
    folder = os.path.dirname(description)
    debian_tar = next((os.path.join(folder, f) for f in os.listdir(folder) if f.startswith(f"{name}_{version}.debian.tar")), None)
    if debian_tar is None:
        return None
    with tarfile.open(debian_tar) as tar:
        copyright_text = tar.extractfile("debian/copyright").read().decode("utf-8", "replace")
    source = re.search(r"^Source:\s*(\S+)", copyright_text, re.M)
    stanzas = parse_dep5(copyright_text)
    if is_excluded(name, source.group(1) if source else ""):
        package.counts["excluded_repository"] += 1
        return package
    if stanzas is None:
        package.licence = "permissive (free-form copyright file)"
        if not free_form_is_permissive(copyright_text):
            package.counts["package_licence_refused"] += 1
            return package
    else:
        package.licence = next((licence for patterns, licence in stanzas if "*" in patterns), stanzas[0][1])

    def file_is_permissive(path: str) -> bool:
        """DEP-5: the last stanza whose pattern matches decides."""
        if stanzas is None:
            return True
        verdict = False
        for patterns, licence in stanzas:
            if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
                verdict = is_permissive(licence)
        return verdict

    for path, size, read in _source_members(description):
        if language_of(path) and not file_is_permissive(path):
            package.counts["file_licence_refused"] += 1
            continue
        _add(package, path, size, read)
    # Headers of a package that is mostly C++ are C++.
    if sum(d.language == "cpp" for d in package.documents) > sum(d.path.endswith(".c") for d in package.documents):
        for document in package.documents:
            if document.path.endswith(".h"):
                document.language = "cpp"
    return package
