"""Compares scores with lm-eval's, on a model that is made on the spot.

A Llama of 27 million parameters with a BPE tokenizer trained here, two whole experts and two
adapters go through check, search and export by deploy/submit; lm-eval then scores exported folders.
Adapters that finetune writes, and folders that fidelity writes, are read by PEFT and transformers
and scored too.
Run with the packages in requirements-models.txt; environment: CI_SPARK_BIN, where PySpark is
installed, and CI_JAR, the jar for spark-submit.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import checks
import numpy
import pandas
import peft
import tokenizers
import torch
import transformers as hf
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

hf.logging.set_verbosity_error()
torch.set_num_threads(2)

REPOSITORY = Path(__file__).resolve().parent.parent
ROOT = Path(tempfile.mkdtemp(prefix="models-"))
CONTEXT = 48
VOCABULARY = 8192
EXPORTED = ["adapter1+whole2", "adapter1+adapter2+whole1+whole2"]
FEW_STEPS = ["--set", "training.steps=3", "--set", "training.batch-size=4"]


def texts():
    """Lines of this repository's prose, some of many windows, with letters beyond ASCII."""
    lines = (REPOSITORY / "README.md").read_text().splitlines()
    long = [line for line in lines if len(line) > 300][:8]
    short = [line for line in lines if 20 < len(line) < 60][:12]
    return long + short + ["Größenordnung, naïveté, 漢字かな交じり文, Привет", "x"]


def train_tokenizer(begin):
    """A byte-level BPE; with begin, its template puts the begin token before a text."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    sources = sorted((REPOSITORY / "src/main/java").rglob("*.java"))
    tokenizer.train([str(file) for file in sources + [REPOSITORY / "CONTRIBUTING.md"]], trainer)
    if begin:
        tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", 0)]
        )
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>"
    )


def llama():
    torch.manual_seed(3)
    return hf.LlamaForCausalLM(
        hf.LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=512,
            intermediate_size=1376,
            num_hidden_layers=8,
            num_attention_heads=8,
            num_key_value_heads=4,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=1,
        )
    )


def make():
    base = llama()
    base.save_pretrained(ROOT / "base")
    train_tokenizer(begin=False).save_pretrained(ROOT / "base")
    for seed in (1, 2):
        model = llama()
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 0.01 * torch.randn(parameter.shape, generator=generator)
        model.save_pretrained(ROOT / f"whole{seed}")
        torch.manual_seed(seed)
        config = peft.LoraConfig(
            task_type="CAUSAL_LM", r=8, lora_alpha=16, target_modules="all-linear"
        )
        adapted = peft.get_peft_model(llama(), config)
        with torch.no_grad():
            for parameter in adapted.parameters():
                if parameter.requires_grad:
                    parameter.copy_(parameter + 0.05 * torch.randn_like(parameter))
        adapted.save_pretrained(ROOT / f"adapter{seed}")
    (ROOT / "task.txt").write_text("\n".join(texts()) + "\n")
    experts = ["whole1", "whole2", "adapter1", "adapter2"]
    datasets = [f"id = {id}, expert = {id}" for id in experts]
    write_manifest("manifest.conf", "base", datasets)
    write_manifest("words.conf", "base", datasets, measure="word_perplexity")
    return sum(parameter.numel() for parameter in base.parameters())


def write_manifest(name, base, datasets, measure="bits_per_byte"):
    listed = "\n".join(f"  {{ {dataset} }}" for dataset in datasets)
    (ROOT / name).write_text(
        f"base {{ checkpoint = {base}, context = {CONTEXT} }}\ndatasets = [\n{listed}\n]\n"
        "tasks = [ { id = prose, kind = language-modelling, data = task.txt,"
        f" measure = {measure} }} ]\n"
    )


def submit(*arguments, manifest="manifest.conf", output="run"):
    ran = subprocess.run(
        [REPOSITORY / "deploy/submit", "--master", "local[2]", "--", *arguments]
        + ["--set", f"manifest={ROOT / manifest}", "--set", f"output={ROOT / output}"],
        env=os.environ | {"PATH": os.environ["CI_SPARK_BIN"] + ":" + os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def scores(output="run"):
    ranked = pandas.read_parquet(ROOT / output / "ranked")
    return dict(zip(ranked["mixture"], ranked["score"]))


def read(folder):
    return hf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def language_model(model, folder, **options):
    tokenizer = hf.AutoTokenizer.from_pretrained(folder)
    return HFLM(
        pretrained=model, tokenizer=tokenizer, max_length=CONTEXT, batch_size=16, **options
    )


def rolling(model, folder, **options):
    """Bits per byte by lm-eval's method itself, with a folder's tokenizer."""
    requests = [
        Instance(request_type="loglikelihood_rolling", doc={}, arguments=(text,), idx=0)
        for text in texts()
    ]
    scorer = language_model(model, folder, **options)
    nats = scorer.loglikelihood_rolling(requests, disable_tqdm=True)
    return -sum(nats) / math.log(2) / sum(len(text.encode()) for text in texts())


METRICS = ["bits_per_byte", "byte_perplexity", "word_perplexity"]


def as_a_task(folder):
    """What a task of lm-eval's own measures, from its configuration to its result."""
    place = ROOT / "lm-eval"
    place.mkdir(exist_ok=True)
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts())
    (place / "rows.jsonl").write_text(rows)
    (place / "prose.yaml").write_text(
        "task: prose\n"
        "dataset_path: json\n"
        f"dataset_kwargs: {{data_files: {{test: {place / 'rows.jsonl'}}}}}\n"
        "test_split: test\n"
        "output_type: loglikelihood_rolling\n"
        'doc_to_text: ""\n'
        'doc_to_target: "{{text}}"\n'
        f"metric_list: [{', '.join(f'{{metric: {name}}}' for name in METRICS)}]\n"
    )
    found = simple_evaluate(
        language_model(read(folder), folder),
        tasks=["prose"],
        task_manager=TaskManager(include_path=str(place), include_defaults=False),
        bootstrap_iters=0,
    )
    return {name: found["results"]["prose"][f"{name},none"] for name in METRICS}


def measured(mixture):
    """Every measure of a mixture, added up from the tables as the README says."""
    rows = pandas.read_parquet(ROOT / "run" / "evaluations")
    rows = rows[rows["mixture"] == mixture].sort_values("from_example")
    tasks = pandas.read_parquet(ROOT / "run" / "tasks").sort_values("example")
    weights = {name: examples["weight"] for name, examples in tasks.groupby("measure")}
    means = {
        name: numpy.average(numpy.concatenate(list(parts["example_scores"])), weights=weights[name])
        for name, parts in rows.groupby("measure")
    }
    return {name: mean if name == METRICS[0] else math.exp(mean) for name, mean in means.items()}


def compared(name, ours, theirs, scale=1.0):
    apart = abs(ours - theirs) / scale
    print(f"{name}: {ours:.8f} here, {theirs:.8f} by lm-eval, {apart:.1e} apart")
    assert apart <= 1e-5, (name, ours, theirs)


def check_the_way_from_check_to_export():
    parameters = make()
    print(f"{parameters:,} parameters")
    assert parameters > 25_000_000
    assert "4 datasets, 15 mixtures" in submit("check")
    submit("search", "--set", "evaluation.batch-size=8")
    assert len(scores()) == 15
    for mixture in EXPORTED:
        submit("export", "--mixture", mixture, "--to", str(ROOT / "exported" / mixture))
    card = (ROOT / "exported" / EXPORTED[0] / "README.md").read_text()
    assert f"{scores()[EXPORTED[0]]:.4f} ± " in card, card


def check_scores_against_loglikelihood_rolling():
    found = scores()
    for mixture in EXPORTED:
        folder = ROOT / "exported" / mixture
        compared(mixture, found[mixture], rolling(read(folder), folder))


def check_scores_against_a_task_of_lm_eval():
    """A perplexity of a word is some millions here, so perplexities are compared by shares of them."""
    mixture = EXPORTED[-1]
    ours, theirs = measured(mixture), as_a_task(ROOT / "exported" / mixture)
    assert sorted(ours) == METRICS == sorted(theirs), (ours, theirs)
    for name in METRICS:
        scale = 1.0 if name == "bits_per_byte" else theirs[name]
        compared(f"as a task, {name}", ours[name], theirs[name], scale)
    assert math.isclose(ours["bits_per_byte"], scores()[mixture], rel_tol=1e-12), ours
    whole = ["--set", "search.minimum-size=4"]
    submit("search", *whole, manifest="words.conf", output="words")
    ranked = scores("words")
    compared("ranked by words", ranked[mixture], theirs["word_perplexity"], ranked[mixture])


def check_what_fine_tuning_writes_with_a_template_that_begins_a_text():
    """Without being told otherwise, lm-eval scores the begin token after itself."""
    begun = shutil.copytree(ROOT / "base", ROOT / "begun")
    train_tokenizer(begin=True).save_pretrained(begun)
    lines = (REPOSITORY / "CONTRIBUTING.md").read_text().splitlines()
    lines = [line for line in lines if line.strip()]
    for id, part in (("one", lines[::2]), ("two", lines[1::2])):
        (ROOT / f"{id}.txt").write_text("\n".join(part) + "\n")
    datasets = [f"id = {id}, data = {id}.txt, expert = tuned/{id}" for id in ("one", "two")]
    write_manifest("begun.conf", "begun", datasets)
    here = {"manifest": "begun.conf", "output": "begun-run"}
    submit("finetune", "--set", "training.method=lora", *FEW_STEPS, **here)
    submit("search", **here)
    submit("fidelity", "--set", "fidelity.mixtures=2", *FEW_STEPS, **here)
    adapted = peft.PeftModel.from_pretrained(read(begun), ROOT / "tuned" / "one")
    ours = scores("begun-run")["one"]
    compared("an adapter in PEFT", ours, rolling(adapted, begun, add_bos_token=False))
    print(f"with add_bos_token unsaid lm-eval has {rolling(adapted, begun):.8f}")
    real = pandas.read_parquet(ROOT / "begun-run" / "fidelity").set_index("mixture")
    folder = ROOT / "begun-run" / "models" / "one+two"
    ours = real["real_score"]["one+two"]
    compared("a trained folder", ours, rolling(read(folder), folder, add_bos_token=False))
    assert abs(ours - scores("begun-run")["one+two"]) > 1e-4, "no training to be seen"


def check_what_transformers_reads_of_an_exported_folder():
    folder = ROOT / "exported" / EXPORTED[-1]
    model = read(folder)
    tokenizer = hf.AutoTokenizer.from_pretrained(folder)
    assert model.config.tie_word_embeddings
    assert tokenizer.decode(tokenizer.encode("Größe")) == "Größe"
    from huggingface_hub import ModelCard

    data = ModelCard.load(folder / "README.md").data
    assert data.tags == ["merge", "merge-to-mix"] and data.library_name == "transformers", data
    assert data.base_model == [str(ROOT / name) for name in ["base"] + EXPORTED[-1].split("+")]
    assert data.datasets == EXPORTED[-1].split("+"), data.datasets


if __name__ == "__main__":
    try:
        sys.exit(checks.run(sys.modules[__name__]))
    finally:
        shutil.rmtree(ROOT, ignore_errors=True)
