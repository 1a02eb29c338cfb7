"""The Python peers: the protocol of bench/native/src/contest.rs, answered by one of them.

    python contestant.py torch|onnxruntime|pillow|albumentations THREADS
"""

import importlib
import json
import sys
import time

import numpy as np

WORKS = {
    "albumentations": "augmentations",
    "onnxruntime": "onnx_networks",
    "pillow": "photographs",
    "torch": "torch_networks",
}


def reply(request, module, threads, state):
    if request["do"] == "prepare":
        state.clear()
        work = module.prepare(request, threads)
        np.asarray(work.answer(), dtype="<f4").tofile(request["answer"])
        state["work"] = work
        return {"ready": module.VERSION}
    ms = []
    for _ in range(request["times"]):
        start = time.perf_counter()
        state["work"].run()
        ms.append((time.perf_counter() - start) * 1e3)
    return {"values": ms}


def main(peer, threads):
    module = importlib.import_module(WORKS[peer])
    state = {}
    for line in sys.stdin:
        try:
            answer = reply(json.loads(line), module, threads, state)
        except Exception as error:  # Whatever it is, the table says so and the other rows go on.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
