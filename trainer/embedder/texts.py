"""What the recipe reads: development sets, labelled pairs and plain passages, each with where it is from.

Never read: the test articles of SQuAD 2.0, XQuAD, the sample's test questions and test documents, SciFact's test queries
and the abstracts that only they are judged on.
"""

import gzip
import hashlib
import json
import re
from typing import NamedTuple


class Set(NamedTuple):
    """A retrieval set: `relevant[q]` are the rows of the passages that answer query q."""

    queries: list
    passages: list
    relevant: list


HELD_OUT_ARTICLES = ("huguenot", "warsaw")


def lines(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file if line.strip()]


def qrels(path):
    return [line.split("\t")[:2] for line in path.read_text().splitlines()[1:]]


def portion(text):
    """A number in 0…1 that depends on the text only: what splits are made by."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def titled(row):
    return f"{row['title']}\n{row['text']}" if row["title"] else row["text"]


def judged(queries, passages, pairs):
    """A Set from {id: text} twice and (query id, passage id) pairs."""
    rows = {id: row for row, id in enumerate(passages)}
    relevant = {}
    for query, passage in pairs:
        relevant.setdefault(query, set()).add(rows[passage])
    return Set([queries[q] for q in relevant], list(passages.values()), list(relevant.values()))


def scifact(shared):
    """The corpus without what only test queries are judged on, and the training pairs: held out, and the rest."""
    folder = shared / "scifact"
    corpus = {row["_id"]: row for row in lines(folder / "corpus.jsonl.gz")}
    queries = {row["_id"]: row["text"] for row in lines(folder / "queries.jsonl")}
    train = qrels(folder / "qrels/train.tsv")
    for_test_only = {d for _, d in qrels(folder / "qrels/test.tsv")} - {d for _, d in train}
    held = [(q, d) for q, d in train if portion(queries[q]) < 1 / 3]
    rest = [(q, d) for q, d in train if portion(queries[q]) >= 1 / 3]
    return corpus, queries, for_test_only, held, rest


def squad(shared, repository):
    """Passages and answerable questions of the development articles: held out, and the rest, as (corpus, queries, pairs)."""
    articles = json.loads((repository / "weights/squad2-split.json").read_text())["dev"]
    folder = shared / "squad2"
    corpus = {row["_id"]: row for row in lines(folder / "corpus.jsonl.gz") if article(row["_id"]) in articles}
    queries = {row["_id"]: row["text"] for row in lines(folder / "queries.jsonl.gz")}
    pairs = [(q, d) for q, d in qrels(folder / "qrels/test.tsv") if d in corpus]
    held = [(q, d) for q, d in pairs if article(d) in HELD_OUT_ARTICLES]
    rest = [(q, d) for q, d in pairs if article(d) not in HELD_OUT_ARTICLES]
    return corpus, queries, held, rest


def article(id):
    return id.rsplit("-", 1)[0]


def flat(text):
    return re.sub(r"\s+", " ", text).strip()


def sections(text, most=900):
    """A Markdown text's paragraphs, packed up to `most` characters within a section, as (headings, body)."""
    path, body, out = [], "", []

    def close():
        nonlocal body
        if flat(body):
            out.append((" / ".join(path), flat(body)))
        body = ""

    for block in re.split(r"\n\s*\n|\n(?=#{1,6} )|(?<=\n)(?=\| )", text):
        heading = re.match(r"(#{1,6}) +(.+)", block)
        if heading:
            close()
            path[len(heading[1]) - 1 :] = [flat(heading[2])]
            block = block[heading.end() :]
        if len(body) + len(block) > most:
            close()
        body += "\n" + block
    close()
    return out


def is_by_first_author(row):
    """As `sample/first-author.ts` has it: the embedder was chosen by these questions, the later ones would choose another."""
    return int(row["id"].removeprefix("q-")) <= 289


def sample(repository):
    """The sample's development questions, those of its first author, over the paragraphs of its text documents."""
    folder = repository / "sample"
    splits = json.loads((folder / "splits.json").read_text())["dev"]
    passages, where = [], []
    for path in sorted((folder / "v1").rglob("*")):
        name = str(path.relative_to(folder / "v1"))
        if path.suffix not in (".md", ".html", ".csv", ".json") or name not in splits:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            text = re.sub(r"<h([1-6])[^>]*>", lambda m: "\n\n" + "#" * int(m[1]) + " ", text)
            text = re.sub(r"<(script|style|nav)\b.*?</\1>", " ", text, flags=re.S)
            text = re.sub(r"<[^>]+>", " ", re.sub(r"</(p|li|tr|h\d)>", "\n\n", text))
        for heading, body in sections(text):
            passages.append(f"{heading}\n{body}" if heading else body)
            where.append(name)
    queries, relevant = [], []
    for row in lines(folder / "questions.jsonl"):
        if row["split"] != "dev" or row["language"] != "en" or not is_by_first_author(row) or not isinstance(row.get("evidence"), list):
            continue
        found = {i for e in row["evidence"] for i in range(len(passages))
                 if where[i] == e["path"] and flat(e["quote"]) in flat(passages[i])}
        if found:
            queries.append(row["question"])
            relevant.append(found)
    return Set(queries, passages, relevant)


def development(shared, repository):
    """The sets that choices are made by."""
    corpus, queries, _, held, _ = scifact(shared)
    squad_corpus, squad_queries, squad_held, _ = squad(shared, repository)
    return {
        "scifact": judged(queries, {id: titled(row) for id, row in corpus.items()}, held),
        "squad": judged(squad_queries, {id: titled(row) for id, row in squad_corpus.items()}, squad_held),
        "sample": sample(repository),
    }
