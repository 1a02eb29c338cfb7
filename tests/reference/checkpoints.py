"""Tiny checkpoints in every container that the readers accept, and the values they must yield."""

import numpy as np
import torch
from safetensors.torch import save_file

import formula
import output

FOLDER = output.HERE / "checkpoints"


def tiny_state_dict() -> dict[str, torch.Tensor]:
    """Four tensors of four element types; halves of small integers are exact in each of them."""
    def exact(name, shape):
        values = np.round(formula.uniform(name, int(np.prod(shape))) * 8.0) / 2.0
        return torch.from_numpy(values.astype(np.float32).reshape(shape))

    return {
        "classifier.weight": exact("tiny.weight", (2, 3)),
        "classifier.bias": exact("tiny.bias", (2,)).half(),
        "bn1.running_var": exact("tiny.running_var", (4,)).bfloat16(),
        "bn1.num_batches_tracked": torch.tensor(7, dtype=torch.int64),
    }


def all_checkpoints() -> None:
    FOLDER.mkdir(exist_ok=True)
    state = tiny_state_dict()
    torch.save(state, FOLDER / "tiny_zip.pth")
    torch.save(state, FOLDER / "tiny_legacy.pth", _use_new_zipfile_serialization=False)
    # What training scripts write: the weights inside a dictionary, names prefixed by a data-parallel wrapper.
    torch.save({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()}},
               FOLDER / "tiny_wrapped.pth")
    # A view that does not begin at its storage's start and is not contiguous.
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    torch.save({"view": base[1:, 1:].t()}, FOLDER / "tiny_view.pth")
    save_file(state, FOLDER / "tiny.safetensors")
    output.write("checkpoints", {
        "tiny": {
            name: {"shape": list(value.shape), "values": output.numbers(value.double())}
            for name, value in state.items()
        },
        "view": {"shape": [3, 2], "values": output.numbers(base[1:, 1:].t())},
        "files": {
            "tiny": ["tiny_zip.pth", "tiny_legacy.pth", "tiny.safetensors"],
            "tiny, names prefixed with `module.`, inside `state_dict`": ["tiny_wrapped.pth"],
            "view": ["tiny_view.pth"],
        },
    })
