"""The recipe, from texts to the folder that ships: python trainer/embedder/train.py --packages DIR --work DIR

Each stage leaves a file in the work folder and is skipped when that is there: texts.jsonl and pairs.jsonl,
teacher/NNN.npy, vocab.txt, states.npy, regressed.npy, contrasted.npy.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

import contrast
import distil
import docstrings
import gather
import quantise
import regress
import teacher
import vocabulary
from card import card
from table import Table, means

REPOSITORY = Path(__file__).resolve().parents[2]
RECIPE = "1"
SEED = 1
DIMENSIONS = 256
BLOCK = 4096
MAX_TOKENS = 160

# Chosen on development data; docs/log.md has what else was tried.
FULL = {
    "texts": None,
    "blocks": 36,
    "words": 0,
    "regress": {"epochs": 6, "rate": 2e-3},
    "contrast": {"epochs": 2, "rate": 2e-3, "keep": 1.0, "size": 512, "repeat": dict.fromkeys(gather.LABELLED, 2)},
}
SMOKE = {
    "texts": 2000,
    "blocks": 1,
    "words": 100,
    "regress": {"epochs": 2, "rate": 2e-3, "size": 256},
    "contrast": {"epochs": 1, "rate": 1e-3, "keep": 1.0, "size": 128},
}


def say(*words):
    print(f"{time.process_time():6.0f} s", *words, file=sys.stderr, flush=True)


def progress(name):
    def report(step, steps, value):
        if step % 50 == 0:
            say(f"{name} {step}/{steps} loss {value.item():.3f}")

    return report


def write_lines(path, rows):
    part = path.with_suffix(".part")
    part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    part.rename(path)


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def cached(path, make):
    """The array in `path`, made and written there when it is missing."""
    if not path.exists():
        part = path.with_suffix(".part.npy")
        np.save(part, make())
        part.rename(path)
    return np.load(path)


def texts_and_pairs(options, settings):
    paths = options.work / "texts.jsonl", options.work / "pairs.jsonl"
    if not all(path.exists() for path in paths):
        most = settings["texts"]
        found = docstrings.gather(most) if options.smoke else gather.gather(options.shared, REPOSITORY, options.packages)
        for path, rows in zip(paths, found):
            write_lines(path, rows)
    return [read_lines(path) for path in paths]


def teacher_vectors(work, count):
    """The teacher's vectors of the first `count` texts: float32 (texts, 384).

    Two processes of one thread each: on two busy cores several times as fast as two threads that wait for each other.
    """
    (work / "teacher").mkdir(exist_ok=True)
    paths = [work / "teacher" / f"{block:03d}.npy" for block in range(-(-count // BLOCK))]
    if not all(path.exists() for path in paths):
        workers = 1 if torch.cuda.is_available() else min(2, len(paths))
        command = [sys.executable, __file__, "--work", str(work), "--embed", str(len(paths)), str(workers)]
        running = [subprocess.Popen([*command, str(worker)]) for worker in range(workers)]
        if any([process.wait() for process in running]):
            raise SystemExit("A process of the teacher failed.")
    return np.concatenate([np.load(path) for path in paths]).astype(np.float32)


def embed_blocks(work, blocks, workers, worker):
    """What one such process does."""
    torch.set_num_threads(1)
    texts = [row["text"] for row in read_lines(work / "texts.jsonl")]
    model = teacher.Teacher(teacher.folder())
    for block in range(worker, blocks, workers):
        own = texts[block * BLOCK : (block + 1) * BLOCK]
        cached(work / "teacher" / f"{block:03d}.npy", lambda: model.encode(own, MAX_TOKENS).astype(np.float16))
        say("teacher: block", block)


def base_vocabulary():
    """BERT's uncased vocabulary: the teacher's file, or the beginning of the shipped one, which is the same."""
    path = teacher.folder()
    shipped = REPOSITORY / "weights/embedder/vocab.txt"
    return vocabulary.Vocabulary(vocabulary.read(path / "vocab.txt" if path else shipped).tokens[:30522])


def own_vocabulary(work, texts, words):
    path = work / "vocab.txt"
    if not path.exists():
        base = base_vocabulary()
        longer = vocabulary.lengthened(base, [row["text"] for row in texts], words, 6) if words else base
        path.write_text("".join(token + "\n" for token in longer.tokens), encoding="utf-8")
    return vocabulary.read(path)


def token_states(work, tokens, asked):
    """The teacher's vectors of the tokens in the rows `asked`, zeros elsewhere: float32 (tokens, 384)."""

    def make():
        base = base_vocabulary()
        pieces = [[row] for row in range(len(base))] + [row.tolist() for row in base.encode(tokens[len(base) :])]
        states = np.zeros((len(tokens), 384), np.float32)
        states[asked] = distil.states(teacher.Teacher(teacher.folder()), [pieces[row] for row in asked])
        return states

    return cached(work / "states.npy", make)


def train(options, settings):
    work = options.work
    texts, pairs = texts_and_pairs(options, settings)
    texts = texts[: settings["blocks"] * BLOCK]
    say(len(texts), "texts,", len(pairs), "pairs")
    vocab = own_vocabulary(work, texts, settings["words"])
    ids = vocab.encode([row["text"] for row in texts], MAX_TOKENS)
    probability = distil.probabilities(ids, len(vocab))
    anchor = None
    if teacher.folder() and not options.no_teacher:
        vectors = teacher_vectors(work, len(texts))
        asked = np.unique(np.concatenate(ids)) if options.smoke else np.arange(len(vocab))
        _, axes = distil.components(vectors[: 12 * BLOCK], DIMENSIONS)
        rows = distil.first_rows(token_states(work, vocab.tokens, asked), axes, probability)
        anchor = regress.anchor(ids, vectors, axes)
    else:
        say("there is no teacher: the first table comes from which tokens occur together, stage 2 is left out")
        rows = distil.without_teacher(ids, probability, DIMENSIONS, SEED)
    model = Table(rows)
    if anchor:
        stage(model, work / "regressed.npy", lambda: regress.regress(
            model, *anchor, seed=SEED, report=progress("regress"), **settings["regress"]))
    stage(model, work / "contrasted.npy", lambda: contrast.contrast(
        model, contrast.Pairs.of(pairs, vocab, means(model), SEED), anchor, seed=SEED, report=progress("contrast"), **settings["contrast"]))
    return model.rows.detach().numpy(), vocab, texts, pairs


def stage(model, path, run):
    """Runs a stage that trains `model` in place, or takes its rows from `path`."""

    def make():
        run()
        return model.rows.detach().numpy()

    rows = cached(path, make)
    model.rows.data.copy_(torch.as_tensor(rows))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for what the stages leave")
    parser.add_argument("--packages", type=Path, help="folder that fetch.sh filled")
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="the evaluation data")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "weights/embedder", help="folder to write")
    parser.add_argument("--export-float", type=Path, help="also write the float folder that sentence-transformers loads")
    parser.add_argument("--smoke", action="store_true", help="2,000 texts that any Python has, in less than a minute")
    parser.add_argument("--no-teacher", action="store_true", help="train as if the teacher were not installed")
    parser.add_argument("--embed", nargs=3, type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    # One thread adds in one order. Two gain little on two cores.
    torch.set_num_threads(1)
    if options.embed:
        return embed_blocks(options.work, *options.embed)
    if not options.smoke and options.packages is None:
        raise SystemExit("--packages is missing: the folder that trainer/embedder/fetch.sh filled.")
    rows, vocab, texts, pairs = train(options, SMOKE if options.smoke else FULL)
    path = None if options.no_teacher else teacher.folder()
    about = {"name": "knowhow-static", "recipe": RECIPE, "seed": SEED, "licence": "Apache-2.0",
             "teacher": teacher.describe(path) if path else None}
    is_shipped = path is not None and not options.smoke
    numbers = (Path(__file__).parent / "numbers.md").read_text(encoding="utf-8") if is_shipped else "This run was not measured.\n"
    quantise.write(options.out, rows, vocab, about, card(about, texts, pairs, len(vocab), numbers))
    if options.export_float:
        quantise.write_float(options.export_float, rows, vocab)
    say("wrote", options.out)


if __name__ == "__main__":
    main()
