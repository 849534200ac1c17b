"""What a model writes behind the beginnings of texts: always the likeliest token."""

import torch
import transformers


class Writer:
    """Writes with what transformers generates by, whatever the model's own folder says of that."""

    def __init__(self, model, device):
        self.model = model
        self.device = device

    def __call__(self, request, step):
        """The tokens behind each beginning; nothing where the model answers with no number."""
        begun = request["begun"]
        longest = max(map(len, begun))
        tokens = torch.full((len(begun), longest), request["padding"], dtype=torch.int64)
        mask = torch.zeros_like(tokens)
        for i, row in enumerate(begun):
            tokens[i, longest - len(row) :] = torch.tensor(row)
            mask[i, longest - len(row) :] = 1
        broken = torch.zeros(len(begun), dtype=torch.bool, device=self.device)

        def watch(_, scores):
            broken.logical_or_(torch.isnan(scores).any(-1))
            step()
            return scores

        others = self.model.generation_config
        # What is not said here is taken from there.
        self.model.generation_config = transformers.GenerationConfig()
        try:
            found = self.model.generate(
                input_ids=tokens.to(self.device),
                attention_mask=mask.to(self.device),
                logits_processor=transformers.LogitsProcessorList([watch]),
                generation_config=transformers.GenerationConfig(
                    do_sample=False,
                    max_new_tokens=request["most"],
                    eos_token_id=request["endings"] or None,
                    pad_token_id=request["padding"],
                ),
            )
        finally:
            self.model.generation_config = others
        endings = set(request["endings"])
        rows = found[:, longest:].tolist()
        return [
            None if bad else up_to(row, endings)
            for row, bad in zip(rows, broken.tolist(), strict=True)
        ]


def up_to(row, endings):
    """A row with the first token that ends it; what comes behind fills a batch up."""
    for place, token in enumerate(row):
        if token in endings:
            return row[: place + 1]
    return row
