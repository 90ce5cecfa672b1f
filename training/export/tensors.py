"""Writes and reads the safetensors format: 8 bytes of header length, a JSON header, the raw tensors."""

import json

import numpy as np
import torch


def save_bfloat16(path: str, tensors: dict[str, torch.Tensor]) -> int:
    """Writes all tensors as bfloat16; returns the bytes written."""
    header: dict[str, dict] = {"__metadata__": {"format": "pt"}}
    blobs, offset = [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().cpu().to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)                    # the tensors start at a multiple of 8
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        file.writelines(blobs)
    return 8 + len(head) + offset


def load_bfloat16(path: str) -> dict[str, torch.Tensor]:
    """Reads a file of bfloat16 tensors as float32."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = np.frombuffer(file.read(), np.uint16)
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (offset // 2 for offset in entry["data_offsets"])
        wide = data[begin:end].astype(np.uint32) << 16  # a bfloat16 is the upper half of a float32
        tensors[name] = torch.from_numpy(wide.view(np.float32).reshape(entry["shape"]))
    return tensors
