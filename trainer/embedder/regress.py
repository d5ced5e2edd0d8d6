"""Stage 2: the table learns to give the teacher's embedding of whole passages.

The target is the teacher's vector in its principal components, the first of which stand alone. Two losses: the cosine
distance to the target, and how alike the teacher finds each pair of texts of a batch (Kullback-Leibler divergence of the
softmax over the batch, temperature 0.05; Hinton et al. 2015). Both for 256, 128 and 64 dimensions.
"""

import numpy as np
import torch
from torch.nn.functional import kl_div, normalize

from table import drop, optimiser, prefixes, schedule

TEMPERATURE = 0.05


def anchor(ids, vectors, axes):
    """Texts that have tokens, as id arrays, and their targets: the teacher's vectors in principal components, of unit length."""
    kept = [row for row, own in enumerate(ids) if len(own)]
    return [ids[row] for row in kept], normalize(torch.as_tensor(vectors[kept] @ axes), dim=1)


def alike(student, teacher):
    """Divergence of how the student spreads each text's likeness over the batch from how the teacher does: scalar."""
    own = torch.eye(len(student), dtype=torch.bool, device=student.device)
    wanted = (teacher @ teacher.T / TEMPERATURE).masked_fill(own, -1e4).softmax(1)
    found = (student @ student.T / TEMPERATURE).masked_fill(own, -1e4).log_softmax(1)
    return kl_div(found, wanted, reduction="batchmean")


def loss(means, target):
    """`means` (texts, dimensions) of the table, `target` (texts, dimensions) of unit length."""
    total = 0.0
    for weight, student, teacher in zip((1.0, 0.3, 0.2), prefixes(means), prefixes(target)):
        total = total + weight * ((1 - (student * teacher).sum(1)).mean() * 2 + alike(student, teacher))
    return total


def batches(count, size, epochs, random):
    for _ in range(epochs):
        order = random.permutation(count)
        yield from (order[start : start + size] for start in range(0, count - size + 1, size))


def regress(model, ids, target, *, epochs, rate, seed, size=1024, report=lambda step, steps, value: None):
    """Trains `model` in place on id arrays and their targets (texts, dimensions)."""
    random = np.random.default_rng(seed)
    size = min(size, len(ids))
    steps = epochs * (len(ids) // size)
    adam = optimiser(model, rate)
    for step, rows in enumerate(batches(len(ids), size, epochs, random)):
        schedule(adam, step, steps, rate)
        value = loss(model(drop([ids[i] for i in rows], 0.1, random)), target[rows])
        adam.zero_grad()
        value.backward()
        adam.step()
        report(step, steps, value)
