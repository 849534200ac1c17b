"""Fine-tunes a tiny Llama with transformers on parts of texts, for MaskedTrainingTest.

Writes, into one folder: completions.jsonl and messages.jsonl; chat_template.jinja, which does not mark
what the assistant wrote; and losses.json, with the loss of each of 20 steps of PyTorch's AdamW on all
rows at once, once for each of the two files. Labels of what is not trained on are -100. The prompt's
tokens are those of the prompt alone; what the assistant wrote is what the same template says that has
{% generation %} in it, tokenised by transformers itself.

Run with the packages in family_requirements.txt, after lm_eval_reference.py, whose tokenizer it takes:

    python src/test/python/masked_training_reference.py src/test/resources/org/mergetomix
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import transformers

WORDS = "the fox and dog ran over a lazy hill to see some naïve piñata or red tea".split()
STEPS, RATE, DECAY, CLIP_NORM = 20, 1e-3, 0.01, 1.0
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'assistant' %}"
    "<a>{BEGIN}{{ message.content }}</s>{END}{% else %}<u>{{ message.content }}</s>{% endif %}\n"
    "{% endfor %}"
)
PLAIN = TEMPLATE.replace("{BEGIN}", "").replace("{END}", "")
MARKED = TEMPLATE.replace("{BEGIN}", "{% generation %}").replace("{END}", "{% endgeneration %}")


def text(draw, least, most):
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(least, most)))


def completions():
    draw = random.Random(7)
    return [dict(prompt=text(draw, 1, 6), completion=" " + text(draw, 1, 5)) for _ in range(9)]


def messages():
    draw = random.Random(8)
    rows = []
    for row in range(7):
        turns = [dict(role="user", content=text(draw, 1, 3))]
        turns.append(dict(role="assistant", content=text(draw, 1, 3)))
        if row % 2:
            turns.append(dict(role="user", content=text(draw, 1, 2)))
            turns.append(dict(role="assistant", content=text(draw, 1, 2)))
        rows.append(dict(messages=turns))
    return rows


def of_completion(tokenizer, row):
    given = tokenizer(row["prompt"])["input_ids"]
    tokens = tokenizer(row["prompt"] + row["completion"])["input_ids"] + [tokenizer.eos_token_id]
    assert tokens[: len(given)] == given
    return tokens, [-100] * len(given) + tokens[len(given) :]


def of_messages(tokenizer, row):
    made = tokenizer.apply_chat_template(
        row["messages"], chat_template=MARKED, return_dict=True, return_assistant_tokens_mask=True
    )
    assert tokenizer.apply_chat_template(
        row["messages"], chat_template=PLAIN, tokenize=False
    ) == tokenizer.apply_chat_template(row["messages"], chat_template=MARKED, tokenize=False)
    tokens, mask = made["input_ids"], made["assistant_masks"]
    assert 0 < sum(mask) < len(mask) and len(tokens) <= 64, (row, mask)
    return tokens, [token if told else -100 for token, told in zip(tokens, mask)]


def train(folder, examples):
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    length = max(len(tokens) for tokens, _ in examples)

    def padded(rows, padding):
        return torch.tensor([row + [padding] * (length - len(row)) for row in rows])

    batch = dict(
        input_ids=padded([tokens for tokens, _ in examples], 0),
        attention_mask=padded([[1] * len(tokens) for tokens, _ in examples], 0),
        labels=padded([labels for _, labels in examples], -100),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, eps=1e-8, weight_decay=DECAY)
    losses = []
    for _ in range(STEPS):
        loss = model(**batch).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimiser.step()
        losses.append(loss.item())
    return losses


def store(file, rows):
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def main(resources: Path) -> None:
    torch.set_num_threads(1)
    folder = resources / "training" / "masked"
    folder.mkdir(parents=True, exist_ok=True)
    store(folder / "completions.jsonl", completions())
    store(folder / "messages.jsonl", messages())
    (folder / "chat_template.jinja").write_text(PLAIN)
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "llama"
        shutil.copytree(resources / "family" / "llama", model)
        for file in (resources / "evaluation" / "lm-eval" / "front").iterdir():
            shutil.copy(file, model / file.name)
        tokenizer = transformers.AutoTokenizer.from_pretrained(model)
        losses = dict(
            completions=train(model, [of_completion(tokenizer, row) for row in completions()]),
            messages=train(model, [of_messages(tokenizer, row) for row in messages()]),
        )
    (folder / "losses.json").write_text(json.dumps(losses, indent=1) + "\n")
    print({name: (found[0], found[-1]) for name, found in losses.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
