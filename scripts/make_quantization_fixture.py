"""Writes Tests/KernelTests/Fixtures/quantization/blocks.json: packed rows and what ggml's Python
package makes of them. Needs: pip install gguf==0.19.0 numpy==2.4.6. Fixed seed; run from the
repository root.

decode.<kind>: columns, bytes and the decoded fp32 values; encode.<kind>: fp32 rows and their bytes.
All binary data little-endian, base64.
"""

import base64
import json

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

KINDS = {
    "q4_0": (Kind.Q4_0, [0], 4),
    "q4_1": (Kind.Q4_1, [0, 2], 4),
    "q5_0": (Kind.Q5_0, [0], 4),
    "q5_1": (Kind.Q5_1, [0, 2], 4),
    "q8_0": (Kind.Q8_0, [0], 4),
    "q4_K": (Kind.Q4_K, [0, 2], 2),
    "q5_K": (Kind.Q5_K, [0, 2], 2),
    "q6_K": (Kind.Q6_K, [208], 2),
}


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def decode_case(random, kind, half_offsets, blocks):
    length, size = gguf.GGML_QUANT_SIZES[kind]
    data = random.integers(0, 256, (blocks, size), dtype=np.uint8)
    for offset in half_offsets:
        # Scales are finite fp16 numbers of all magnitudes and both signs; one is subnormal.
        magnitudes = 10.0 ** random.integers(-6, 3, blocks)
        scales = (random.standard_normal(blocks) * magnitudes).astype(np.float16)
        scales[-1] = np.float16(3e-6)
        data[:, offset : offset + 2] = scales.view(np.uint8).reshape(blocks, 2)
    values = gguf.dequantize(data.reshape(1, -1), kind).astype(np.float32)
    return {"columns": blocks * length, "bytes": text(data), "values": text(values)}


def encode_rows(random):
    rows = [random.standard_normal(64) * scale for scale in (1.0, 0.02, 300.0)]
    rows.append(np.concatenate([np.zeros(32), random.standard_normal(32) ** 3]))
    rows.append(np.concatenate([np.full(32, -0.75), np.arange(32) / 2 - 4]))
    return np.stack(rows).astype(np.float32)


def main():
    random = np.random.default_rng(20251)
    fixtures = {"madeBy": "scripts/make_quantization_fixture.py, gguf 0.19.0, numpy 2.4.6",
                "decode": {}, "encode": {}}
    for name, (kind, offsets, blocks) in KINDS.items():
        fixtures["decode"][name] = decode_case(random, kind, offsets, blocks)
    halves = random.integers(0, 0x7C00, 48, dtype=np.uint16)
    halves |= (random.integers(0, 2, 48) << 15).astype(np.uint16)
    fixtures["decode"]["f16"] = {
        "columns": 48, "bytes": text(halves),
        "values": text(halves.view(np.float16).astype(np.float32))}
    brains = random.integers(0, 0x7F80, 48, dtype=np.uint16)
    fixtures["decode"]["bf16"] = {
        "columns": 48, "bytes": text(brains),
        "values": text(gguf.dequantize(brains.view(np.uint8).reshape(1, -1), Kind.BF16))}
    rows = encode_rows(random)
    for name, kind in [("q8_0", Kind.Q8_0), ("q4_0", Kind.Q4_0), ("q4_1", Kind.Q4_1),
                       ("bf16", Kind.BF16), ("f16", Kind.F16)]:
        fixtures["encode"][name] = {
            "columns": rows.shape[1], "rows": rows.shape[0], "values": text(rows),
            "bytes": text(gguf.quantize(rows, kind))}
    with open("Tests/KernelTests/Fixtures/quantization/blocks.json", "w") as file:
        json.dump(fixtures, file, indent=1)
        file.write("\n")


main()
