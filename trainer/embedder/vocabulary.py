"""The vocabulary (BERT's uncased WordPiece, lengthened by frequent whole words) and texts as its token ids."""

from collections import Counter

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers


class Vocabulary:
    """Tokens in the order of the table's rows. Greedy longest match first, so a whole word that is added wins over its pieces."""

    def __init__(self, tokens):
        self.tokens = list(tokens)
        ids = {token: row for row, token in enumerate(self.tokens)}
        self.tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
        self.tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        self.tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self.unknown = ids["[UNK]"]

    def __len__(self):
        return len(self.tokens)

    def encode(self, texts, max_tokens=512):
        """Token ids of each text as an int32 array: no special tokens, unknown ones left out, cut after `max_tokens`."""
        out = []
        for start in range(0, len(texts), 10_000):
            for encoding in self.tokenizer.encode_batch_fast(texts[start : start + 10_000], add_special_tokens=False):
                ids = np.asarray(encoding.ids[:max_tokens], np.int32)
                out.append(ids[ids != self.unknown])
        return out


def read(path):
    """The vocabulary of a `vocab.txt`, one token a line."""
    return Vocabulary(path.read_text(encoding="utf-8").split("\n")[:-1])


def lengthened(base, texts, at_most, least_count):
    """`base` and the most frequent words of `texts` that it cuts into several pieces, most frequent first."""
    words = Counter()
    normalise, split = base.tokenizer.normalizer.normalize_str, base.tokenizer.pre_tokenizer.pre_tokenize_str
    for text in texts:
        words.update({word for word, _ in split(normalise(text)) if word.isalpha() and word.isascii() and len(word) < 30})
    known = set(base.tokens)
    frequent = sorted((-count, word) for word, count in words.items() if count >= least_count and word not in known)
    return Vocabulary(base.tokens + [word for _, word in frequent[:at_most]])
