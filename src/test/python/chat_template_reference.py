"""What transformers makes of conversations with chat templates, as golden files.

Run: python chat_template_reference.py ../resources/org/mergetomix/data/template
Needs transformers 5.24.0 and Jinja2 3.1.6. For each NAME.jinja in the folder chat it writes
NAME.golden.json: a list with, for each conversation of conversations.json, its name, and either its
text and the spans of {% generation %} in code points, or that the template raises. For the small
templates of constructs/constructs.json it writes the same to constructs/golden.json.

Most templates have no {% generation %}: MARKS puts one around what the assistant wrote and the token
that ends its turn, which leaves the text as it is. What transformers finds then is in chat/spans.json,
by the template's and the conversation's name.
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


def marked(before, answer, after=""):
    """Output in three parts, the second one marked; the last keeps a line break behind it."""
    opening = "{{- " + before + " }}" if before else ""
    closing = "{{ " + (after or "''") + " }}"
    return opening + "{% generation %}{{ " + answer + " }}{% endgeneration %}" + closing


def of_assistant(old, new, turn="turn['role']"):
    """What is written for every role, and marked for one."""
    return old, "{% if " + turn + " == 'assistant' %}" + new + "{% else %}" + old + "{% endif %}{{ '' }}"


CHATML = "'<|im_start|>assistant\\n'", "turn['content'] + '<|im_end|>'", "'\\n'"
LINES = "{{'<|im_start|>' + turn['role'] + '\n' + turn['content'] + '<|im_end|>' + '\n'}}"
HEADER = "'<|start_header_id|>assistant<|end_header_id|>\\n\\n'"
TURN = "'<start_of_turn>model\\n'", "turn['content'] | trim + '<end_of_turn>'", "'\\n'"
END = "'<｜end▁of▁sentence｜>'"
ANSWER = "turn['content'] + eos_token"
MARKS = {
    "chatml": [
        of_assistant(
            "{{ '<|im_start|>' + turn['role'] + '\\n' + turn['content'] + '<|im_end|>' + '\\n' }}",
            marked(*CHATML),
        )
    ],
    "command-r": [
        (
            "{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'  + content.strip() + '<|END_OF_TURN_TOKEN|>' }}",
            marked(
                "'<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'",
                "content.strip() + '<|END_OF_TURN_TOKEN|>'",
            ),
        )
    ],
    "deepseek-r1": [
        (
            "{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}",
            marked("'<｜Assistant｜>'", "content + " + END),
        )
    ],
    "deepseek-v3": [
        (
            "{{ turn['content'] + '<｜end▁of▁sentence｜>' }}",
            marked("", "turn['content'] + " + END),
        ),
        (
            "{{ '<｜Assistant｜>' + turn['content'] + '<｜end▁of▁sentence｜>' }}",
            marked("'<｜Assistant｜>'", "turn['content'] + " + END),
        ),
    ],
    "gemma-3": [
        (
            "{{ turn['content'] | trim }}",
            "{%- if turn['role'] == 'assistant' -%}{% generation %}{{ turn['content'] | trim }}"
            "{{ '<end_of_turn>' }}{% endgeneration %}{{ '' }}{%- else -%}"
            "{{ turn['content'] | trim }}{%- endif -%}",
        ),
        (
            "{{ '<end_of_turn>\n' }}",
            "{{ '\n' if turn['role'] == 'assistant' and turn['content'] is string"
            " else '<end_of_turn>\n' }}",
        ),
    ],
    "granite-3": [
        (
            "{{- '<|start_of_role|>' + turn['role'] + '<|end_of_role|>' + turn['content']"
            " + '<|end_of_text|>\n' }}",
            "{%- if turn['role'] == 'assistant' %}"
            + marked(
                "'<|start_of_role|>assistant<|end_of_role|>'",
                "turn['content'] + '<|end_of_text|>'",
                "'\\n'",
            )
            + "{%- else %}{{- '<|start_of_role|>' + turn['role'] + '<|end_of_role|>'"
            " + turn['content'] + '<|end_of_text|>\n' }}{%- endif %}",
        )
    ],
    "llama-2": [
        (
            "{{ ' ' + turn['content'].strip() + ' ' + eos_token }}",
            marked("' '", "turn['content'].strip() + ' ' + eos_token"),
        )
    ],
    "llama-3": [
        (
            "{{ text }}",
            "{% if turn['role'] == 'assistant' %}"
            "{{ bos_token if loop.index0 == 0 else '' }}"
            + marked(HEADER, "turn['content'] | trim + '<|eot_id|>'")
            + "{% else %}{{ text }}{% endif %}",
        )
    ],
    "llama-3.1": [
        (
            "{{- '<|start_header_id|>' + turn['role'] + '<|end_header_id|>\\n\\n'+ turn['content']"
            " | trim + '<|eot_id|>' }}",
            "{%- if turn['role'] == 'assistant' %}"
            + marked(HEADER, "turn['content'] | trim + '<|eot_id|>'")
            + "{%- else %}{{- '<|start_header_id|>' + turn['role'] + '<|end_header_id|>\\n\\n'"
            " + turn['content'] | trim + '<|eot_id|>' }}{%- endif %}",
        )
    ],
    "llama-3.2": [
        (
            "{{- turn['content'] }}",
            "{%- if turn['role'] == 'assistant' %}"
            + marked("", "turn['content'] + '<|eot_id|>'")
            + "{%- else %}{{- turn['content'] }}{%- endif %}",
        ),
        (
            "  {{- '<|eot_id|>' }}",
            "  {{- '' if turn['role'] == 'assistant' and turn['content'] is string"
            " else '<|eot_id|>' }}",
        ),
    ],
    "mistral-0.1": [("{{ turn['content'] + eos_token}}", marked("", ANSWER))],
    "mistral-0.3": [
        (
            '{{- " " + turn["content"]|trim + eos_token}}',
            marked("' '", "turn['content'] | trim + eos_token"),
        )
    ],
    "mistral-nemo": [('{{- turn["content"] + eos_token}}', marked("", ANSWER))],
    "olmo-2": [
        (
            "{{ '<|assistant|>\n'  + turn['content'] + eos_token + '\n' }}",
            marked("'<|assistant|>\\n'", ANSWER, "'\\n'"),
        ),
        (
            "{{ '<|assistant|>\n'  + turn['content'] + eos_token }}",
            marked("'<|assistant|>\\n'", ANSWER),
        ),
    ],
    "phi-3": [
        (
            "{{turn['content'] + '<|end|>' + '\n'}}",
            marked("", "turn['content'] + '<|end|>'", "'\\n'"),
        )
    ],
    "phi-3.5": [
        (
            "{{'<|assistant|>\n' + turn['content'] + '<|end|>\n'}}",
            marked("'<|assistant|>\\n'", "turn['content'] + '<|end|>'", "'\\n'"),
        )
    ],
    "phi-4": [
        of_assistant(
            "{{ '<|im_start|>' ~ name ~ '<|im_sep|>' ~ turn['content'] ~ '<|im_end|>' }}",
            marked("'<|im_start|>assistant<|im_sep|>'", "turn['content'] ~ '<|im_end|>'"),
        )
    ],
    "qwen-2": [of_assistant(LINES, marked(*CHATML))],
    "qwen-2.5": [
        (
            "{{- '<|im_start|>' + turn.role + '\\n' + turn.content + '<|im_end|>' + '\\n' }}",
            "{%- if turn.role == 'assistant' %}"
            + marked(*CHATML)
            + "{%- else %}{{- '<|im_start|>' + turn.role + '\\n' + turn.content + '<|im_end|>\\n' }}"
            "{%- endif %}",
        )
    ],
    "qwen-3": [
        (
            "+ '\\n<think>\\n' + thoughts.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}",
            "+ '\\n<think>\\n' + thoughts.strip('\\n') + '\\n</think>\\n\\n' }}"
            "{% generation %}{{ content.lstrip('\\n') }}"
            "{{ '' if turn.tool_calls else '<|im_end|>' }}{% endgeneration %}{{ '' }}",
        ),
        (
            "            {{- '<|im_start|>' + turn.role + '\\n' + content }}",
            "            {{- '<|im_start|>' + turn.role + '\\n' }}{% generation %}{{ content }}"
            "{{ '' if turn.tool_calls else '<|im_end|>' }}{% endgeneration %}{{ '' }}",
        ),
        (
            "        {{- '<|im_end|>\\n' }}\n    {%- elif turn.role == \"tool\" %}",
            "        {{- '<|im_end|>\\n' if turn.tool_calls else '\\n' }}\n"
            "    {%- elif turn.role == \"tool\" %}",
        ),
    ],
    "smollm-2": [of_assistant(LINES, marked(*CHATML))],
    "zephyr": [
        (
            "{{ '<|assistant|>\n'  + turn['content'] + eos_token }}",
            marked("'<|assistant|>\\n'", ANSWER),
        )
    ],
}
GEMMA = "{{ '<start_of_turn>' + %s + '\n' + turn['content'] | trim + '<end_of_turn>\n' }}"
for name, speaker in {"gemma": "role", "gemma-2": "speaker"}.items():
    MARKS[name] = [of_assistant(GEMMA % speaker, marked(*TURN))]


def spans(name, template, conversations):
    """By conversation, where the template takes it without tools or a beginning of the answer."""
    for old, new in MARKS[name]:
        assert template.count(old) == 1, (name, old, template.count(old))
        template = template.replace(old, new)
    found = {}
    for conversation in conversations:
        one = conversation_rendered(template, conversation)
        if "text" in one:
            found[conversation["name"]] = one
    return found


def write(file, golden):
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in golden)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(file.name, sum("text" in one for one in golden), "of", len(golden))


def main(folder):
    chat.datetime = FixedTime
    chat.logger.setLevel("ERROR")
    read = lambda name: json.loads((folder / name).read_text(encoding="utf-8"))
    conversations = read("chat/conversations.json")
    plain = [{"name": one["name"], "messages": one["messages"]} for one in conversations]
    found = {}
    for file in sorted(folder.glob("chat/*.jinja")):
        template = file.read_bytes().decode("utf-8")
        golden = [conversation_rendered(template, one) for one in conversations]
        write(file.with_suffix(".golden.json"), golden)
        name = file.name.removesuffix(".jinja")
        if "generation" in template.replace("add_generation_prompt", ""):
            continue
        found[name] = {}
        for case, one in spans(name, template, plain).items():
            [whole] = [each for each in plain if each["name"] == case]
            assert one["text"] == conversation_rendered(template, whole)["text"], (name, case)
            found[name][case] = one["spans"]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    (folder / "chat/spans.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print("spans.json", sum(map(len, found.values())), "of", len(found) * len(plain))
    constructs = read("constructs/constructs.json")
    golden = [rendered(one, one, [], constructs["variables"]) for one in constructs["templates"]]
    write(folder / "constructs/golden.json", golden)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
