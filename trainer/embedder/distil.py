"""Stage 1: a first table from the teacher alone, after Model2Vec (Tulkens & van Dongen 2024).

Each token goes through the teacher by itself; principal components of what comes out, the first dimensions first;
frequent tokens are made small (Arora et al. 2017, "SIF": a / (a + p)).
"""

import numpy as np


def states(teacher, pieces):
    """The teacher's embedding of each token, given as its word pieces, as the text `[CLS] pieces [SEP]`: float32 (tokens, 384)."""
    return teacher.pool([[101, *row, 102] for row in pieces])


def components(vectors, dimensions):
    """Mean and principal axes of `vectors`, largest variance first: (width,), (width, dimensions)."""
    mean = vectors.mean(0)
    _, _, axes = np.linalg.svd(vectors - mean, full_matrices=False)
    return mean, axes[:dimensions].T


def probabilities(ids, size):
    """How often each token occurs in texts given as id arrays, with one added to each count."""
    counts = np.ones(size)
    np.add.at(counts, np.concatenate(ids), 1)
    return counts / counts.sum()


def weigh(rows, probability, a=1e-4):
    """Rows of unit length times a / (a + p); rows of zeros stay so."""
    unit = rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True))
    return (unit * (a / (a + probability))[:, None]).astype(np.float32)


def first_rows(states, axes, probability):
    """The table that training starts from, rows of length 1 on average: centred states in the axes, weighed."""
    known = states.any(1)
    centred = np.where(known[:, None], states - states[known].mean(0), 0)
    rows = weigh(centred @ axes, probability)
    return rows / np.linalg.norm(rows, axis=1)[known].mean()


def without_teacher(ids, probability, dimensions, seed):
    """A first table from co-occurrence alone (random indexing, Kanerva et al. 2000): each token has a random vector, a text
    is the weighed sum of its tokens', and a token's row is the sum over the texts that it occurs in."""
    random = np.random.default_rng(seed).standard_normal((len(probability), dimensions)).astype(np.float32)
    own = weigh(random, probability)
    rows = own.copy()
    for row in ids:
        np.add.at(rows, row, own[row].mean(0) if len(row) else 0)
    return weigh(rows, probability)
