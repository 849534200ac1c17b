package org.mergetomix.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * A run on a Hugging Face folder in small: a tied Llama of two layers with a byte-level tokenizer,
 * a whole fine-tuned folder and a LoRA adapter as experts, and a task. Its manifest says where
 * things lie and nothing else.
 */
public final class HuggingFaceRun {

  /** The expert that is a whole folder. */
  public static final String WHOLE = "whole";

  /** The expert that is an adapter. */
  public static final String ADAPTER = "adapter";

  private static final Path MODELS =
      Path.of("src", "test", "resources", "org", "mergetomix", "family");

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  private static final List<String> TEXTS =
      List.of(
          "a fox",
          "the quick brown fox jumps over the lazy dog",
          "x",
          "pack my box with five dozen liquor jugs and then some more of them for later",
          "how vexingly quick daft zebras jump");

  private final Path folder;

  private HuggingFaceRun(Path folder) {
    this.folder = folder;
  }

  /** Writes everything, with float32 weights. */
  public static HuggingFaceRun of(Path folder) {
    HuggingFaceRun run = new HuggingFaceRun(folder.toAbsolutePath());
    Path model = MODELS.resolve("llama-tied");
    run.copy(model.resolve("config.json"), run.base().resolve("config.json"));
    run.copy(model.resolve("config.json"), run.expert(WHOLE).resolve("config.json"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      run.copy(model.resolve("adapter").resolve(file), run.expert(ADAPTER).resolve(file));
    }
    run.store(DType.F32);
    run.write(run.base().resolve("tokenizer.json"), tokenizer());
    run.write(
        run.base().resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    run.write(run.folder.resolve("task.txt"), String.join("\n", TEXTS));
    run.writeManifest("checkpoint = base");
    return run;
  }

  /** Writes the weights of base and whole expert again, in a type. */
  public void store(DType dtype) {
    try (Checkpoint weights = Checkpoints.open(MODELS.resolve("llama-tied/model.safetensors"))) {
      writeWeights(base(), weights, dtype, 0);
      writeWeights(expert(WHOLE), weights, dtype, 0.05);
    }
  }

  /** The texts of the task. */
  public static List<String> texts() {
    return TEXTS;
  }

  /** The tokens of a text, without those around it. */
  public static int[] tokens(String text) {
    return text.chars().map(letter -> letter == ' ' ? 28 : 2 + LETTERS.indexOf(letter)).toArray();
  }

  /** The base's folder. */
  public Path base() {
    return folder.resolve("base");
  }

  /** The folder of an expert. */
  public Path expert(String dataset) {
    return folder.resolve("experts").resolve(dataset);
  }

  /** The manifest's file. */
  public Path manifestFile() {
    return folder.resolve("manifest.conf");
  }

  /** Writes the manifest again, with other keys of the base. */
  public void writeManifest(String base) {
    writeManifest(base, "{ id = task, kind = language-modelling, data = task.txt }");
  }

  /** The same with other tasks. */
  public void writeManifest(String base, String tasks) {
    write(
        manifestFile(),
        """
        base { %s }
        datasets = [
          { id = whole, expert = "experts/whole" }
          { id = adapter, expert = "experts/adapter" }
        ]
        tasks = [ %s ]
        """
            .formatted(base, tasks));
  }

  /** Writes texts, and a manifest with datasets {@code one} and {@code two} to be fine-tuned. */
  public void writeTrainingManifest(String base) {
    writeTrainingManifest(base, "");
  }

  /** The same with experts whose names end so. */
  public void writeTrainingManifest(String base, String ending) {
    write(folder.resolve("one.txt"), "the lazy dog\na dog\nlazy zebras\n");
    write(folder.resolve("two.txt"), "five dozen jugs\nsix boxes\nthe liquor jugs\n");
    write(
        manifestFile(),
        """
        base { %s }
        datasets = [
          { id = one, data = one.txt, expert = "experts/one%s" }
          { id = two, data = two.txt, expert = "experts/two%s" }
        ]
        tasks = [ { id = task, kind = language-modelling, data = task.txt } ]
        """
            .formatted(base, ending, ending));
  }

  /** Replaces the base's weights by ones that are stored as most models are. */
  public void storeBaseInBfloat16() {
    try {
      Files.copy(
          MODELS.resolve("llama-tied").resolve("model.safetensors"),
          base().resolve("model.safetensors"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The manifest as it is now. */
  public Manifest manifest() {
    return Manifest.read(manifestFile());
  }

  /** Where a search keeps its run. */
  public Path output() {
    return folder.resolve("run");
  }

  /** The configuration of a search. */
  public Configuration configuration(String... settings) {
    List<String> all = new ArrayList<>();
    all.add("manifest=" + manifestFile());
    all.add("output=" + output());
    all.addAll(List.of(settings));
    return Configuration.load(List.of(), all);
  }

  /** Changes a text in a file of the base. */
  public void edit(String file, String from, String to) {
    try {
      Path path = base().resolve(file);
      String before = Files.readString(path);
      if (!before.contains(from)) {
        throw new IllegalArgumentException(path + " has no " + from);
      }
      Files.writeString(path, before.replace(from, to));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Adds a second copy of the embedding to a folder's weights, moved by {@code shift}. */
  public void addHead(Path model, float shift) {
    Path copy = model.resolve("weights.before");
    copy(model.resolve("model.safetensors"), copy);
    try (Checkpoint weights = Checkpoints.open(copy)) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>(weights.tensors());
      TensorSpec embedding = tensors.get("model.embed_tokens.weight");
      tensors.put("lm_head.weight", new TensorSpec("lm_head.weight", DType.F32, embedding.shape()));
      SafetensorsWriter.write(
          model.resolve("model.safetensors"),
          tensors,
          Map.of(),
          (tensor, offset, destination, length) -> {
            boolean head = tensor.equals("lm_head.weight");
            weights.read(head ? embedding.name() : tensor, offset, destination, length);
            for (int i = 0; head && i < length; i++) {
              destination[i] += shift;
            }
          });
    }
  }

  private void writeWeights(Path target, Checkpoint weights, DType dtype, double spread) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    weights
        .tensors()
        .forEach((name, spec) -> tensors.put(name, new TensorSpec(name, dtype, spec.shape())));
    Random random = new Random(7);
    TensorSource moved =
        (tensor, offset, destination, length) -> {
          weights.read(tensor, offset, destination, length);
          for (int i = 0; i < length; i++) {
            destination[i] += (float) (spread * random.nextGaussian());
          }
        };
    SafetensorsWriter.write(target.resolve("model.safetensors"), tensors, Map.of(), moved);
  }

  /** Letters and the space, a token each, between begin and end. */
  private static String tokenizer() {
    StringBuilder vocabulary = new StringBuilder("\"<s>\": 0, \"</s>\": 1");
    for (int i = 0; i < LETTERS.length(); i++) {
      vocabulary.append(", \"%s\": %s".formatted(LETTERS.charAt(i), 2 + i));
    }
    return """
    {"version": "1.0", "truncation": null, "padding": null,
     "added_tokens": [
      {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
       "normalized": false, "special": true},
      {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
       "normalized": false, "special": true}],
     "normalizer": null,
     "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
      "use_regex": true},
     "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
       {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
      "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
      "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
       "</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
     "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
      "use_regex": true},
     "model": {"type": "BPE", "dropout": null, "unk_token": null,
      "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
      "byte_fallback": false, "ignore_merges": false,
      "vocab": {%s, "Ġ": 28}, "merges": []}}
    """
        .formatted(vocabulary);
  }

  private void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
