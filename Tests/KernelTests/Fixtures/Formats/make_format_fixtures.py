"""Writes reference.safetensors and reference.gguf with the formats' own Python packages.

Made with Python 3.11, torch 2.13.0, safetensors 0.8.0, gguf 0.19.0; run in this folder. The values are
small ramps, so that the tests can state them as arithmetic.
"""
import numpy as np
import torch
from safetensors.torch import save_file
from gguf import GGMLQuantizationType, GGUFWriter, quants


def ramp(count, dtype):
    return torch.arange(count).to(dtype)


save_file(
    {
        "f32": ramp(6, torch.float32).reshape(2, 3) / 4,
        "bf16": ramp(6, torch.bfloat16).reshape(3, 2),
        "f16": ramp(5, torch.float16),
        "f64": ramp(2, torch.float64),
        "i64": ramp(2, torch.int64) + 2**60,
        "i32": ramp(3, torch.int32),
        "i16": ramp(3, torch.int16),
        "i8": -ramp(3, torch.int8),
        "u8": ramp(3, torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(7.5),
        "empty": torch.zeros(0, 4),
    },
    "reference.safetensors",
    metadata={"format": "pt", "note": 'quote " and é'},
)

# Two heads of four rows; the value of HF row r is r in every column.
heads, dimension, width = 2, 4, 32
q = np.repeat(np.arange(heads * dimension, dtype=np.float32)[:, None], width, axis=1)
permuted = q.reshape(heads, 2, dimension // 2, width).swapaxes(1, 2).reshape(q.shape)

writer = GGUFWriter("reference.gguf", "llama")
writer.add_name("reference")
writer.add_context_length(64)
writer.add_embedding_length(width)
writer.add_head_count(heads)
writer.add_head_count_kv(1)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_uint8("test.u8", 200)
writer.add_int8("test.i8", -100)
writer.add_uint16("test.u16", 60_000)
writer.add_int16("test.i16", -30_000)
writer.add_int32("test.i32", -(2**31))
writer.add_uint64("test.u64", 2**64 - 1)
writer.add_int64("test.i64", -(2**63))
writer.add_float64("test.f64", 0.1)
writer.add_bool("test.bool", True)
writer.add_array("test.strings", ["a", "", "é"])
writer.add_array("test.floats", [0.5, 1.5])
writer.add_array("test.integers", [1, -2, 3])
writer.add_tensor("blk.0.attn_q.weight", permuted)
writer.add_tensor("token_embd.weight", np.arange(96, dtype=np.float32).reshape(3, width).astype(np.float16))
blocks = quants.quantize(np.arange(64, dtype=np.float32).reshape(2, 32), GGMLQuantizationType.Q8_0)
writer.add_tensor("blk.0.ffn_up.weight", blocks, raw_dtype=GGMLQuantizationType.Q8_0)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
