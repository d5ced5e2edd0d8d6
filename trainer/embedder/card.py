"""The model card: what the recipe itself knows, and the numbers that were measured."""

from collections import Counter

import sources

OTHERS = {
    "scifact": "claims CC BY 4.0, abstracts ODC-By 1.0 (Wadden et al. 2020)",
    "squad2": "CC BY-SA 4.0 (Rajpurkar et al. 2018)",
    "banking77": "CC BY 4.0",
    "clinc150": "CC BY 3.0",
    "tldr-style": "CC BY 4.0",
    "handbook": "public domain, CC0 1.0",
    "sample-dev": "MIT (`sample/` and `weights/training/`)",
    "python": "PSF-2.0 (docstrings of the standard library)",
}


def rows(counts):
    licences = OTHERS | sources.licences()
    return "\n".join(f"| {name} | {count:,} | {licences[name]} |" for name, count in sorted(counts.items(), key=lambda c: (-c[1], c[0])))


def card(about, texts, pairs, size, numbers):
    """Markdown. `texts` are those that the teacher was asked about or, without it, that were counted; `numbers` is Markdown."""
    teacher = about["teacher"]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in Counter(pair["kind"] for pair in pairs).most_common())
    taught = (
        f"Teacher: {teacher['name']} ({teacher['licence']}), from the Python package `{teacher['package']}`, weights with the SHA-256\n`{teacher['sha256']}`."
        if teacher
        else "Trained without a teacher."
    )
    return f"""# Knowhow's built-in embedder

A static embedding model for English: a table of {size:,} token vectors of 256 dimensions, int8 with a scale a row. A text's vector
is the mean of its tokens' rows, brought to unit length; the first 128 or 64 dimensions stand alone (Matryoshka). It
needs no GPU, no native code and no network. Licence of the weights: {about['licence']}.

{taught}

Made by recipe {about['recipe']} with seed {about['seed']}: `trainer/embedder/README.md` has the commands, `docs/decisions/0010-built-in-embedder.md` the reasons,
`docs/log.md` what was tried.

{numbers}
## What it was trained on

Texts that the table was fitted to the teacher's embeddings of. None of them is in the package. Licences are those of the documentation in the Debian packages' copyright files:

| source | texts | licence |
| --- | ---: | --- |
{rows(Counter(text["source"] for text in texts))}

Pairs of a question, title, heading, definition or sentence and a passage that it belongs to, for contrastive training: {kinds}.

Not seen, also not as plain text: the eight test articles of SQuAD 2.0, XQuAD, the sample's test questions and test documents, SciFact's
test claims, and the abstracts that only test claims are judged on. **SciFact's other abstracts were seen** as unlabelled texts, and two thirds of its
training claims with their labels, so SciFact measures a collection whose language the model knows. For development, a third of SciFact's training claims, the SQuAD articles
on the Huguenots and on Warsaw and the sample's development questions were held out; the sample's development documents were seen.
Looked for afterwards, ten equal words in a row: none between training and SQuAD's test articles, XQuAD or the sample's test half; 24 of SciFact's 300 test claims repeat a
training claim or a title that far (one claim is the same in both parts), and 2 of its 102 test-only abstracts share a stock phrase.

## Limits

- English first: the vocabulary is BERT's uncased one. Other languages that use Latin letters are cut into pieces that mean little; texts in other scripts
  fall into single letters or are unknown. The table above says how much that costs; use the keyword leg or another embedder there.
- The order of words does not count: “a refund to a merchant” and “a merchant to a refund” are one vector. Negation hardly counts.
- Long texts blur: the vector is an average. Chunks of up to about 250 words work best.
- It has the teacher's biases and those of its texts, which are technical documentation, dictionaries, essays, abstracts and encyclopaedia articles.
"""
