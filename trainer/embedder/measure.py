"""nDCG@10 on development data: what every choice of the recipe was made by. No test split is read.

SciFact: a third of the training queries (never trained on) over the whole corpus. SQuAD 2.0: two of the eight development
articles. The sample: its development questions over the paragraphs of all its text documents. `fused` is the mean of
min-max scores with a plain BM25 (k1 1.2, b 0.4, no stemming).
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import texts as data
import vocabulary
from table import MATRYOSHKA, Table, means


def ndcg(scores, relevant, k=10):
    """nDCG@k of one query from the scores of all passages; every relevant one counts alike."""
    ranking = np.argsort(-scores, kind="stable")[:k]
    gain = sum(1 / np.log2(rank + 2) for rank, row in enumerate(ranking) if row in relevant)
    return gain / sum(1 / np.log2(rank + 2) for rank in range(min(k, len(relevant))))


def bm25(passages, queries, k1=1.2, b=0.4):
    """Scores (queries, passages) by Lucene's formula over lower-case words."""
    words = [Counter(re.findall(r"[a-z0-9]+", text.lower())) for text in passages]
    length = np.array([sum(w.values()) for w in words])
    norm = k1 * (1 - b + b * length / length.mean())
    postings = {}
    for row, counts in enumerate(words):
        for word, tf in counts.items():
            postings.setdefault(word, []).append((row, tf))
    scores = np.zeros((len(queries), len(passages)), np.float32)
    for q, query in enumerate(queries):
        for word in set(re.findall(r"[a-z0-9]+", query.lower())):
            found = postings.get(word, [])
            idf = np.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
            for row, tf in found:
                scores[q, row] += idf * tf / (tf + norm[row])
    return scores


def fused(a, b, weight=0.5, depth=100):
    """Weighted mean of two legs' scores of one query, each min-max over the candidates: the union of both legs' best."""
    candidates = np.union1d(np.argsort(-a)[:depth], np.argsort(-b)[:depth])
    out = np.full(len(a), -1.0)
    low, high = a[candidates], b[candidates]
    scale = lambda x: (x - x.min()) / max(np.ptp(x), 1e-9)
    out[candidates] = (1 - weight) * scale(low) + weight * scale(high)
    return out


class Measure:
    """Development sets with their BM25 scores, ready for any function that turns texts into unit vectors."""

    def __init__(self, shared, repository):
        self.sets = data.development(shared, repository)
        self.keyword = {name: bm25(s.passages, s.queries) for name, s in self.sets.items()}

    def __call__(self, embed, weight=0.5):
        """{set: (static, fused)} as nDCG@10 times 100, and the keyword leg's under `keyword`."""
        out = {}
        for name, s in self.sets.items():
            scores = embed(s.queries) @ embed(s.passages).T
            keyword = self.keyword[name]
            both = [fused(keyword[q], scores[q], weight) for q in range(len(s.queries))]
            legs = (scores, both)
            out[name] = tuple(round(100 * float(np.mean([ndcg(leg[q], s.relevant[q]) for q in range(len(s.queries))])), 1) for leg in legs)
        return out

    def keywords(self):
        return {name: round(100 * float(np.mean([ndcg(self.keyword[name][q], s.relevant[q]) for q in range(len(s.queries))])), 1)
                for name, s in self.sets.items()}


def main():
    """Prints the development numbers of a written folder."""
    repository = Path(__file__).resolve().parents[2]
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else repository / "weights/embedder"
    measure = Measure(repository.parent / "shared/data", repository)
    tensors = load_file(folder / "model.safetensors")
    vocab = vocabulary.read(folder / "vocab.txt")
    model = Table(tensors["embeddings"].astype(np.float32) * tensors["scales"][:, None])
    print("keyword", measure.keywords())
    for width in MATRYOSHKA:
        model.rows.data = model.rows.data[:, :width]
        print(width, measure(lambda texts: means(model)(vocab.encode(texts))))


if __name__ == "__main__":
    main()
