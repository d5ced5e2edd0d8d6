"""Prints, as JSON, the vectors of the texts on standard input (a JSON list) by a `StaticEmbedding` folder: what
sentence-transformers computes from such a folder, with its own two libraries and without the gigabyte of PyTorch.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

folder = Path(sys.argv[1])
first, second = json.loads((folder / "modules.json").read_text())
assert first["type"].endswith(".StaticEmbedding") and second["type"].endswith(".Normalize")
table = load_file(folder / first["path"] / "model.safetensors")["embedding.weight"]
tokenizer = Tokenizer.from_file(str(folder / first["path"] / "tokenizer.json"))
vectors = []
for encoding in tokenizer.encode_batch(json.load(sys.stdin), add_special_tokens=False):
    mean = table[encoding.ids].mean(0)
    vectors.append((mean / np.linalg.norm(mean)).tolist())
print(json.dumps(vectors))
