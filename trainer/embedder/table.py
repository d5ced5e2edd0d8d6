"""The static model while it is trained: a table of token rows, a text is the mean of its rows, brought to unit length."""

import numpy as np
import torch
from torch.nn.functional import embedding_bag, normalize

MATRYOSHKA = (256, 128, 64)


class Table(torch.nn.Module):
    """`rows`: float32 (tokens, dimensions). A row's length is its weight in the mean, so weights are trained too."""

    def __init__(self, rows):
        super().__init__()
        self.rows = torch.nn.Parameter(torch.as_tensor(rows, dtype=torch.float32).clone())

    def forward(self, ids):
        """Means of the rows of each id array, not yet of unit length: (texts, dimensions). No ids give zeros."""
        device = self.rows.device
        lengths = torch.tensor([0, *map(len, ids[:-1])], device=device)
        flat = torch.as_tensor(np.concatenate(ids).astype(np.int64), device=device)
        return embedding_bag(flat, self.rows, lengths.cumsum(0), mode="mean")


def drop(ids, share, random):
    """Each id array without a random share of its tokens, never without all: no row may lean on its neighbours."""
    out = []
    for row in ids:
        kept = row[random.random(len(row)) >= share]
        out.append(kept if len(kept) else row)
    return out


def prefixes(vectors):
    """Unit vectors of the first 256, 128 and 64 dimensions, as far as there are so many (Kusupati et al. 2022)."""
    return [normalize(vectors[:, :width], dim=1) for width in MATRYOSHKA if width <= vectors.shape[1]]


def means(model):
    """A function from id arrays to unit vectors (texts, dimensions) in numpy; a text without tokens is all zeros."""

    def embed(ids):
        with torch.no_grad():
            parts = [normalize(model(ids[start : start + 1024]), dim=1) for start in range(0, len(ids), 1024)]
        return torch.cat(parts).numpy()

    return embed


def optimiser(model, rate):
    return torch.optim.Adam(model.parameters(), rate, betas=(0.9, 0.99))


def schedule(optimiser, step, steps, rate):
    """Linear warm-up over a twentieth of the steps, then linearly to a tenth."""
    warm = min(1.0, (step + 1) / max(1, steps // 20))
    for group in optimiser.param_groups:
        group["lr"] = rate * warm * (1 - 0.9 * step / max(1, steps))
