"""Expected values of src/evaluate by other people's implementations.

    python metrics.py cases     writes cases.json: seeded rankings, texts, labels and samples
    python metrics.py           reads cases.json and prints what expected.json holds

Needs pytrec-eval-terrier, rouge-score, scikit-learn (which brings SciPy) and jsonschema.
"""

import json
import random
import re
import string
import sys
from collections import Counter
from pathlib import Path

CASES = Path(__file__).with_name("cases.json")
CUTS = (1, 5, 10, 100)


def rankings(rng):
    """Rankings with many ties, ties below 32 bits of precision, unjudged documents and ids outside of ASCII."""
    cases = []
    for _ in range(30):
        ids = [f"d{n}" for n in range(rng.randint(3, 60))] + ["é1", "ｗ2", "𝒳3"]
        judged = rng.sample(ids, rng.randint(1, len(ids)))
        qrels = {name: rng.choice([0, 0, 0, 1, 1, 2, 3]) for name in judged}
        qrels.update({f"unseen{n}": 1 for n in range(rng.randint(0, 3))})
        found = rng.sample(ids, rng.randint(1, len(ids)))
        run = {name: round(rng.gauss(5, 2), rng.choice([0, 1, 4])) for name in found}
        run.update({name: run[name] + 1e-9 for name in found[::7]})
        cases.append({"qrels": qrels, "run": run})
    cases[0]["qrels"] = {name: 0 for name in cases[0]["qrels"]}
    return cases


def texts(rng):
    words = "the a an refund window is 30 days, Days; after delivery. (E.g. within) 1,500 EUR it's on-time running runs".split()
    sentence = lambda: " ".join(rng.choices(words, k=rng.randint(0, 14)))
    pairs = [{"answer": sentence(), "golds": [sentence() for _ in range(rng.randint(1, 3))]} for _ in range(60)]
    return pairs + [
        {"answer": "The.", "golds": [""]},
        {"answer": "", "golds": ["something"]},
        {"answer": "the Refund-Window!", "golds": ["refund window", "refundwindow"]},
        {"answer": "Là, a là the lа", "golds": ["là là", "La"]},
    ]


def classes(rng):
    names = ["refund", "payout", "card", "other", "never"]
    return [
        [{"label": rng.choice(names), "gold": rng.choice(names[:-1])} for _ in range(size)] for size in (1, 7, 60)
    ]


def judgements(rng):
    sets = [[{"score": round(rng.random(), 1), "isPositive": rng.random() < 0.4} for _ in range(size)] for size in (8, 80)]
    return [judged for judged in sets if 0 < sum(one["isPositive"] for one in judged) < len(judged)]


def samples(rng):
    few = [rng.choice([-1, 0, 0.5, 1]) for _ in range(10)]
    many = [rng.gauss(0.05, 0.4) for _ in range(60)]
    coarse = [rng.choice([-1, 0, 0, 0, 1, 1]) for _ in range(120)]
    return {"exact": few, "random": [many, coarse]}


def schemas():
    """Schemas with values that they accept and refuse."""
    text, number = {"type": "string"}, {"type": "number"}
    tree = {"type": "object", "properties": {"c": {"$ref": "#/$defs/n"}}, "additionalProperties": False}
    return [
        {"schema": schema, "values": values}
        for schema, values in [
            ({"properties": {"a": text}, "required": ["a"]}, [{}, {"a": 1}, {"a": "x", "b": 2}, [], 7]),
            ({"minLength": 3, "minimum": 3}, ["a", "abc", 1, 3, None, "😀😀"]),
            ({"type": ["string", "null"]}, [None, 1, "x"]),
            ({"type": "object", "properties": {"a": {"type": "string", "default": "x"}}, "required": ["a"]}, [{}, {"a": "y"}]),
            ({"type": "integer"}, [1.5, 1, "1", True]),
            ({"type": "number", "multipleOf": 0.5, "exclusiveMaximum": 4}, [1.5, 0.3, 4]),
            ({"type": "array", "items": text, "uniqueItems": True, "maxItems": 2}, [["a", "a"], ["a", "b"], ["a", 1], ["a", "b", "c"]]),
            ({"prefixItems": [number], "items": text}, [[1, "a"], [1, 2], ["a"], []]),
            ({"const": {"a": [1]}}, [{"a": [1]}, {"a": [2]}]),
            ({"enum": [1, "a", None, {"b": 1}]}, [{"b": 1}, None, "b"]),
            ({"oneOf": [number, {"type": "integer"}]}, [1, 1.5, "x"]),
            ({"not": text}, ["x", 1]),
            ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1}, {"a": 1, "b": 1}]),
            ({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"c": 1}, {"b": 1}, []]),
            ({"required": ["z"], "properties": {"a": {}}, "additionalProperties": False}, [{"a": 1}, {"z": 1}, {}]),
            ({"patternProperties": {"^x": number}, "additionalProperties": text}, [{"xa": 1}, {"xa": "s"}, {"y": "s"}, {"y": 1}]),
            ({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 0}}, [{"a": 1}, {"a": 1, "b": 1}, {}, {"c": 1}]),
            ({"dependentRequired": {"a": ["b"]}, "propertyNames": {"maxLength": 1}}, [{"a": 1}, {"a": 1, "b": 1}, {"ab": 1}]),
            ({"$ref": "#/$defs/n", "$defs": {"n": tree}}, [{"c": {"c": {}}}, {"c": {"d": {}}}]),
            ({"type": "string", "pattern": "^a.c$"}, ["abc", "xabc", "ac"]),
            ({"contains": number, "maxContains": 1}, [["a"], [1, "a"], [1, 2]]),
            (False, [1]),
        ]
    ]


def write_cases():
    rng = random.Random(20261120)
    cases = {
        "rankings": rankings(rng),
        "texts": texts(rng),
        "labels": classes(rng),
        "judged": judgements(rng),
        "samples": samples(rng),
        "pValues": [[0.04, 0.01, 0.03, 0.005, 0.5], [0.2], [0.001, 0.001, 0.9]],
        "rates": [[0, 12], [3, 40], [150, 150], [77, 131]],
        "schemas": schemas(),
    }
    CASES.write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")


def ranking_metrics(case):
    import pytrec_eval

    names = {"ndcg": "ndcg_cut", "recall": "recall", "precision": "P", "averagePrecision": "map_cut"}
    measures = {f"{theirs}.{','.join(map(str, CUTS))}" for theirs in names.values()} | {"recip_rank", "map"}
    found = pytrec_eval.RelevanceEvaluator({"q": case["qrels"]}, measures).evaluate({"q": case["run"]})["q"]
    cut = {ours: {str(k): found[f"{theirs}_{k}"] for k in CUTS} for ours, theirs in names.items()}
    return cut | {"reciprocalRank": found["recip_rank"], "map": found["map"]}


def normal(text):
    """As evaluate-v2.0.py of SQuAD does it."""
    text = "".join(sign for sign in text.lower() if sign not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def f1(answer, gold):
    mine, theirs = normal(answer).split(), normal(gold).split()
    if not mine or not theirs:
        return float(mine == theirs)
    same = sum((Counter(mine) & Counter(theirs)).values())
    return 2 * same / (len(mine) + len(theirs))


def text_metrics(case):
    from rouge_score.rouge_scorer import RougeScorer

    answer, golds = case["answer"], case["golds"]
    ascii_only = all(text.isascii() for text in [answer, *golds])
    rouge = RougeScorer(["rougeL"], use_stemmer=False).score_multi(golds, answer)["rougeL"].fmeasure
    return {
        "exactMatch": float(any(normal(answer) == normal(gold) for gold in golds)),
        "tokenF1": max(f1(answer, gold) for gold in golds),
        "rougeL": rouge if ascii_only else None,
    }


def label_metrics(labelled):
    from sklearn.metrics import accuracy_score, f1_score

    gold, label = [one["gold"] for one in labelled], [one["label"] for one in labelled]
    return {"accuracy": accuracy_score(gold, label), "macroF1": f1_score(gold, label, average="macro", zero_division=0)}


def area(judged):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score([one["isPositive"] for one in judged], [one["score"] for one in judged])


def p_value(differences, resamples):
    import numpy
    from scipy.stats import permutation_test

    test = permutation_test(
        (numpy.array(differences),), numpy.sum, permutation_type="samples", n_resamples=resamples, rng=1
    )
    return float(test.pvalue)


def statistics(cases):
    import numpy
    from scipy.stats import binomtest, false_discovery_control, norm, t

    few, many = cases["samples"]["exact"], cases["samples"]["random"]
    wilson = [binomtest(k, n).proportion_ci(method="wilson") for k, n in cases["rates"]]
    return {
        "exactP": p_value(few, float("inf")),
        "randomP": [p_value(sample, 200_000) for sample in many],
        "quantiles": [[float(numpy.quantile(sample, p)) for p in (0, 0.05, 0.5, 0.95, 1)] for sample in many],
        "deviation": [float(numpy.std(sample, ddof=1)) for sample in many],
        "wilson": [{"low": ci.low, "high": ci.high} for ci in wilson],
        "benjaminiHochberg": [list(map(float, false_discovery_control(values))) for values in cases["pValues"]],
        "normal": [float(norm.ppf(p)) for p in (0.001, 0.025, 0.3, 0.8, 0.975)],
        "student": [float(t.ppf(0.025, degrees)) for degrees in (5, 10, 30, 149)],
    }


def validity(case):
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(case["schema"])
    return [validator.is_valid(value) for value in case["values"]]


def expected(cases):
    return {
        "rankings": [ranking_metrics(case) for case in cases["rankings"]],
        "texts": [text_metrics(case) for case in cases["texts"]],
        "labels": [label_metrics(labelled) for labelled in cases["labels"]],
        "auroc": [area(judged) for judged in cases["judged"]],
        "statistics": statistics(cases),
        "schemas": [validity(case) for case in cases["schemas"]],
    }


def rounded(value):
    if isinstance(value, float):
        return round(value, 8)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    if sys.argv[1:] == ["cases"]:
        write_cases()
    else:
        print(json.dumps(rounded(expected(json.loads(CASES.read_text()))), separators=(",", ":")))
