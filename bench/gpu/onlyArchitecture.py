#!/usr/bin/env python3
"""Fills the GPU code of other architectures in a library with zeros, so that the library packs to a fraction and loads as before.

usage: onlyArchitecture.py LIBRARY ARCHITECTURE          ARCHITECTURE: 90 for Hopper (H100, H200), 89, 80, ...

A library of CUDA's compiler holds fat binaries in the ELF section .nv_fatbin, one behind the other.  Each begins with a magic
number, the size of its header and that of the rest; then come entries, one for an architecture, with the size of their header, that
of their code and the architecture.  The driver reads the code of its own architecture only.
"""

import mmap
import struct
import sys

SECTION = b".nv_fatbin"
MAGIC = 0xBA55ED50
ALIGNMENT = 8
BINARY = struct.Struct("<IHHQ")                  # magic, version, bytes of this header, bytes behind it
ENTRY = struct.Struct("<HHIQ12xI")               # kind, version, bytes of this header, bytes behind it, architecture at byte 28


def section(data: mmap.mmap, name: bytes) -> "tuple[int, int]":
    """Begin and end of a section of a 64-bit little-endian ELF file."""
    if data[:6] != b"\x7fELF\x02\x01":
        sys.exit("no ELF library of 64 bits")
    table, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQ", data, table + size * index) for index in range(count)]
    strings = headers[names][4]
    for title, _, _, _, offset, length in headers:
        begin = strings + title
        if data[begin:begin + len(name) + 1] == name + b"\0":
            return offset, offset + length
    sys.exit(f"no section {name.decode()}: is it a library of CUDA's compiler?")


def keep_only(data: mmap.mmap, architecture: int) -> "tuple[int, int]":
    """Bytes of code that were kept, and that were filled with zeros."""
    at, end = section(data, SECTION)
    kept = zeroed = 0
    while at + BINARY.size <= end:
        magic, _, header, rest = BINARY.unpack_from(data, at)
        if magic != MAGIC:
            at += ALIGNMENT
            continue
        entry, at = at + header, at + header + rest
        while entry < at:
            _, _, header, code, built_for = ENTRY.unpack_from(data, entry)
            begin, entry = entry + header, entry + header + code
            if built_for == architecture:
                kept += code
            else:
                data[begin:entry] = bytes(code)
                zeroed += code
    return kept, zeroed


def main() -> None:
    if len(sys.argv) != 3 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        kept, zeroed = keep_only(data, int(sys.argv[2]))
    if kept == 0:
        sys.exit(f"{sys.argv[1]} has no code for architecture {sys.argv[2]}, and none at all now")
    print(f"code for architecture {sys.argv[2]}: {kept / 1e6:.1f} MB kept, {zeroed / 1e6:.1f} MB of others zeroed")


if __name__ == "__main__":
    main()
