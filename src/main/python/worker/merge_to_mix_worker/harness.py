"""Tasks of lm-eval: what they hold, and scores of their examples one by one."""

import collections
import contextlib
import difflib
import functools
import hashlib
import inspect
import json
import math
import os
import random
import re
from importlib import metadata
from pathlib import Path

import numpy
import torch
from lm_eval.api import metrics
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

MOST_TOLD = 20

# What lm-eval seeds before it makes tasks, and samples worked examples with.
SEEDS = {"random": 0, "numpy": 1234, "torch": 1234, "shots": 1234}

# Settings of a task that say where its data lies; what it holds is looked at itself.
PLACES = ("dataset_path", "dataset_name", "dataset_kwargs", "custom_dataset", "metadata")


class Refused(ValueError):
    """What a user has to mend."""

    def __init__(self, problem, remedy):
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def negative(value):
    return -float(value)


def shared(value):
    """Of a sum of log-likelihoods, and of how many they are."""
    total, count = value
    return -float(total) / count


def shared_bits(value):
    return shared(value) / math.log(2)


# By lm-eval's aggregation: how scores of examples add up, and how they come of lm-eval's own.
AGGREGATES = {
    metrics.mean: ("mean", float),
    metrics.perplexity: ("exp-of-mean", negative),
    metrics.weighted_perplexity: ("exp-of-mean", shared),
    metrics.bits_per_byte: ("mean", shared_bits),
}
WEIGHED = (shared, shared_bits)

Measure = collections.namedtuple("Measure", "metric filtered higher aggregate of_example")


@functools.cache
def everything():
    """All that lm-eval knows, which takes seconds."""
    return TaskManager()


def own_file(name):
    """The file of a task of lm-eval's own that says its name; nothing where that is not one."""
    import lm_eval.tasks

    says = re.compile(rf"^task:\s*[\"']?{re.escape(name)}[\"']?\s*$", re.MULTILINE)
    files = Path(lm_eval.tasks.__file__).parent.rglob("*.yaml")
    found = [file for file in files if says.search(file.read_text(encoding="utf-8"))]
    return str(found[0]) if len(found) == 1 else None


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def refuse(name):
    """What is no single task that lm-eval knows."""
    if name in everything().all_tasks:
        raise Refused(
            f"lm-eval's {name} is a group of tasks",
            "Name each of them that is to count as a task of its own",
        )
    near = difflib.get_close_matches(name, everything().all_subtasks, 5, 0.6)
    raise Refused(
        f"lm-eval knows no task {name}",
        f"Is it one of {', '.join(near)}?" if near else "lm-eval ls tasks lists what it knows",
    )


def loaded(name):
    """The one task of a name, or of a file."""
    random.seed(SEEDS["random"])
    numpy.random.seed(SEEDS["numpy"])
    torch.manual_seed(SEEDS["torch"])
    if name.endswith(".yaml"):
        if not os.path.isfile(name):
            raise Refused(
                f"there is no file {name} where the worker runs",
                "Put it, and what it names, at this place on every host",
            )
        # Data beside it may be named by where it lies from there.
        with inside(os.path.dirname(name)):
            found = TaskManager(include_defaults=False).load([name])
    elif (file := own_file(name)) is not None:
        found = TaskManager(include_defaults=False).load([file])
    else:
        if name not in everything().all_subtasks:
            refuse(name)
        found = everything().load([name])
    tasks = found["tasks"]
    if len(tasks) != 1:
        some = ", ".join(sorted(tasks)[:MOST_TOLD])
        raise Refused(
            f"lm-eval's {name} is {len(tasks)} tasks", f"Name each that is to count: {some}"
        )
    return next(iter(tasks.values()))


def available(name):
    """The task, with its data; network and disk may fail in many ways."""
    try:
        return loaded(name)
    except Refused:
        raise
    except Exception as failure:
        offline = os.environ.get("HF_DATASETS_OFFLINE", "") in ("1", "true", "True")
        raise Refused(
            f"lm-eval cannot read the task {name}: {type(failure).__name__}: {failure}",
            "The network is not used: have its data in the cache of data sets of every host, or set"
            " worker.network to allowed"
            if offline
            else "Correct the task, or have its data where the worker runs",
        ) from failure


def text(value):
    """What is no JSON: code stands for itself, wherever it lies."""
    if callable(value):
        try:
            return [value.__qualname__, Path(inspect.getsourcefile(value)).read_text()]
        except (AttributeError, TypeError, OSError):
            return repr(type(value))
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "tolist"):
        return value.tolist()
    return f"{type(value).__qualname__} {value}"


class HarnessTask:
    """A task as it is asked for."""

    def __init__(self, settings):
        self.settings = settings
        self.name = settings["task"]
        self.task = available(self.name)
        self._refuse()
        shots = settings.get("shots")
        if shots is not None and shots != self.task.get_config("num_fewshot"):
            if self.task.get_config("num_fewshot") == 0:
                raise Refused(
                    f"lm-eval gives the task {self.name} no worked examples, whatever is asked for",
                    "Leave shots of the task out",
                )
            self.task.set_config(key="num_fewshot", value=shots)
        elif self.task.get_config("num_fewshot") is None:
            self.task.set_config(key="num_fewshot", value=0)
        self.task.set_fewshot_seed(seed=settings.get("shots-seed", SEEDS["shots"]))
        self.docs = dict(self.task.doc_iterator(rank=0, world_size=1))
        if not self.docs:
            raise Refused(
                f"lm-eval's task {self.name} has no examples",
                "Correct its data or its split, or leave it out",
            )
        self.measures, self.refused = self._measures()
        self.instances = {}

    def _refuse(self):
        task = self.task
        options = task.get_config("generation_kwargs") or {}
        drawn = options.get("do_sample")
        if drawn is None:
            # As lm-eval has it: a temperature alone says so.
            drawn = float(options.get("temperature") or 0) > 0
        wrong = {
            "runs code that models write": getattr(task, "UNSAFE_CODE", False),
            "shows pictures or plays sounds": getattr(task, "MULTIMODAL", False),
            "draws answers at random, so that scores do not repeat": drawn,
        }
        for what, is_so in wrong.items():
            if is_so:
                raise Refused(f"lm-eval's task {self.name} {what}", "Leave it out")

    def filters(self):
        return [each.name for each in self.task._filters]

    def _measures(self):
        """What scores each example, by metric and filter; and why others do not."""
        usable, refused = {}, {}
        higher = self.task.higher_is_better()
        for metric, aggregate in self.task.aggregation().items():
            why = self._why_not(metric, aggregate, higher.get(metric))
            for filtered in self.filters():
                name = f"{metric},{filtered}"
                if why:
                    refused[name] = why
                else:
                    usable[name] = Measure(metric, filtered, higher[metric], *AGGREGATES[aggregate])
        return usable, refused

    def _why_not(self, metric, aggregate, higher):
        if aggregate not in AGGREGATES:
            how = getattr(aggregate, "__name__", type(aggregate).__name__)
            return f"is of all examples together ({how})"
        if higher is None:
            return "has no direction: lm-eval does not say whether more is better"
        if AGGREGATES[aggregate][1] in WEIGHED and min(self._weights(metric)) <= 0:
            return "counts nothing in one of the examples"
        return None

    def _weights(self, metric):
        """What examples count, which no answer changes."""
        results = [self.task.process_results(doc, [0.0]) for doc in self.docs.values()]
        return [float(result[metric][1]) for result in results]

    def described(self):
        """What it is, before any model is asked."""
        measures = {}
        for name, measure in self.measures.items():
            measures[name] = {"higher": bool(measure.higher), "aggregate": measure.aggregate}
            if measure.of_example in WEIGHED:
                measures[name]["weights"] = self._weights(measure.metric)
        return {
            "version": f"lm_eval={metadata.version('lm_eval')} task={self.task.VERSION}",
            "digest": self.digest(),
            "examples": len(self.docs),
            "measures": measures,
            "refused": self.refused,
        }

    def digest(self):
        """Of everything that it is made of: its settings, its code, its examples; not of places."""
        settings = {
            key: value
            for key, value in self.task.config.to_dict(keep_callable=True).items()
            if key not in PLACES
        }
        shots = self.task.fewshot_docs() if self.task.get_config("num_fewshot") else []
        kind = type(self.task)
        code = [] if kind.__module__.startswith("lm_eval.api.") else [kind]
        found = hashlib.sha256()
        for part in ([settings], code, self.docs.values(), shots or []):
            found.update(b"\0")
            for each in part:
                found.update(json.dumps(each, sort_keys=True, default=text).encode() + b"\n")
        return found.hexdigest()

    def on(self, model, documents):
        """What is asked of some examples, in this order."""
        if not self.instances:
            self._lay_out(model)
        return Examples(self, documents, {each: self.instances[each] for each in documents})

    def _lay_out(self, model):
        """Of all examples, in lm-eval's order: so it draws the worked ones before each."""
        layout = self.settings.get("layout", "text")
        conversation = layout != "text"
        self.task.build_all_requests(
            rank=0,
            world_size=1,
            system_instruction=self.settings.get("system"),
            apply_chat_template=conversation,
            fewshot_as_multiturn=layout == "conversation",
            chat_template=model.apply_chat_template if conversation else None,
            tokenizer_name=model.tokenizer_name if conversation else "",
        )
        for instance in self.task.instances:
            self.instances.setdefault(instance.doc_id, []).append(instance)
        for some in self.instances.values():
            some.sort(key=lambda instance: instance.idx)


class Examples:
    """Some examples of a task, laid out for a model."""

    def __init__(self, task, documents, instances):
        self.of = task
        self.documents = documents
        self.instances = instances

    def scores(self, model, blocks):
        """The scores of the examples of some blocks, by measure, in the task's order."""
        found = {name: [] for name in self.of.measures}
        for first, end in blocks:
            block = self.documents[first:end]
            broken = self._answer(model, sorted(block))
            for document in block:
                values = self._values(document)
                for name in found:
                    found[name].append(math.nan if document in broken else values[name])
        return found

    def _answer(self, model, documents):
        """Asks a model; tells which examples it answered with what is no number."""
        asked = {}
        for document in documents:
            for instance in self.instances[document]:
                instance.resps, instance.filtered_resps = [], {}
                asked.setdefault(instance.request_type, []).extend([instance] * instance.repeats)
        broken = set()
        for kind, instances in asked.items():
            model.broken = False
            answers = getattr(model, kind)(instances, disable_tqdm=True)
            for instance, answer in zip(instances, answers, strict=True):
                instance.resps.append(answer)
                likelihood = answer[0] if isinstance(answer, tuple) else answer
                if isinstance(likelihood, float) and math.isnan(likelihood):
                    broken.add(instance.doc_id)
            if model.broken and kind == "generate_until":
                broken.update(documents)
        self.of.task._instances = [
            instance for document in documents for instance in self.instances[document]
        ]
        self.of.task.apply_filters()
        return broken

    def _values(self, document):
        """The scores of an example."""
        instances = self.instances[document]
        values = {}
        for filtered in self.of.filters():
            answers = [instance.filtered_resps[filtered] for instance in instances]
            results = self.of.task.process_results(self.of.docs[document], answers)
            for name, measure in self.of.measures.items():
                if measure.filtered == filtered:
                    values[name] = measure.of_example(results[measure.metric])
        return values


class HarnessModel(HFLM):
    """A live model of transformers as lm-eval asks it: counts steps, and sees what is no number."""

    def __init__(self, model, tokenizer, batch, context, step):
        super().__init__(
            pretrained=model,
            tokenizer=tokenizer,
            batch_size=batch,
            max_length=context,
            softmax_dtype="float32",
        )
        self.broken = False
        self.step = step
        model.register_forward_hook(self._watch)

    def _watch(self, _module, _inputs, outputs):
        self.step()
        self.broken = self.broken or bool(torch.isnan(outputs.logits[:, -1]).any())


class Harness:
    """The tasks of lm-eval that a worker was opened with, and the model that answers them."""

    def __init__(self, model, asked, step):
        self.model = model
        self.tasks = {}
        known = {}
        for name, task in asked.items():
            settings = json.dumps(task["lm-eval"], sort_keys=True)
            if settings not in known:
                known[settings] = HarnessTask(task["lm-eval"])
                step()
            one = known[settings]
            if one.digest() != task["digest"]:
                raise ValueError(f"lm-eval's task {one.name} changed since the run began")
            self.tasks[name] = one.on(model, task["documents"])
            step()

    def scores(self, name, blocks):
        return self.tasks[name].scores(self.model, blocks)


def described(tasks, step):
    """What tasks are, or what is wrong with each."""
    found = {}
    for name, settings in tasks.items():
        try:
            found[name] = HarnessTask(settings).described()
        except Refused as refused:
            found[name] = {"problem": refused.problem, "remedy": refused.remedy}
        except Exception as failure:
            # Tasks run code of their own.
            found[name] = {
                "problem": f"lm-eval's task {settings['task']} cannot be looked at: "
                f"{type(failure).__name__}: {failure}",
                "remedy": "Correct the task, or leave it out",
            }
        step()
    return found
