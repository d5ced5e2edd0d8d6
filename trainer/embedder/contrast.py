"""Stage 3: contrastive training on pairs of a question and the passage that answers it.

InfoNCE over the batch (van den Oord et al. 2018) in both directions, temperature 0.05, with one mined negative a pair;
a batch holds pairs of one kind, many of one document, so that its negatives are near. Each step also takes a batch of stage 2, so that the
table does not forget the teacher.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from regress import loss as likeness
from table import drop, optimiser, prefixes, schedule

TEMPERATURE = 0.05
MAX_TOKENS = 160


def info_nce(queries, passages, negatives, same):
    """Scalar; the first three (batch, dimensions), row i of `passages` answers row i of `queries`.

    `same` (batch, 2 × batch) marks passages and negatives of equal text as the answer's, which count as no negatives.
    """
    total = 0.0
    size = len(queries)
    for weight, q, p, n in zip((1.0, 0.3, 0.2), prefixes(queries), prefixes(passages), prefixes(negatives)):
        scores = (q @ torch.cat([p, n]).T / TEMPERATURE).masked_fill(same, -1e4)
        answer = torch.arange(size, device=q.device)
        total = total + weight * (cross_entropy(scores, answer) + 0.5 * cross_entropy(scores[:, :size].T, answer))
    return total


def crop(ids, random, least=5, most=20):
    """A span of each id array: what somebody might remember of the passage (independent cropping, Izacard et al. 2022)."""
    out = []
    for row in ids:
        length = min(len(row), int(random.integers(least, most + 1)))
        start = int(random.integers(0, len(row) - length + 1))
        out.append(row[start : start + length])
    return out


def mine(queries, passages, texts, random, deepest=30, skip=3):
    """For each query the row of a passage that is near but not its own: one of ranks `skip` to `deepest`, other text.

    The very nearest are skipped, since they often answer too (Qu et al. 2021 call them false negatives).
    """
    out = np.zeros(len(queries), np.int64)
    for start in range(0, len(queries), 2048):
        scores = queries[start : start + 2048] @ passages.T
        depth = min(deepest, scores.shape[1])
        nearest = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
        for i, row in enumerate(nearest):
            ranked = [j for j in row[np.argsort(-scores[i, row])] if texts[j] != texts[start + i]]
            out[start + i] = random.choice(ranked[min(skip, len(ranked) - 1) :]) if ranked else start + i
    return out


def batches_of(kinds, size, epochs, repeat, random, run=32):
    """Batches of pair rows, each of one kind, made of runs of neighbours: the sections of one document are each other's
    negatives. A kind named in `repeat` comes that many times an epoch."""
    groups = {kind: np.flatnonzero(kinds == kind) for kind in np.unique(kinds)}
    for _ in range(epochs):
        out = []
        for kind, rows in groups.items():
            for _ in range(repeat.get(kind, 1)):
                rows = np.roll(rows, int(random.integers(0, run)))
                runs = [rows[start : start + run] for start in range(0, len(rows), run)]
                mixed = np.concatenate([runs[i] for i in random.permutation(len(runs))])
                out += [mixed[start : start + size] for start in range(0, len(mixed), size) if len(mixed[start:]) > 8]
        random.shuffle(out)
        yield from out


class Pairs(NamedTuple):
    """Token ids of questions and of the passages that answer them, a row of a hard negative each, each pair's kind,
    and a number that passages of equal text share."""

    queries: list
    passages: list
    negatives: np.ndarray
    kinds: np.ndarray
    texts: np.ndarray

    @staticmethod
    def of(pairs, vocabulary, embed, seed, most=8000):
        """`embed` gives unit vectors (texts, dimensions) of id arrays; negatives are sought among `most` pairs of a kind."""
        queries = vocabulary.encode([pair["query"] for pair in pairs], MAX_TOKENS)
        passages = vocabulary.encode([pair["passage"] for pair in pairs], MAX_TOKENS)
        kept = [row for row in range(len(pairs)) if len(queries[row]) and len(passages[row])]
        queries, passages = [queries[row] for row in kept], [passages[row] for row in kept]
        kinds = np.array([pairs[row]["kind"] for row in kept])
        texts = [pairs[row]["passage"] for row in kept]
        negatives = np.zeros(len(kept), np.int64)
        random = np.random.default_rng(seed)
        for kind in np.unique(kinds):
            rows = np.flatnonzero(kinds == kind)
            for part in (rows[start : start + most] for start in range(0, len(rows), most)):
                found = mine(embed([queries[i] for i in part]), embed([passages[i] for i in part]), [texts[i] for i in part], random)
                negatives[part] = part[found]
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        return Pairs(queries, passages, negatives, kinds, np.array([numbers[text] for text in texts]))

    def same(self, rows):
        """Which passages of a batch, and which of its negatives, have the text of another row's answer: (batch, 2 × batch)."""
        own = self.texts[rows]
        equal = own[:, None] == np.concatenate([own, self.texts[self.negatives[rows]]])[None]
        equal[np.arange(len(rows)), np.arange(len(rows))] = False
        return equal


def contrast(model, pairs, anchor, *, epochs, rate, seed, size, keep, spans=0.5, repeat={}, report=lambda step, steps, value: None):
    """Trains `model` in place. `anchor` is None or the id arrays and targets of stage 2, whose loss counts `keep` times;
    `spans` is what finding a passage by a span of it counts."""
    random = np.random.default_rng(seed)
    plan = list(batches_of(pairs.kinds, size, epochs, repeat, random))
    adam = optimiser(model, rate)
    take = lambda ids, rows: model(drop([ids[i] for i in rows], 0.1, random))
    for step, rows in enumerate(plan):
        schedule(adam, step, len(plan), rate)
        passages, negatives = take(pairs.passages, rows), take(pairs.passages, pairs.negatives[rows])
        same = torch.as_tensor(pairs.same(rows), device=passages.device)
        value = info_nce(take(pairs.queries, rows), passages, negatives, same)
        cropped = model(crop([pairs.passages[i] for i in rows], random))
        value = value + spans * info_nce(cropped, passages, negatives, same)
        if anchor is not None:
            picked = random.integers(0, len(anchor[0]), size)
            value = value + keep * likeness(take(anchor[0], picked), anchor[1][picked])
        adam.zero_grad()
        value.backward()
        adam.step()
        report(step, len(plan), value)
