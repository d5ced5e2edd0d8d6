"""Stage 0: all texts and pairs of the recipe, in one order that depends on the texts only.

A text is {"text", "source"}; a pair is {"query", "passage", "kind"}. Labelled texts come first, the rest is mixed, so that any
prefix is a fair sample. Pairs of one document are neighbours: each other's hard negatives.
"""

import json
import re

import sources
import texts as data
from texts import flat, portion, sections, titled


LABELLED = ("scifact", "squad2", "handbook", "sample-dev")


def sentences(text):
    return [s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9(\"“])", flat(text)) if s]


def front(text, most):
    """The whole sentences at the front of `text` that fit into `most` characters; at least one, cut if need be."""
    out = ""
    for sentence in sentences(text):
        if out and len(out) + len(sentence) + 1 > most:
            break
        out = f"{out} {sentence}".strip()
    return out[:most]


def labelled(shared, repository):
    """Questions and the passages that answer them, of development data: (query, passage, kind)."""
    corpus, queries, _, _, rest = data.scifact(shared)
    for query, doc in rest:
        yield queries[query], titled(corpus[doc]), "scifact"
    corpus, queries, _, rest = data.squad(shared, repository)
    for query, doc in rest:
        yield queries[query], titled(corpus[doc]), "squad2"
    roots = {"sample-dev": repository / "sample/v1", "handbook": shared / "handbook-18f/r1"}
    for name, root in roots.items():
        for row in data.lines(repository / f"weights/training/{name}.jsonl"):
            for evidence in row["evidence"] if row["language"] == "en" else []:
                path = root / evidence["path"]
                if path.suffix != ".md":
                    continue
                for heading, body in sections(path.read_text(encoding="utf-8")):
                    if flat(evidence["quote"]) in body:
                        yield row["question"], f"{heading}\n{body}", name


def own_documents(shared, repository):
    """Sections of the sample's development documents and of the handbook: (source, heading, body)."""
    for name in json.loads((repository / "sample/splits.json").read_text())["dev"]:
        path = repository / "sample/v1" / name
        if path.suffix == ".md" and path.is_file():
            yield from (("sample-dev", *section) for section in sections(path.read_text(encoding="utf-8"), 500))
    for path in sorted((shared / "handbook-18f/r1").rglob("*.md")):
        body = re.sub(r"^---\n.*?\n---\n|\{%.*?%\}|\]\([^)]*\)", "", path.read_text(encoding="utf-8"), flags=re.S)
        yield from (("handbook", *section) for section in sections(body, 500) if len(section[1]) > 60)


def abstracts(shared):
    """SciFact's abstracts, without those that only test queries are judged on."""
    corpus, _, for_test_only, _, _ = data.scifact(shared)
    for id, row in corpus.items():
        if id not in for_test_only:
            yield row["title"], row["text"]


def intents(shared):
    """{set: {label: utterances}} of the training splits."""
    for name in ("banking77", "clinc150"):
        by_label = {}
        for row in data.lines(shared / name / "train.jsonl"):
            by_label.setdefault(row["label"], []).append(row["text"])
        yield name, by_label


def commands(shared):
    """tldr's training pages: (command and what it is about, its tasks)."""
    for row in data.lines(shared / "tldr-style/train.jsonl.gz"):
        name, about, *_ = (line.split(": ", 1)[-1] for line in row["input"].split("\n"))
        tasks = re.findall(r"^\d+\. (.*?) => (.*)$", row["input"], flags=re.M)
        yield name, about, tasks


def plain(shared, repository, packages):
    """Unlabelled passages and short texts: (text, source)."""
    for title, text in abstracts(shared):
        yield f"{title}\n{text}", "scifact"
        for sentence in sentences(text):
            if len(sentence) > 40:
                yield sentence[:400], "scifact"
    documents = (*own_documents(shared, repository), *sources.pages(packages))
    for source, heading, body in documents:
        last = heading.split(" / ")[-1]
        yield (f"{last}\n{front(body, 350)}" if portion(body) < 0.5 else front(body, 350)), source
        if len(last) > 12:
            yield last, source
    for source, word, body in (*sources.entries(packages), *sources.fortunes(packages)):
        yield front(f"{word}: {body}" if word else body, 300), source
    for words, definition, example in sources.glosses(packages):
        if portion(definition) < 0.6:
            yield f"{', '.join(words[:3])}: {definition}", "wordnet-base"
        if example and portion(example) < 0.3:
            yield example, "wordnet-base"
    for name, by_label in intents(shared):
        for utterances in by_label.values():
            yield from ((u, name) for u in utterances)
    for name, about, tasks in commands(shared):
        yield f"{name}: {about}", "tldr-style"
        yield from ((task, "tldr-style") for task, _ in tasks)


def weak(shared, repository, packages):
    """Pairs that a document's structure gives: (query, passage, kind)."""
    for title, text in abstracts(shared):
        yield title, text, "title"
        parts = sentences(text)
        if len(parts) > 3:
            at = int(portion(text) * len(parts))
            yield parts[at], " ".join(parts[:at] + parts[at + 1 :]), "sentence"
    for source, heading, body in (*own_documents(shared, repository), *sources.pages(packages)):
        last = heading.split(" / ")[-1]
        if len(last) > 8 and len(body) > 100:
            yield last, body, "heading"
        parts = sentences(body)
        if len(parts) > 2:
            at = int(portion(body) * len(parts))
            yield parts[at], f"{last}\n{' '.join(parts[:at] + parts[at + 1 :])}", "sentence"
    webster = dict((word.lower(), body) for _, word, body in sources.entries(packages))
    for words, definition, example in sources.glosses(packages):
        if portion(definition) < 0.25:
            yield definition, ", ".join(words), "gloss"
        if words[0].lower() in webster:
            yield definition, f"{words[0]}: {webster[words[0].lower()]}", "gloss"
    for name, about, tasks in commands(shared):
        yield about, f"{name}: {'. '.join(task for task, _ in tasks)}", "command"
    for name, by_label in intents(shared):
        for utterances in by_label.values():
            ordered = sorted(utterances, key=portion)[:60]
            yield from ((a, b, name) for a, b in zip(ordered[::2], ordered[1::2]))


def gather(shared, repository, packages):
    """(texts, pairs). Texts have no duplicates and are mixed, the labelled ones first; pairs stay in the order of their documents."""
    pairs = [dict(zip(("query", "passage", "kind"), pair)) for pair in labelled(shared, repository)]
    first = [{"text": pair[key], "source": pair["kind"]} for pair in pairs for key in ("query", "passage")]
    rest = [{"text": flat(text), "source": source} for text, source in plain(shared, repository, packages)]
    found = {row["text"]: row for row in first}
    found.update((row["text"], row) for row in sorted(rest, key=lambda row: portion(row["text"])) if row["text"] not in found)
    pairs += [dict(zip(("query", "passage", "kind"), pair)) for pair in weak(shared, repository, packages)]
    return list(found.values()), pairs
