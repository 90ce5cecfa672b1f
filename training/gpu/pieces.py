#!/usr/bin/python3
"""Cuts an exported model into pieces that fit what one call brings back, and puts them together again.

usage: pieces.py split MODEL_DIR OUT_DIR [--piece-bytes 16252928]
       pieces.py join PIECES_DIR MODEL_DIR TOKENIZER.json      PIECES_DIR: where the files of all calls were copied to

split writes piece-00, piece-01, ... and model.tar, which holds the small files and the SHA-256 of every piece.
"""

import argparse
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile

PIECE_BYTES = 16_252_928          # 15.5 MiB: four of them and model.tar stay under 64 MiB and eight files
SMALL = ("config.json", "generation_config.json", "tokenizer_config.json", "mote.json")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def split(model: str, out: str, size: int) -> None:
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    with open(os.path.join(model, "model.safetensors"), "rb") as file:
        weights = file.read()
    hashes = []
    for begin in range(0, len(weights), size):
        piece = weights[begin:begin + size]
        with open(os.path.join(out, f"piece-{len(hashes):02d}"), "wb") as file:
            file.write(piece)
        hashes.append(sha256(piece))
    manifest = json.dumps({"bytes": len(weights), "sha256": sha256(weights), "pieces": hashes}).encode()
    with tarfile.open(os.path.join(out, "model.tar"), "w") as tar:
        for name in SMALL:
            tar.add(os.path.join(model, name), name)
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest))
    print(f"{len(hashes)} pieces, {len(weights) / 1e6:.1f} MB")


def join(pieces: str, model: str, tokenizer: str) -> None:
    part = model.rstrip("/") + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    with tarfile.open(os.path.join(pieces, "model.tar")) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())
        for name in SMALL:
            with open(os.path.join(part, name), "wb") as file:
                file.write(tar.extractfile(name).read())
    weights = bytearray()
    wrong = []
    for index, expected in enumerate(manifest["pieces"]):
        path = os.path.join(pieces, f"piece-{index:02d}")
        piece = b""
        if os.path.exists(path):
            with open(path, "rb") as file:
                piece = file.read()
        if sha256(piece) != expected:
            wrong.append(f"piece-{index:02d} " + ("differs" if piece else "is missing"))
        weights += piece
    if wrong:
        sys.exit("; ".join(wrong) + ": fetch again (fetch.sh brings pieces 4N to 4N + 3)")
    assert len(weights) == manifest["bytes"] and sha256(weights) == manifest["sha256"]
    with open(os.path.join(part, "model.safetensors"), "wb") as file:
        file.write(weights)
    shutil.copyfile(tokenizer, os.path.join(part, "tokenizer.json"))
    shutil.rmtree(model, ignore_errors=True)
    os.replace(part, model)
    print(f"{model}: {len(manifest['pieces'])} pieces, {len(weights) / 1e6:.1f} MB, checksums right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--piece-bytes", type=int, default=PIECE_BYTES)
    parser.add_argument("command", choices=("split", "join"))
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    if options.command == "split":
        split(*options.paths, options.piece_bytes)
    else:
        join(*options.paths)


if __name__ == "__main__":
    main()
