"""Compares what export writes with what mergekit and PEFT make of the same inputs.

Every mergekit.yaml is read by mergekit itself, by the command in its second line. Models are made on
the spot. Run with the packages in requirements-models.txt; environment: CI_JAR, the jar for
spark-submit, and CI_SPARK_BIN, where PySpark is installed. With CI_TABLE, the name of a file, the
largest differences are written there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import checks
import peft
import torch
import transformers as hf
from datasets import interleave_datasets, load_dataset
from peft.tuners.lora import MontecloraConfig, VeloraConfig
from safetensors.torch import load_file, save_file

os.environ["HF_HUB_OFFLINE"] = "1"
hf.logging.set_verbosity_error()
torch.set_num_threads(2)

HERE = Path(__file__).resolve().parent
ROOT = Path(tempfile.mkdtemp(prefix="merges-"))
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}

# A method: its settings, the mixture's shape, and which elements may differ.
EXACT, CUT, VARIANCE, SIGN = "exact", "cut", "variance", "sign"
METHODS = {
    "average": ([], EXACT),
    "linear": ([], EXACT),
    "task-arithmetic": (["lambda=0.5"], EXACT),
    "ties": (["mode=mergekit", "density=0.4", "lambda=0.9"], CUT),
    "ties whole": (["mode=mergekit", "density=1"], SIGN),
    "breadcrumbs": (["density=0.5", "gamma=0.02"], CUT),
    "breadcrumbs-ties": (["mode=mergekit", "density=0.5", "gamma=0.02"], CUT),
    "sce": (["mode=mergekit", "select-top-k=0.3"], VARIANCE),
    "sce whole": (["mode=mergekit", "select-top-k=1"], SIGN),
    "dare-linear whole": (["mode=mergekit", "density=1"], EXACT),
    "dare-ties whole": (["mode=mergekit", "density=1"], SIGN),
    "della-linear whole": (["mode=mergekit", "density=1"], EXACT),
    "della whole": (["mode=mergekit", "density=1"], SIGN),
}
RANDOM = {
    "dare-linear": ["mode=mergekit", "density=0.5"],
    "dare-ties": ["mode=mergekit", "density=0.5"],
    "della-linear": ["mode=mergekit", "density=0.5"],
    "della": ["mode=mergekit", "density=0.5"],
}
EXPERTS = {"full": "a+b+c", "lora": "l+m", "mixed": "a+l"}

# Where adapters come in, arithmetic is the same: one method of each kind.
WITH_ADAPTERS = ["average", "ties", "breadcrumbs-ties", "sce"]


def llama():
    torch.manual_seed(0)
    return hf.LlamaForCausalLM(
        hf.LlamaConfig(
            vocab_size=320,
            hidden_size=128,
            intermediate_size=192,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=64,
            bos_token_id=1,
            eos_token_id=2,
        )
    )


def adapter(base, folder, seed, **config):
    """Writes an adapter of a base, with nothing in it at zero."""
    torch.manual_seed(seed)
    model = peft.get_peft_model(base, peft.LoraConfig(task_type="CAUSAL_LM", **config))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(parameter + 0.05 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    return folder


def make(dtype):
    """A base, three full experts and two adapters; returns the folder with their manifest."""
    folder = ROOT / dtype
    base = llama().to(DTYPES[dtype])
    base.save_pretrained(folder / "base")
    for seed, expert in enumerate("abc", start=1):
        generator = torch.Generator().manual_seed(seed)
        model = llama()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 0.01 * torch.randn(parameter.shape, generator=generator)
        model.to(DTYPES[dtype]).save_pretrained(folder / expert)
    adapter(llama(), folder / "l", 8, r=4, lora_alpha=8, target_modules="all-linear")
    adapter(llama(), folder / "m", 9, r=6, lora_alpha=8, target_modules=["q_proj", "up_proj"])
    write_manifest(folder, "base", {expert: expert for expert in "abclm"})
    return folder


def write_manifest(folder, base, experts):
    datasets = "\n".join(f'  {{ id = {id}, expert = "{at}" }}' for id, at in experts.items())
    (folder / "manifest.conf").write_text(
        f'base {{ checkpoint = "{base}" }}\ndatasets = [\n{datasets}\n]\n'
        "tasks = [ { id = t, kind = language-modelling, data = t.txt } ]\n"
    )


def export(requests):
    """Runs the exports; returns why each has no YAML for mergekit."""
    for request in requests:
        request["manifest"] = str(request["manifest"])
        request["target"] = str(request["target"])
    ran = subprocess.run(
        [Path(os.environ["CI_SPARK_BIN"]) / "python", HERE / "exports.py"],
        input=json.dumps(requests),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


def request(folder, target, mixture, method, settings):
    keys = [f"merge.method={method}"] + [f"merge.{setting}" for setting in settings]
    manifest = folder / "manifest.conf"
    return {"manifest": manifest, "target": target, "mixture": mixture, "settings": keys}


def mixture(experts, method):
    datasets = EXPERTS[experts]
    weights = [0.5, 0.3, 0.2] if datasets.count("+") == 2 else [0.7, 0.3]
    if method != "linear":
        return datasets
    return "+".join(f"{id}:{weight}" for id, weight in zip(datasets.split("+"), weights))


def mergekit(exported, target):
    """Runs what the YAML says to run on it."""
    import mergekit.scripts.merge_raw_pytorch
    import mergekit.scripts.run_yaml

    yaml = exported / "mergekit.yaml"
    program, *arguments = yaml.read_text().splitlines()[1].removeprefix("# ").split()
    main = {
        "mergekit-yaml": mergekit.scripts.run_yaml.main,
        "mergekit-pytorch": mergekit.scripts.merge_raw_pytorch.main,
    }[program]
    places = {"mergekit.yaml": yaml, "FOLDER": target, "CACHE": ROOT / "cache"}
    command = [str(places.get(word, word)) for word in arguments]
    main(command + ["--quiet", "--no-copy-tokenizer"], standalone_mode=False)
    return tensors(target)


def tensors(folder):
    return {
        name: tensor
        for file in sorted(folder.glob("*.safetensors"))
        for name, tensor in load_file(file).items()
    }


def delta_of(folder, id, base):
    """An expert's delta in float64; of an adapter as PEFT merges it in float32."""
    if not (folder / id / "adapter_config.json").exists():
        return {name: tensor.double() - base[name].double() for name, tensor in tensors(folder / id).items()}
    model = hf.LlamaForCausalLM.from_pretrained(folder / "base", dtype=torch.float32)
    merged = peft.PeftModel.from_pretrained(model, folder / id).merge_and_unload().state_dict()
    return {name: merged[name].double() - base[name].double() for name in base}


def at_the_cut(deltas, settings, theta):
    """Elements that are as good in as out: of a magnitude at a cut, to the rounding of float32."""
    values = {key: float(value) for key, value in (s.split("=") for s in settings if s[0] in "dg")}
    found = torch.zeros_like(theta, dtype=torch.bool)
    for delta in deltas:
        ranked = delta.abs().flatten().sort(descending=True).values
        kept, outliers = (int(values.get(key, 0) * ranked.numel()) for key in ("density", "gamma"))
        slack = theta.double().abs() * 2**-22 + 1e-12
        for rank in (outliers - 1, outliers, outliers + kept - 1, outliers + kept):
            if 0 <= rank < ranked.numel():
                found |= (delta.abs() - ranked[rank]).abs() <= slack
    return found


def at_the_variance(deltas, settings, theta):
    """The same of the variance over experts, for sce."""
    share = float(settings[-1].split("=")[1])
    variance = torch.stack(deltas).var(dim=0, unbiased=False)
    ranked = variance.flatten().sort(descending=True).values
    kept = int(share * torch.count_nonzero(ranked))
    if kept == 0:
        return torch.zeros_like(theta, dtype=torch.bool)
    found = torch.zeros_like(theta, dtype=torch.bool)
    spread = torch.stack([delta.abs() for delta in deltas]).max(dim=0).values
    slack = spread * theta.double().abs() * 2**-21 + variance * 2**-20 + 1e-14
    for rank in (kept - 1, min(kept, ranked.numel() - 1)):
        found |= (variance - ranked[rank]).abs() <= slack
    return found


def at_a_draw(deltas, theta):
    """Elements whose deltas cancel, to the rounding of float32: their sign is anybody's."""
    total = torch.stack(deltas)
    return total.sum(dim=0).abs() <= total.abs().sum(dim=0) * 2**-21 + theta.double().abs() * 2**-22


def units(a, b):
    """How many bfloat16 numbers lie between two."""
    as_integers = [t.view(torch.int16).int() for t in (a, b)]
    ordered = [torch.where(i < 0, -(i & 0x7FFF), i) for i in as_integers]
    return (ordered[0] - ordered[1]).abs()


def compare(dtype, experts, name, ours, theirs, base, deltas):
    """Raises where an element differs that should not; returns the largest difference and a share."""
    settings, kind = METHODS[name]
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    largest, excepted, elements = 0.0, 0, 0
    for tensor in ours:
        mine, other = ours[tensor], theirs[tensor]
        assert mine.dtype == other.dtype == DTYPES[dtype], (tensor, mine.dtype, other.dtype)
        apart = (mine - other).abs()
        if dtype == "float32":
            difference, beyond = apart, apart > 1e-6
        else:
            # What cancels to nearly nothing is float32's rounding, in whatever units.
            difference = units(mine, other) * (apart > 1e-7)
            beyond = difference > 1
        if beyond.any():
            parts = [deltas[id][tensor] for id in EXPERTS[experts].split("+")]
            allowed = torch.zeros_like(beyond)
            if kind == CUT:
                allowed |= at_the_cut(parts, settings, base[tensor])
            if kind == VARIANCE:
                allowed |= at_the_variance(parts, settings, base[tensor])
                # What is selected decides the experts' weights in the whole tensor.
                allowed |= apart <= 1e-3 * torch.stack(parts).abs().max(dim=0).values
            if kind != EXACT:
                allowed |= at_a_draw(parts, base[tensor])
            wrong = (beyond & ~allowed).sum().item()
            assert wrong == 0, f"{dtype} {experts} {name}: {wrong} of {mine.numel()} in {tensor}"
        excepted += beyond.sum().item()
        elements += beyond.numel()
        rest = difference[~beyond]
        largest = max(largest, rest.max().item() if rest.numel() else 0)
    return largest, excepted / elements


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
    if "CI_TABLE" in os.environ:
        with open(os.environ["CI_TABLE"], "a") as file:
            print("| " + " | ".join(str(cell) for cell in cells) + " |", file=file)


def check_every_method_against_mergekit():
    folders = {dtype: make(dtype) for dtype in DTYPES}
    cases = [
        (dtype, experts, name)
        for dtype in DTYPES
        for experts in EXPERTS
        for name in (METHODS if experts == "full" else WITH_ADAPTERS)
    ]
    places = {case: ROOT / "exported" / "-".join(case).replace(" ", "-") for case in cases}
    why = export(
        [
            request(
                folders[dtype],
                places[dtype, experts, name],
                mixture(experts, name),
                name.split()[0],
                METHODS[name][0],
            )
            for dtype, experts, name in cases
        ]
    )
    assert not any(why), dict(zip(cases, why))
    wrong = []
    bases = {dtype: tensors(folder / "base") for dtype, folder in folders.items()}
    deltas = {
        dtype: {id: delta_of(folder, id, bases[dtype]) for id in "abclm"}
        for dtype, folder in folders.items()
    }
    for case, exported in places.items():
        theirs = mergekit(exported, ROOT / "theirs")
        try:
            dtype = case[0]
            largest, share = compare(*case, tensors(exported), theirs, bases[dtype], deltas[dtype])
            unit = "" if dtype == "float32" else " units"
            row(*case, f"{largest:.2g}{unit}", f"{100 * share:.2g} %")
        except AssertionError as difference:
            wrong.append(str(difference))
        shutil.rmtree(ROOT / "theirs")
    assert not wrong, "\n".join(wrong)


def check_random_methods_against_mergekit():
    """Masks differ, so that only the size of what was added can agree."""
    folder = ROOT / "float32"
    places = {method: ROOT / "exported" / f"random-{method}" for method in RANDOM}
    why = export(
        [request(folder, places[m], "a+b+c", m, settings) for m, settings in RANDOM.items()]
    )
    assert not any(why), why
    base = tensors(folder / "base")
    for method, exported in places.items():
        theirs, ours = mergekit(exported, ROOT / f"theirs-{method}"), tensors(exported)
        sizes = [
            sum((merged[name] - base[name]).abs().sum().item() for name in base)
            for merged in (ours, theirs)
        ]
        row("float32", "full", method, "masks differ", f"norm {sizes[0] / sizes[1]:.3f} of theirs")
        assert abs(sizes[0] / sizes[1] - 1) < 0.01, (method, sizes)


def check_experts_that_are_files_beside_a_base_that_is_a_folder():
    folder = ROOT / "files"
    shutil.copytree(ROOT / "float32" / "base", folder / "base")
    for expert in "ab":
        shutil.copy(ROOT / "float32" / expert / "model.safetensors", folder / f"{expert}.safetensors")
    write_manifest(folder, "base", {e: f"{e}.safetensors" for e in "ab"})
    target = folder / "exported"
    (why,) = export([request(folder, target, "a+b", "task-arithmetic", [])])
    assert not why, why
    ours, theirs = tensors(target), mergekit(target, folder / "theirs")
    assert ours.keys() == theirs.keys()
    largest = max((ours[name] - theirs[name]).abs().max().item() for name in ours)
    row("float32", "files", "task-arithmetic", f"{largest:.2g}", "0 %")
    assert largest <= 1e-6, largest


def gpt2():
    torch.manual_seed(0)
    return hf.GPT2LMHeadModel(
        hf.GPT2Config(vocab_size=320, n_positions=64, n_embd=64, n_layer=2, n_head=4)
    )


def experts():
    """A mixture of experts: one by one on a disk, and packed where it computes."""
    torch.manual_seed(0)
    return hf.Qwen2MoeForCausalLM(
        hf.Qwen2MoeConfig(
            vocab_size=320,
            hidden_size=32,
            moe_intermediate_size=16,
            shared_expert_intermediate_size=16,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            num_experts=4,
            num_experts_per_tok=2,
            max_position_embeddings=64,
        )
    )


# Every kind of adapter that is read, on a model that has what it changes.
ADAPTERS = {
    "plain": (llama, dict(r=4, lora_alpha=8, target_modules="all-linear")),
    "rslora": (llama, dict(r=4, use_rslora=True, target_modules=["q_proj", "v_proj"])),
    "patterns": (
        llama,
        dict(
            r=4,
            target_modules=["q_proj", "down_proj"],
            rank_pattern={"layers.1.self_attn.q_proj": 2},
            alpha_pattern={"down_proj": 16},
        ),
    ),
    "some layers": (llama, dict(r=4, target_modules=["o_proj"], layers_to_transform=[1])),
    "head saved": (llama, dict(r=4, target_modules=["q_proj"], modules_to_save=["lm_head"])),
    "embedding saved": (
        llama,
        dict(r=4, target_modules=["q_proj"], modules_to_save=["model.embed_tokens"]),
    ),
    "gaussian start": (
        llama,
        dict(r=4, target_modules=["q_proj"], init_lora_weights="gaussian"),
    ),
    "gpt2": (gpt2, dict(r=4, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True)),
    "lora bias": (
        gpt2,
        dict(r=4, target_modules=["c_attn"], fan_in_fan_out=True, lora_bias=True),
    ),
    "biases": (gpt2, dict(r=4, target_modules=["c_attn"], fan_in_fan_out=True, bias="all")),
    "biases of layers": (experts, dict(r=4, target_modules=["q_proj"], bias="lora_only")),
    "embedding": (llama, dict(r=4, target_modules=["q_proj", "embed_tokens"])),
    "saved by ending": (
        llama,
        dict(r=4, target_modules=["q_proj"], modules_to_save=["embed_tokens", "norm"]),
    ),
    "mica": (llama, dict(r=4, target_modules=["q_proj"], init_lora_weights="mica")),
    "velora": (
        llama,
        dict(r=4, target_modules=["q_proj"], velora_config=VeloraConfig(num_groups=2)),
    ),
    "monteclora": (
        llama,
        dict(r=4, target_modules=["q_proj"], monteclora_config=MontecloraConfig(num_samples=2)),
    ),
    "packed experts": (
        experts,
        dict(
            r=4,
            target_modules=["q_proj"],
            target_parameters=["mlp.experts.gate_up_proj", "mlp.experts.down_proj"],
        ),
    ),
}


def check_every_kind_of_adapter_against_peft():
    requests, places = [], {}
    for seed, (name, (base, config)) in enumerate(ADAPTERS.items(), start=20):
        folder = ROOT / "adapters" / name.replace(" ", "-")
        base().save_pretrained(folder / "base")
        adapter(base(), folder / "x", seed, **config)
        shutil.copytree(folder / "x", folder / "y")
        write_manifest(folder, "base", {"x": "x", "y": "y"})
        places[name] = folder
        requests.append(request(folder, folder / "exported", "x", "average", []))
    export(requests)
    tokens = torch.randint(3, 320, (4, 48), generator=torch.Generator().manual_seed(5))
    for name, folder in places.items():
        base = hf.AutoModelForCausalLM.from_pretrained(folder / "base")
        unmerged = peft.PeftModel.from_pretrained(base, folder / "x").eval()
        with torch.no_grad():
            logits = unmerged(tokens).logits
            ours = hf.AutoModelForCausalLM.from_pretrained(folder / "exported").eval()
            forward = (ours(tokens).logits - logits).abs().max().item()
        merged = unmerged.merge_and_unload().state_dict()
        mine = ours.state_dict()
        assert mine.keys() == merged.keys(), mine.keys() ^ merged.keys()
        weights = max((mine[key] - merged[key]).abs().max().item() for key in mine)
        row("float32", "PEFT", name, f"{weights:.2g}", f"logits {forward:.2g}")
        assert weights <= 1e-6 and forward <= 1e-5, (name, weights, forward)


def check_the_shares_that_datasets_makes_of_a_mixture():
    folder = ROOT / "float32"
    sizes = {"a": 4000, "b": 900, "c": 300}
    for id, size in sizes.items():
        (folder / f"{id}.txt").write_text("".join(f"{id} {line}\n" for line in range(size)))
    datasets = "\n".join(f'  {{ id = {id}, expert = "{id}", data = "{id}.txt" }}' for id in sizes)
    manifest = folder / "with-data.conf"
    manifest.write_text(
        f'base {{ checkpoint = "base" }}\ndatasets = [\n{datasets}\n]\n'
        "tasks = [ { id = t, kind = language-modelling, data = t.txt } ]\n"
    )
    target = ROOT / "exported" / "shares"
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    asked = request(folder, target, "+".join(f"{i}:{w}" for i, w in shares.items()), "linear", [])
    export([asked | {"manifest": manifest}])
    trainers = json.loads((target / "mixture.json").read_text())["trainers"]

    given = trainers["datasets"]
    loaded = [load_dataset(**arguments, cache_dir=ROOT / "hf") for arguments in given["load_dataset"]]
    assert [len(dataset) for dataset in loaded] == list(sizes.values())
    mixed = interleave_datasets(loaded, **given["interleave_datasets"])
    again = interleave_datasets(loaded, **given["interleave_datasets"])
    assert mixed["text"] == again["text"]
    for id, share in shares.items():
        found = sum(text.startswith(id) for text in mixed["text"]) / len(mixed)
        row("datasets", id, share, f"{found:.3f}", len(mixed))
        assert abs(found - share) < 0.02, (id, found)

    # As Axolotl takes its part of a dataset, and LLaMA-Factory passes its settings on.
    parts = {d["path"]: int(sizes[Path(d["path"]).stem] * d["weight"]) for d in trainers["axolotl"]["datasets"]}
    for path, part in parts.items():
        assert abs(part / sum(parts.values()) - shares[Path(path).stem]) < 0.005, parts
    factory = trainers["llama-factory"]["configuration"]
    assert factory["mix_strategy"] == "interleave_over"
    probabilities = [float(text) for text in factory["interleave_probs"].split(",")]
    assert probabilities == given["interleave_datasets"]["probabilities"]
    for id in factory["dataset"].split(","):
        assert Path(trainers["llama-factory"]["dataset_info"][id]["file_name"]).is_file()


if __name__ == "__main__":
    try:
        sys.exit(checks.run(sys.modules[__name__]))
    finally:
        shutil.rmtree(ROOT, ignore_errors=True)
