"""Writes a table as the package ships it (int8 rows and a scale each) and as sentence-transformers loads it (float)."""

import hashlib
import json
import os
import shutil

import numpy as np
from safetensors.numpy import save_file

FORMAT = 1


def int8(table):
    """Rows as int8 and the float scale of each, so that row ≈ int8 × scale."""
    scales = np.abs(table).max(1) / 127
    scales[scales == 0] = 1
    return np.rint(table / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def write(folder, table, vocabulary, about, card):
    """Writes beside `folder`, then renames; the manifest comes last, so its presence means complete.

    `table` is float32 (tokens, dimensions); `about` holds the teacher, the recipe's version, the seed and the licence.
    """
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    embeddings, scales = int8(table)
    save_file({"embeddings": embeddings, "scales": scales}, building / "model.safetensors")
    (building / "vocab.txt").write_text("".join(token + "\n" for token in vocabulary.tokens), encoding="utf-8")
    (building / "README.md").write_text(card, encoding="utf-8")
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(building.iterdir()) if p.suffix != ".md"}
    manifest = {"kind": "static-embedder", "format": FORMAT, "dimensions": table.shape[1],
                "vocabularySize": len(vocabulary), **about, "files": files}
    (building / "model.safetensors").chmod(0o644)
    (building / "manifest.json").write_text(json.dumps(manifest, indent="\t", ensure_ascii=False) + "\n", encoding="utf-8")
    for path in building.iterdir():
        with open(path) as file:
            os.fsync(file.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)


def write_float(folder, table, vocabulary):
    """The `StaticEmbedding` folder that sentence-transformers loads."""
    module = folder / "0_StaticEmbedding"
    module.mkdir(parents=True, exist_ok=True)
    save_file({"embedding.weight": np.ascontiguousarray(table, np.float32)}, module / "model.safetensors")
    vocabulary.tokenizer.save(str(module / "tokenizer.json"))
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"},
               {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"}]
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
    versions = {"similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(versions, indent=2) + "\n")
