"""Texts and pairs that any Python has, for a smoke run: the docstrings of its standard library (PSF-2.0)."""

import ast
import sysconfig
from pathlib import Path

from texts import flat, portion


def docstrings():
    """(name, first paragraph, the rest) of every documented module, class and function."""
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8", errors="ignore"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                first, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
                if len(flat(first)) > 30:
                    yield getattr(node, "name", path.stem), flat(first)[:300], flat(rest)[:400]


def gather(most):
    """(texts, pairs) in the shape of `gather.gather`: first paragraphs and what follows them."""
    found = {first: (name, rest) for name, first, rest in docstrings()}
    order = sorted(found, key=portion)[: most // 2]
    texts = dict.fromkeys(text for first in order for text in (first, found[first][1]) if text)
    pairs = [{"query": first, "passage": found[first][1], "kind": "docstring"} for first in order if len(found[first][1]) > 60]
    return [{"text": text, "source": "python"} for text in texts], pairs
