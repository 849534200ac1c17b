"""Tests of surrogates that a worker makes of a base and the factors of experts."""

import json
import unittest

import torch
import transformers
from merge_to_mix_worker.engine import Engine
from merge_to_mix_worker.factors import rounded
from safetensors.torch import load_file, save_file
from test_worker import InAFolder, Steps, config, evaluation, opening, save

RANK = 3
A, B = {"es": 0.25, "fr": 0.75}, {"fr": 1.5}


def experts(folder):
    """Two experts: products in some matrices, of one in two parts; all elements of the last norm."""
    generator = torch.Generator().manual_seed(5)
    tensors, lines = {}, []

    def stored(*shape):
        tensors[str(len(tensors))] = 0.1 * torch.randn(*shape, generator=generator)
        return str(len(tensors) - 1)

    def product(expert, tensor, first, rows, columns):
        line = {"expert": expert, "tensor": tensor, "first": first, "scale": 2.0}
        line |= {"left": stored(RANK, rows), "right": stored(RANK, columns)}
        lines.append(line)

    base = load_file(folder / "model.safetensors")
    for name, tensor in sorted(base.items()):
        rows, columns = tensor.shape if tensor.dim() == 2 else (0, 0)
        if "q_proj" in name:
            product("es", name, 0, rows, columns)
            product("fr", name, 0, rows, columns)
        elif "v_proj" in name or "experts.1.w2" in name:
            product("fr", name, 0, rows // 2, columns)
            product("fr", name, rows // 2 * columns, rows // 2, columns)
        elif name == "model.norm.weight":
            line = {"expert": "es", "tensor": name, "scale": 0.5}
            lines.append(line | {"elements": stored(tensor.numel())})
    save_file(tensors, folder / "factors.safetensors")
    (folder / "factors.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return {"factors": {"tensors": "factors.safetensors", "addends": "factors.jsonl"}}


def merged(folder, scalars):
    """The same surrogate, made plainly."""
    surrogate = load_file(folder / "model.safetensors")
    tensors = load_file(folder / "factors.safetensors")
    for line in map(json.loads, (folder / "factors.jsonl").read_text().splitlines()):
        scalar = scalars.get(line["expert"], 0) * line["scale"]
        if "elements" in line:
            delta = tensors[line["elements"]]
        else:
            delta = (tensors[line["left"]].t() @ tensors[line["right"]]).view(-1)
        first = line.get("first", 0)
        surrogate[line["tensor"]].view(-1)[first : first + delta.numel()] += scalar * delta
    return surrogate


class FactorsTest(InAFolder):
    def test_scores_as_what_is_merged_and_the_same_bits_after_others(self):
        for settings in (
            config(tie_word_embeddings=True),
            config(transformers.MixtralConfig, num_local_experts=4),
        ):
            with self.subTest(settings.model_type):
                folder = self.folder / settings.model_type
                save(folder, settings)
                request = opening(folder, **experts(folder))
                engine, plain = Engine(request, Steps()), Engine(request, Steps())
                lines = (folder / "factors.jsonl").read_text().splitlines()
                self.assertEqual(engine.opened()["addends"], len(lines))
                base = evaluation(engine, 1)
                scores = [evaluation(engine, 1, scalars=one) for one in (A, B, A)]
                self.assertEqual(scores[0], scores[2])
                self.assertEqual(evaluation(engine, 1), base)
                # The file that both map is overwritten from here on.
                surrogates = [merged(folder, scalars) for scalars in (A, B)]
                for number, (surrogate, found) in enumerate(
                    zip(surrogates, scores[:2], strict=True), 2
                ):
                    for name, tensor in surrogate.items():
                        plain.parameters.views[name].copy_(tensor)
                    wanted = evaluation(plain, number)
                    for one, other, of_base in zip(found, wanted, base, strict=True):
                        self.assertAlmostEqual(one / other, 1, delta=2e-6)
                        self.assertGreater(abs(one - of_base), 1e-4)

    def test_adds_to_what_the_file_is_now(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder, **experts(self.folder)), Steps())
        first = evaluation(engine, 1, scalars=A)
        before = {name: view.clone() for name, view in engine.parameters.views.items()}
        for view in engine.parameters.views.values():
            view.mul_(1.25)
        self.assertNotEqual(evaluation(engine, 2), first)
        for name, view in engine.parameters.views.items():
            view.copy_(before[name])
        self.assertEqual(evaluation(engine, 3, scalars=A), first)

    def test_rounds_once_to_the_type_of_the_base(self):
        settings = config(dtype=torch.bfloat16)
        model = transformers.AutoModelForCausalLM.from_config(settings).to(torch.bfloat16)
        save(self.folder, config())
        model.save_pretrained(self.folder)
        engine = Engine(opening(self.folder, **experts(self.folder)), Steps())
        evaluation(engine, 1, scalars=A)
        name = "model.layers.0.self_attn.q_proj.weight"
        found = engine.model.state_dict()[name]
        base = load_file(self.folder / "model.safetensors")
        tensors = load_file(self.folder / "factors.safetensors")
        total = base[name].float()
        for line in map(json.loads, (self.folder / "factors.jsonl").read_text().splitlines()):
            if line["tensor"] == name:
                left, right = tensors[line["left"]], tensors[line["right"]]
                total.addmm_(left.t(), right, alpha=A[line["expert"]] * line["scale"])
        self.assertTrue(torch.equal(found, total.to(torch.bfloat16).float()))

    def test_refuses_numbers_that_the_bases_type_does_not_have(self):
        large = torch.tensor([1e5, 1.0])
        with self.assertRaisesRegex(OverflowError, "merge of one has numbers .* torch.float16"):
            rounded("one", large, torch.float16)
        self.assertTrue(torch.isinf(rounded("one", torch.tensor([torch.inf]), torch.float16)))

    def test_refuses_addends_of_tensors_that_are_not_there(self):
        save(self.folder, config())
        given = experts(self.folder)
        with open(self.folder / "factors.jsonl", "a", encoding="utf-8") as lines:
            lines.write('{"expert": "es", "tensor": "other", "scale": 1, "elements": "0"}\n')
        with self.assertRaisesRegex(ValueError, "added to other, which is not there"):
            Engine(opening(self.folder, **given), Steps())


if __name__ == "__main__":
    unittest.main()
