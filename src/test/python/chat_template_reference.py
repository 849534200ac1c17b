"""What transformers makes of conversations with chat templates, as golden files.

Run: python chat_template_reference.py ../resources/org/mergetomix/data/template
Needs transformers 5.24.0 and Jinja2 3.1.6. For each NAME.jinja in the folder chat it writes
NAME.golden.json: a list with, for each conversation of conversations.json, its name, and either its
text and the spans of {% generation %} in code points, or that the template raises. For the small
templates of constructs/constructs.json it writes the same to constructs/golden.json.
"""

import datetime
import json
import pathlib
import sys

import transformers.utils.chat_template_utils as chat


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 5, 9, 7, 3)


def rendered(template, name, messages, variables):
    try:
        texts, spans = chat.render_jinja_template(
            [messages], chat_template=template, return_assistant_tokens_mask=True, **variables
        )
    except Exception as failure:
        return {"name": name, "raises": type(failure).__name__}
    return {"name": name, "text": texts[0], "spans": spans[0]}


def conversation_rendered(template, conversation):
    options = dict(conversation)
    name = options.pop("name")
    messages = [
        {key: value for key, value in message.items() if value is not None}
        for message in options.pop("messages")
    ]
    return rendered(template, name, messages, {"bos_token": "<s>", "eos_token": "</s>", **options})


def write(file, golden):
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in golden)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(file.name, sum("text" in one for one in golden), "of", len(golden))


def main(folder):
    chat.datetime = FixedTime
    chat.logger.setLevel("ERROR")
    read = lambda name: json.loads((folder / name).read_text(encoding="utf-8"))
    conversations = read("chat/conversations.json")
    for file in sorted(folder.glob("chat/*.jinja")):
        template = file.read_bytes().decode("utf-8")
        golden = [conversation_rendered(template, one) for one in conversations]
        write(file.with_suffix(".golden.json"), golden)
    constructs = read("constructs/constructs.json")
    golden = [rendered(one, one, [], constructs["variables"]) for one in constructs["templates"]]
    write(folder / "constructs/golden.json", golden)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
