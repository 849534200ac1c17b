"""What transformers makes of conversations with chat templates, as golden files.

Run: python chat_template_reference.py ../resources/org/mergetomix/data/template/chat
Needs transformers 5.24.0 and Jinja2 3.1.6. For each NAME.jinja in the folder it writes
NAME.golden.json: a list with, for each conversation of conversations.json, its name, and either its
text and the spans of {% generation %} in code points, or that the template raises.
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


def rendered(template, conversation):
    options = dict(conversation)
    name = options.pop("name")
    messages = [
        {key: value for key, value in message.items() if value is not None}
        for message in options.pop("messages")
    ]
    try:
        texts, spans = chat.render_jinja_template(
            [messages],
            chat_template=template,
            return_assistant_tokens_mask=True,
            bos_token="<s>",
            eos_token="</s>",
            **options,
        )
    except Exception as failure:
        return {"name": name, "raises": type(failure).__name__}
    return {"name": name, "text": texts[0], "spans": spans[0]}


def main(folder):
    chat.datetime = FixedTime
    chat.logger.setLevel("ERROR")
    conversations = json.loads((folder / "conversations.json").read_text(encoding="utf-8"))
    for file in sorted(folder.glob("*.jinja")):
        template = file.read_bytes().decode("utf-8")
        golden = [rendered(template, conversation) for conversation in conversations]
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in golden)
        file.with_suffix(".golden.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        print(file.stem, sum("text" in one for one in golden), "of", len(golden))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
