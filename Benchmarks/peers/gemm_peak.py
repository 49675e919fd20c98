#!/usr/bin/env python3
"""Measures the fastest matrix product of this machine: what training could reach at most.

    gemm_peak.py [--threads 2] [--rounds 5]

Products of activations and weights in the shapes of training, by OpenBLAS (fp32) and, where PyTorch
is installed, by PyTorch (oneDNN; fp32 and bf16 with sums in fp32). Prints one JSON object: for each
precision and library the GFLOP/s of each round, a round being the fastest call over all shapes.
"""
import argparse
import array
import ctypes
import json
import time

# Rows, outputs, inputs of y = x · wᵀ; large enough that starting a call costs nothing. No powers of
# two all round: their rows share cache lines' places, and oneDNN's bf16 falls to half its speed.
SHAPES = [(2048, 1536, 1536), (4096, 1536, 1536), (2048, 1536, 576)]
CALLS = 6


def rate(shape, call):
    """GFLOP/s of the fastest of some calls."""
    best = float("inf")
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return 2e-9 * shape[0] * shape[1] * shape[2] / best


def openblas(threads):
    """The version, and a function that makes one product's call; None without the library."""
    try:
        library = ctypes.CDLL("libopenblas.so.0")
    except OSError:
        return None
    library.openblas_set_num_threads(threads)
    library.openblas_get_config.restype = ctypes.c_char_p
    row_major, plain, transposed = 101, 111, 112

    def prepared(shape):
        m, n, k = shape
        x, w, y = ((ctypes.c_float * count).from_buffer(array.array("f", [0.5]) * count)
                   for count in (m * k, n * k, m * n))
        one, none = ctypes.c_float(1), ctypes.c_float(0)
        return lambda: library.cblas_sgemm(row_major, plain, transposed, m, n, k, one, x, k, w, k,
                                           none, y, n)
    return library.openblas_get_config().decode(), prepared


def pytorch(threads, dtype_name):
    """The same of PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)

    def prepared(shape):
        m, n, k = shape
        x, w = (torch.randn(count, k).to(getattr(torch, dtype_name)) for count in (m, n))

        def call():
            with torch.no_grad():
                torch.nn.functional.linear(x, w)
        return call
    return torch.__version__, prepared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    result = {"versions": {}, "fp32": {}, "bf16": {}}
    for precision, library, found in [
            ("fp32", "OpenBLAS", openblas(options.threads)),
            ("fp32", "PyTorch", pytorch(options.threads, "float32")),
            ("bf16", "PyTorch", pytorch(options.threads, "bfloat16"))]:
        if found is None:
            continue
        version, prepared = found
        result["versions"][library] = version
        calls = [(shape, prepared(shape)) for shape in SHAPES]
        # The threads of the library before spin for a while when their work is done.
        time.sleep(0.5)
        calls[0][1]()
        result[precision][library] = [
            max(rate(shape, call) for shape, call in calls) for _ in range(options.rounds)]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
