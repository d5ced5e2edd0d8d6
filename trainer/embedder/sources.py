"""Plain documentation as (source, heading, body): unpacked Debian packages (`fetch.sh`) and dictionaries among them."""

import gzip
import html
import re
from pathlib import Path

from texts import flat, portion, sections

HERE = Path(__file__).parent

# package: (pattern of its files, most passages taken)
PAGES = {
    "anarchism": ("**/html/*.html", 9000),
    "debian-handbook": ("**/html/en-US/*.html", 2500),
    "debian-history": ("**/*.en.html", 400),
    "debian-reference-en": ("**/*.en.html", 1200),
    "developers-reference": ("**/*.html", 700),
    "gimp-help-en": ("**/en/*.html", 2500),
    "gnome-user-docs": ("**/help/C/**/*.page", 3000),
    "kalzium-data": ("**/HTML/en/**/*.docbook", 400),
    "kstars-data": ("**/HTML/en/**/*.docbook", 1500),
    "ledger": ("**/*.html", 500),
    "libreoffice-help-en-us": ("**/text/**/*.html", 4000),
    "lilypond-doc-html": ("**/essay/*.html", 500),
    "octave-doc": ("**/*.html", 700),
    "postgresql-doc-15": ("**/html/*.html", 3000),
    "python-biopython-doc": ("**/*.html", 1200),
    "python-django-doc": ("**/html/[tirfmh]*/**/*.html", 2500),
    "python-pandas-doc": ("**/user_guide/*.html", 1000),
    "python-scipy-doc": ("**/tutorial/*.html", 600),
    "python-sklearn-doc": ("**/html/*/*.html", 2500),
    "python3.11-doc": ("**/html/[hltfu]*/*.html", 3500),
    "sqlite3-doc": ("**/*.html", 2000),
    "stellarium-data": ("**/description.en.utf8", 1500),
}
ENTRIES = {"dict-devil": 1000, "dict-foldoc": 4000, "dict-jargon": 1200, "dict-gcide": 16000}


def licences():
    """{package: licence}."""
    rows = [line.split("\t") for line in (HERE / "packages.txt").read_text().splitlines() if not line.startswith("#")]
    return {row[0]: row[1] for row in rows}


def markup(text):
    """HTML, DocBook or Mallard as text with `#` headings and blank lines between blocks; code and navigation left out."""
    text = re.sub(r"<(script|style|nav|pre|programlisting|screen|code-block|head|footer)\b.*?</\1>", "\n\n", text, flags=re.S | re.I)
    text = re.sub(r"<h([1-6])\b[^>]*>", lambda m: "\n\n" + "#" * int(m[1]) + " ", text)
    text = re.sub(r"<title\b[^>]*>", "\n\n## ", text)
    text = re.sub(r"</?(p|para|li|tr|h\d|title|div|dd|dt|table|ul|ol|section|note)\b[^>]*>", "\n\n", text, flags=re.I)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).replace("¶", "")


def is_prose(text):
    """Whether a passage reads as English sentences: length, letters, words that any English text has."""
    words = text.lower().split()
    common = sum(word in {"the", "of", "to", "a", "in", "is", "and", "for", "that", "it", "be", "are", "you"} for word in words)
    return 60 <= len(text) and sum(c.isalpha() or c == " " for c in text) > 0.85 * len(text) and common >= 0.12 * len(words)


def pages(folder):
    """Paragraphs of at most about 500 characters, as many a package as PAGES says, chosen by their text, in the order of the files."""
    for package, (pattern, most) in PAGES.items():
        found = {}
        for path in sorted((folder / package).glob(pattern)):
            if path.is_file():
                text = markup(path.read_text(encoding="utf-8", errors="ignore"))
                for heading, body in sections(text, 500):
                    if is_prose(body[:700]):
                        found[body[:700]] = heading
        chosen = set(sorted(found, key=portion)[:most])
        yield from ((package, heading, body) for body, heading in found.items() if body in chosen)


ALPHABET = {c: i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}


def number(digits):
    value = 0
    for digit in digits:
        value = value * 64 + ALPHABET[digit]
    return value


def dictionary(folder, package):
    """(headword, definition) of a dictd dictionary."""
    index = next((folder / package).glob("**/*.index"), None)
    if index is None:
        return
    with gzip.open(index.with_suffix(".dict.dz")) as file:
        content = file.read()
    for line in index.read_text(encoding="utf-8", errors="ignore").splitlines():
        word, start, length = line.split("\t")[:3]
        entry = content[number(start) : number(start) + number(length)].decode("utf-8", "ignore")
        entry = re.sub(r"\[[^\]]*\]|\\[^\\]*\\|[{}]", "", "\n".join(entry.split("\n")[1:]))
        yield word, flat(entry)[:450]


def entries(folder):
    for package, most in ENTRIES.items():
        found = {body: word for word, body in dictionary(folder, package) if is_prose(body)}
        for body in sorted(found, key=portion)[:most]:
            yield package, found[body], body


def glosses(folder):
    """(words of the synonym set, definition, examples) of WordNet."""
    for path in sorted((folder / "wordnet-base").glob("**/wordnet/data.*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(" ") or "|" not in line:
                continue
            fields, gloss = line.split("|", 1)
            part = fields.split()
            words = [re.sub(r"\(.*\)", "", part[4 + 2 * i]).replace("_", " ") for i in range(int(part[3], 16))]
            definition, *examples = re.split(r';\s*"', flat(gloss))
            yield words, definition.strip('" ;'), " ".join(e.strip('"; ') for e in examples)


def fortunes(folder):
    for path in sorted((folder / "fortunes").glob("**/games/fortunes/*")):
        if path.suffix == "" and path.is_file():
            for text in path.read_text(encoding="utf-8", errors="ignore").split("\n%\n"):
                if is_prose(flat(text)):
                    yield "fortunes", "", flat(text)[:500]
