"""Windows of tokens, whose likelihood a model is asked for."""

import json

import torch


class Windows:
    """The windows of a task. Which of them share a batch depends on their block alone."""

    def __init__(self, path, batch):
        self.batch = batch
        self.blocks = {}
        with open(path, encoding="utf-8") as lines:
            self.windows = [json.loads(line) for line in lines]

    def batches(self, first, end):
        """The batches of the windows of the examples of a block, shortest first."""
        if (first, end) not in self.blocks:
            places = [
                place
                for place, window in enumerate(self.windows)
                if first <= window["example"] < end
            ]
            places.sort(key=lambda place: len(self.windows[place]["tokens"]))
            self.blocks[first, end] = [
                places[i : i + self.batch] for i in range(0, len(places), self.batch)
            ]
        return self.blocks[first, end]

    def nats(self, model, device, blocks, step):
        """The negative log-likelihood of each window of some blocks, in the task's order."""
        found = {}
        for first, end in blocks:
            for batch in self.batches(first, end):
                found.update(zip(batch, self._scored(model, device, batch), strict=True))
                step()
        return [found[place] for place in sorted(found)]

    def _scored(self, model, device, batch):
        rows = [self.windows[place] for place in batch]
        longest = max(len(row["tokens"]) for row in rows) - 1
        tokens = torch.zeros(len(rows), longest, dtype=torch.int64)
        for i, row in enumerate(rows):
            inputs = row["tokens"][:-1]
            tokens[i, : len(inputs)] = torch.tensor(inputs)
        # What fills a row up comes after all that is asked for, and is not seen from there.
        logits = model(input_ids=tokens.to(device), use_cache=False).logits
        nats = []
        for i, row in enumerate(rows):
            places = [place for asked in row["asked"] for place in range(*asked)]
            targets = torch.tensor([row["tokens"][place] for place in places], device=device)
            at = torch.tensor([place - 1 for place in places], device=device)
            nats.append(float(surprise(logits[i, at].float(), targets).sum()))
        return nats


def surprise(logits, targets):
    """
    Minus the log-likelihood of each target. Sums are in float64: a log_softmax in float32 rounds
    each token to 5e-7 nats, and an example adds up many.
    """
    largest = logits.max(-1, keepdim=True).values
    sums = (logits - largest).exp().sum(-1, dtype=torch.float64).log()
    chosen = logits.gather(-1, targets.unsqueeze(-1))
    return sums - (chosen.double() - largest.double()).squeeze(-1)
