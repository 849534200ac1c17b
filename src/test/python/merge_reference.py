"""Golden values for the merge methods, computed in float64 by plain formulas over whole tensors.

Run: python merge_reference.py ../resources/org/mergetomix/merge/golden.json
Needs numpy. It shares no code with what it checks; random masks are drawn again from the documented
generator.
"""

import hashlib
import itertools
import json
import sys

import numpy as np

SEED = 7
MASK = (1 << 64) - 1
SHAPES = {
    "embed.weight": (4, 6),
    "layers.0.bias": (7,),
    "layers.0.weight": (3, 5),
    "layers.1.column": (8, 1),
    "layers.1.heavy": (64,),
    "layers.2.mlp.0.weight": (2, 2, 3),
    "scale": (),
}
DATASETS = ["de", "es", "fr", "it"]
# Masks are keyed by the digest of an expert's contents; any text stands for one here.
DIGESTS = {name: hashlib.sha256(name.encode()).hexdigest() for name in DATASETS}


def inputs():
    rng = np.random.default_rng(20)
    base, deltas = {}, {name: {} for name in DATASETS}
    for tensor, shape in SHAPES.items():
        base[tensor] = rng.normal(size=shape).astype(np.float32)
        for name in DATASETS:
            drawn = rng.normal(size=shape) * 0.1
            if tensor == "layers.1.heavy":
                drawn = rng.standard_cauchy(size=shape) * 0.01
            if tensor in ("embed.weight", "layers.0.bias"):
                # Coarse, so that there are zeros, equal magnitudes and draws between signs.
                drawn = np.round(drawn * 16) / 16
            deltas[name][tensor] = np.asarray(drawn, dtype=np.float32)
    return base, deltas


def uniform(dataset, tensor, count):
    digest = hashlib.sha256()
    for part in (str(SEED), DIGESTS[dataset], tensor):
        text = part.encode()
        digest.update(len(text).to_bytes(8, "big") + text)
    key = int.from_bytes(digest.digest()[:8], "big")
    numbers = []
    for i in range(count):
        z = (key + (i + 1) * 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        numbers.append((z >> 11) / 2.0**53)
    return np.array(numbers)


def greatest_first(values):
    """Indices by falling magnitude, equal ones by rising index."""
    return np.argsort(-np.abs(values), kind="stable")


def keep_band(values, density, gamma):
    n = values.size
    kept = max(1, int(density * n))
    outliers = min(int(gamma * n), n - kept)
    result = np.zeros_like(values)
    band = greatest_first(values)[outliers : outliers + kept]
    result[band] = values[band]
    return result


def former_norm(before, after):
    norm, kept = np.abs(before).sum(), np.abs(after).sum()
    return after if norm < 1e-7 or kept < 1e-7 else after * (norm / kept)


def each_tensor(delta, change):
    return {
        name: change(name, value.astype(np.float64).ravel()).reshape(value.shape)
        for name, value in delta.items()
    }


def trim(dataset, delta, density, gamma=0.0, whole=False):
    if density >= 1:
        return each_tensor(delta, lambda name, v: v)
    if not whole:
        return each_tensor(delta, lambda name, v: keep_band(v, density, gamma))
    flat = np.concatenate([delta[t].astype(np.float64).ravel() for t in SHAPES])
    flat = keep_band(flat, density, gamma)
    result, at = {}, 0
    for tensor, shape in SHAPES.items():
        size = int(np.prod(shape))
        result[tensor] = flat[at : at + size].reshape(shape)
        at += size
    return result


def drop(dataset, delta, density, mode):
    def change(tensor, values):
        if density >= 1:
            return values
        kept = np.where(uniform(dataset, tensor, values.size) < density, values, 0)
        return kept / density if mode == "paper" else former_norm(values, kept)

    return each_tensor(delta, change)


def drop_by_rank(dataset, delta, density, epsilon, mode):
    def change(tensor, values):
        if density >= 1:
            return values
        shape = SHAPES[tensor]
        columns = shape[-1] if shape else 1
        spread = min(epsilon, density, 1 - density)
        probability = np.empty(values.size)
        for start in range(0, values.size, columns):
            row = np.abs(values[start : start + columns])
            rank = np.empty(columns)
            rank[np.argsort(row, kind="stable")] = np.arange(columns)
            place = rank / (columns - 1) if columns > 1 else np.array([0.5])
            probability[start : start + columns] = density - spread + 2 * spread * place
        chosen = uniform(dataset, tensor, values.size) < probability
        if mode == "paper":
            return np.where(chosen, values / np.where(chosen, probability, 1), 0)
        return former_norm(values, np.where(chosen, values, 0))

    return each_tensor(delta, change)


def stack(deltas, tensor):
    return np.stack([delta[tensor] for delta in deltas]).astype(np.float64)


def broadcast(weights, like):
    return np.asarray(weights).reshape((-1,) + (1,) * (like.ndim - 1))


def mean(deltas, weights):
    return {
        t: (stack(deltas, t) * broadcast(weights, stack(deltas, t))).sum(0) / sum(weights)
        for t in SHAPES
    }


def total(deltas, weights, scale):
    relative = [w * len(weights) / sum(weights) for w in weights]
    return {
        t: scale * (stack(deltas, t) * broadcast(relative, stack(deltas, t))).sum(0)
        for t in SHAPES
    }


def elect(values, weights, vote_weights, draw, averaged):
    votes = (values * broadcast(vote_weights, values)).sum(0)
    sign = np.where(votes > 0, 1, np.where(votes < 0, -1, draw))
    agree = (np.sign(values) == sign) & (values != 0)
    w = broadcast(weights, values) * agree
    number = (values * w).sum(0)
    divisor = w.sum(0)
    if not averaged:
        return number * len(weights) / sum(weights)
    return number / np.where(divisor == 0, 1, divisor)


def consensus(deltas, weights, scale, mode, averaged):
    ones = [1.0] * len(weights)
    if mode == "mergekit":
        draw, votes = 1, weights
    else:
        votes = ones
        signs = [np.sign(stack(deltas, t).sum(0)).sum() for t in SHAPES]
        draw = np.sign(sum(signs))
    return {t: scale * elect(stack(deltas, t), weights, votes, draw, averaged) for t in SHAPES}


def model_stock(deltas, weights):
    merged = mean(deltas, weights)
    n = len(deltas)
    if n == 1:
        return merged
    for tensor in SHAPES:
        values = stack(deltas, tensor).reshape(n, -1)
        cosines = []
        for i, j in itertools.combinations(range(n), 2):
            norms = np.linalg.norm(values[i]) * np.linalg.norm(values[j])
            cosines.append(values[i] @ values[j] / norms if norms > 0 else 0.0)
        c = max(0.0, float(np.mean(cosines)))
        merged[tensor] = merged[tensor] * (n * c / (1 + (n - 1) * c))
    return merged


def sce(deltas, weights, top_k, mode):
    merged = {}
    for tensor, shape in SHAPES.items():
        values = stack(deltas, tensor).reshape(len(deltas), -1)
        if top_k < 1 and len(deltas) > 1:
            variance = values.var(0).astype(np.float32)
            varying = np.count_nonzero(variance)
            if varying:
                selected = greatest_first(variance)[: max(1, int(top_k * varying))]
                masked = np.zeros_like(values)
                masked[:, selected] = values[:, selected]
                values = masked
        squares = (values**2).mean(1)
        if mode == "mergekit" and squares.sum() < 1e-6:
            squares = np.ones(len(deltas))
        w = squares * np.asarray(weights)
        ones = [1.0] * len(weights)
        merged[tensor] = elect(values, w, ones, 1, True).reshape(shape)
    return merged


LAYERS = {"layers.0": 0, "layers.1": 1, "layers.2": 2}


def lines(merged, deltas, weights, alpha, beta):
    if alpha is None:
        plain = total(deltas, weights, 1)
        first = sum(np.abs(v).sum() for v in plain.values())
        second = sum(np.abs(v).sum() for v in merged.values())
        alpha = (first / second if second else 1) / len(deltas)
    if beta is None:
        beta = max(0.0, 1 - alpha)
    result = {}
    for tensor, value in merged.items():
        layer = next((n for prefix, n in LAYERS.items() if tensor.startswith(prefix + ".")), 0)
        result[tensor] = value * (alpha + beta * layer / 2)
    return result


def merge(method, given, deltas, names, weights):
    mode = given.get("mode", "paper")
    paper = mode == "paper"
    number = lambda key, default: float(given.get(key, default))
    chosen = [deltas[name] for name in names]
    density = lambda otherwise: number("density", otherwise if paper else 1)
    scale = number("lambda", 0.3 if paper and method == "task-arithmetic" else 1)
    prepared = chosen
    if method == "ties":
        prepared = [trim(n, d, density(0.2), whole=paper) for n, d in zip(names, chosen)]
    elif method == "top-k-grafting":
        prepared = [trim(n, d, number("density", 0.1), whole=True) for n, d in zip(names, chosen)]
    elif method.startswith("breadcrumbs"):
        gamma = number("gamma", 0.01)
        prepared = [trim(n, d, density(0.1), gamma) for n, d in zip(names, chosen)]
    elif method.startswith("dare"):
        prepared = [drop(n, d, density(0.1), mode) for n, d in zip(names, chosen)]
    elif method.startswith("della"):
        epsilon = number("epsilon", 0.15)
        prepared = [drop_by_rank(n, d, density(0.3), epsilon, mode) for n, d in zip(names, chosen)]
    if method in ("average", "linear", "top-k-grafting"):
        merged = mean(prepared, weights)
    elif method in ("task-arithmetic", "dare-linear", "della-linear", "breadcrumbs"):
        merged = total(prepared, weights, scale)
    elif method in ("ties", "della"):
        merged = consensus(prepared, weights, scale, mode, True)
    elif method in ("dare-ties", "breadcrumbs-ties"):
        merged = consensus(prepared, weights, scale, mode, paper)
    elif method == "model-stock":
        merged = model_stock(prepared, weights)
    else:
        merged = sce(prepared, weights, number("select-top-k", 0.1 if paper else 1), mode)
    if given.get("lines.scaling") == "linear":
        optional = lambda key: float(given[key]) if key in given else None
        merged = lines(merged, chosen, weights, optional("lines.alpha"), optional("lines.beta"))
    return merged


def settings():
    both = [{"mode": "paper"}, {"mode": "mergekit"}]
    yield from (("average", {}), ("linear", {}), ("model-stock", {}))
    yield from (("top-k-grafting", {}), ("top-k-grafting", {"density": "0.5"}))
    for mode in both:
        yield "task-arithmetic", {**mode}
        yield "task-arithmetic", {**mode, "lambda": "0.7"}
        for method in ("ties", "dare-linear", "dare-ties", "della", "della-linear"):
            yield method, {**mode}
            yield method, {**mode, "density": "0.6", "lambda": "0.9"}
        yield "della", {**mode, "density": "0.9", "epsilon": "0.3"}
        yield "ties", {**mode, "density": "0.01"}
        yield "ties", {**mode, "density": "1"}
        for method in ("breadcrumbs", "breadcrumbs-ties"):
            yield method, {**mode, "density": "0.5"}
            yield method, {**mode, "density": "0.9", "gamma": "0.2"}
            yield method, {**mode, "density": "0.3", "gamma": "0"}
        yield "sce", {**mode}
        yield "sce", {**mode, "select-top-k": "1"}
        yield "sce", {**mode, "select-top-k": "0.001"}
        yield "sce", {**mode, "select-top-k": "0.5"}
    linear = {"lines.scaling": "linear"}
    yield "average", {**linear, "lines.alpha": "0.4"}
    yield "task-arithmetic", {**linear}
    yield "ties", {**linear, "lines.beta": "0.5", "mode": "mergekit", "density": "0.4"}
    yield "sce", {**linear, "lines.beta": "1.5", "select-top-k": "0.5"}


def numbers(array):
    return [float(np.float32(x)) for x in np.asarray(array, dtype=np.float64).ravel()]


def short(values):
    return [float(np.format_float_positional(np.float32(x), unique=True, trim="-")) for x in values]


def main(target):
    base, deltas = inputs()
    cases = []
    for method, given in settings():
        for mixture in ([1, 1, 1], [0.5, 0.2, 0.3]):
            names = ["de", "es", "it"]
            merged = merge(method, given, deltas, names, mixture)
            cases.append({
                "method": method,
                "given": given,
                "mixture": "+".join(
                    names if mixture[0] == 1 else [f"{n}:{w}" for n, w in zip(names, mixture)]),
                "expected": {
                    t: short(numbers(base[t].astype(np.float64) + merged[t])) for t in SHAPES},
            })
    document = {
        "seed": SEED,
        "shapes": {t: list(s) for t, s in SHAPES.items()},
        "digests": DIGESTS,
        "base": {t: short(numbers(base[t])) for t in SHAPES},
        "deltas": {d: {t: short(numbers(v[t])) for t in SHAPES} for d, v in deltas.items()},
        "uniform": [repr(float(x)) for x in uniform("es", "layers.0.bias", 5)],
    }
    with open(target, "w", encoding="utf-8") as file:
        lines_of = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in document.items()]
        rows = ",\n".join(json.dumps(case) for case in cases)
        file.write("{\n" + ",\n".join(lines_of) + ',\n"cases": [\n' + rows + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
