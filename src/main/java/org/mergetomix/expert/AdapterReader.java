package org.mergetomix.expert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.expert.lora.AdapterConfig;
import org.mergetomix.expert.lora.AdapterConfigReader;
import org.mergetomix.expert.lora.AdapterKey;
import org.mergetomix.expert.lora.AdapterKey.Part;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.expert.lora.ModulePattern;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.Pickles;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Puts the tensors of an adapter together and compares them with its configuration and the base.
 */
final class AdapterReader {

  private static final String DAMAGED = "Save the adapter again with PEFT's save_pretrained";

  private static final String WEIGHT = ".weight";

  private final Checkpoint base;
  private final Checkpoint adapter;
  private final AdapterConfig config;
  private final ExpertPolicy policy;
  private final Complaints complaints;
  private final SortedMap<String, LoraDelta.Change> changes = new TreeMap<>();

  /** A tensor of the adapter for each name of the base that it changes, tied ones apart. */
  private final Map<String, String> changed = new TreeMap<>();

  /** What was found of each module's factors. */
  private final SortedMap<String, Map<Part, String>> factors = new TreeMap<>();

  private AdapterReader(
      Checkpoint base, Checkpoint adapter, AdapterConfig config, ExpertPolicy policy) {
    this.base = base;
    this.adapter = adapter;
    this.config = config;
    this.policy = policy;
    this.complaints = new Complaints(adapter.name());
  }

  static LoraDelta open(Checkpoint base, Path path, ExpertPolicy policy) {
    CheckpointFolder folder = CheckpointFolder.of(path);
    for (String name : List.of(CheckpointFolder.ADAPTER_CONFIG, CheckpointFolder.ADAPTER)) {
      if (!folder.has(name)) {
        Pickles.refuse(pickled(path));
        throw UserException.input("The adapter's folder has no " + name, path.toString(), DAMAGED);
      }
    }
    Path configFile = folder.boundary().inside(CheckpointFolder.ADAPTER_CONFIG);
    AdapterConfig config = AdapterConfigReader.read(configFile);
    SafetensorsFile adapter =
        SafetensorsFile.open(folder.boundary().inside(CheckpointFolder.ADAPTER));
    try {
      AdapterReader reader = new AdapterReader(base, adapter, config, policy);
      reader.readAll();
      return new LoraDelta(base, adapter, reader.changes, warnings(base, config, configFile));
    } catch (ModulePattern.TooLong endless) {
      adapter.close();
      throw UserException.input(
          "A key of rank_pattern or alpha_pattern takes too long to match",
          configFile.toString(),
          "Write the names of the modules in place of a nested pattern");
    } catch (RuntimeException failure) {
      adapter.close();
      throw failure;
    }
  }

  private static Path pickled(Path folder) {
    Path file = folder.resolve("adapter_model.bin");
    return Files.exists(file) ? file : folder;
  }

  private static List<Problem> warnings(Checkpoint base, AdapterConfig config, Path configFile) {
    List<Problem> warnings = new ArrayList<>();
    config
        .baseName()
        .filter(name -> !named(base.name(), name))
        .ifPresent(
            name ->
                warnings.add(
                    new Problem(
                        "The adapter was trained on %s, a name that the base %s does not have"
                            .formatted(TensorNames.shown(name), base.name()),
                        configFile.toString(),
                        "Make sure that it is the same model")));
    return warnings;
  }

  /** Whether a path has the last part of a model's name, which a hub cache writes with dashes. */
  private static boolean named(String basePath, String modelName) {
    String last = modelName.replaceAll("[/\\\\]+$", "").replaceAll(".*[/\\\\]", "");
    return basePath.toLowerCase(Locale.ROOT).contains(last.toLowerCase(Locale.ROOT));
  }

  private void readAll() {
    adapter.tensors().keySet().forEach(this::sort);
    factors.forEach(this::addProduct);
    policy.tied().forEach(this::refuseHalf);
    if (adapter.tensors().isEmpty()) {
      complaints.add("The adapter has no tensor", adapter.name(), DAMAGED);
    }
    complaints.refuseIfAny();
  }

  /** A base that has one tensor for two uses cannot take a change of one of them. */
  private void refuseHalf(TiedNames pair) {
    String first = changed.get(pair.first());
    String second = changed.get(pair.second());
    if ((first == null) == (second == null)) {
      return;
    }
    complaints.addTensor(
        "The adapter changes %s but not %s, which is the same tensor in the base"
            .formatted(
                first == null ? pair.second() : pair.first(),
                first == null ? pair.first() : pair.second()),
        first == null ? second : first,
        "PEFT changes the one use alone, so the two are no longer tied: merge the adapter there"
            + " into a base that was saved with tie_word_embeddings = false, and give that base"
            + " and full checkpoints; or train without this layer");
  }

  private void sort(String name) {
    if (policy.ignores(name)) {
      return;
    }
    Optional<AdapterKey> parsed = AdapterKey.parse(name);
    if (parsed.isEmpty()) {
      complaints.addTensor("This is no name of a tensor in a PEFT LoRA adapter", name, DAMAGED);
      return;
    }
    AdapterKey key = parsed.get();
    if (!adapter.tensors().get(name).dtype().floating()) {
      complaints.addTensor(
          "The tensor is %s, not floating".formatted(adapter.tensors().get(name).describe()),
          name,
          DAMAGED);
      return;
    }
    switch (key.part()) {
      case A, B, EMBEDDING_A, EMBEDDING_B ->
          factors
              .computeIfAbsent(key.module(), module -> new EnumMap<>(Part.class))
              .put(key.part(), name);
      case B_BIAS -> addSimple(key, name, new LoraDelta.Scaled(name, config.scale(key.module())));
      case MAGNITUDE ->
          complaints.addTensor(
              "The tensor belongs to DoRA, which is not supported",
              name,
              "Merge the adapter into its base with PEFT's merge_and_unload, and give the full"
                  + " checkpoint");
      case SAVED -> addSaved(key, name);
    }
  }

  private void addSaved(AdapterKey key, String name) {
    boolean bias = config.biases() == AdapterConfig.Biases.SAVED && key.parameter().equals("bias");
    if (bias || config.saved(key.module()) || savedAsTied(key)) {
      addSimple(key, name, new LoraDelta.Replacement(name));
    } else {
      complaints.addTensor(
          "The tensor is no factor, and its module is not in modules_to_save",
          name,
          "Save the adapter again with save_embedding_layers=False, or list the module in"
              + " modules_to_save");
    }
  }

  /** PEFT lists one of two tied layers that it keeps the same. */
  private boolean savedAsTied(AdapterKey key) {
    return policy
        .partner(policy.baseName(key.target(), base.tensors()))
        .filter(partner -> partner.endsWith(WEIGHT))
        .map(partner -> partner.substring(0, partner.length() - WEIGHT.length()))
        .filter(config::saved)
        .isPresent();
  }

  private void addSimple(AdapterKey key, String name, LoraDelta.Change change) {
    Optional<TensorSpec> target = target(key.target(), name);
    if (target.isEmpty()) {
      return;
    }
    TensorSpec found = adapter.tensors().get(name);
    if (!target.get().shape().equals(found.shape())) {
      complaints.addTensor(
          "Expected %s as in the base, found %s%s"
              .formatted(
                  target.get().describe(),
                  found.describe(),
                  TensorPairing.rows(target.get(), found).map(rows -> ": " + rows).orElse("")),
          name,
          "Train the adapter on this base, and without resizing its embeddings");
      return;
    }
    put(target.get().name(), name, change);
  }

  private void addProduct(String module, Map<Part, String> parts) {
    boolean embedding = parts.containsKey(Part.EMBEDDING_A) || parts.containsKey(Part.EMBEDDING_B);
    Part partA = embedding ? Part.EMBEDDING_A : Part.A;
    Part partB = embedding ? Part.EMBEDDING_B : Part.B;
    String any = parts.values().iterator().next();
    if (parts.size() != 2 || !parts.containsKey(partA) || !parts.containsKey(partB)) {
      complaints.addTensor(
          "The module %s needs a factor A and a factor B, but the adapter has only: %s"
              .formatted(TensorNames.shown(module), shown(parts)),
          any,
          DAMAGED);
      return;
    }
    Optional<TensorSpec> found = target(module + WEIGHT, any);
    if (found.isEmpty()) {
      return;
    }
    TensorSpec weight = found.get();
    TensorSpec a = adapter.tensors().get(parts.get(partA));
    TensorSpec b = adapter.tensors().get(parts.get(partB));
    int rank = config.rank(module);
    if (a.shape().size() < 2 || b.shape().size() < 2) {
      complaints.addTensor(
          "The factors must be matrices, but are %s and %s".formatted(a.shape(), b.shape()),
          any,
          DAMAGED);
      return;
    }
    if (a.shape().get(0) != rank || b.shape().get(1) != rank) {
      complaints.addTensor(
          "The configuration gives the rank %s, but the factors are %s and %s"
              .formatted(rank, a.shape(), b.shape()),
          any,
          "Use the adapter_config.json that was saved with this adapter");
      return;
    }
    // PEFT corrects fan_in_fan_out for each layer by its kind, so a known kind overrides it.
    boolean transposed =
        embedding
            || policy
                .layers()
                .isTransposed(weight.name())
                .orElse(config.layout() == AdapterConfig.Layout.INPUTS_BY_OUTPUTS);
    List<Long> shape = transposed ? transposedShape(a, b) : plainShape(a, b);
    if (!shape.equals(weight.shape())) {
      complaints.addTensor(
          "The factors %s and %s make %s, but the base's tensor %s is %s"
              .formatted(
                  a.shape(), b.shape(), shape, TensorNames.shown(weight.name()), weight.shape()),
          any,
          "Train the adapter on this base; look at fan_in_fan_out if only the order differs");
      return;
    }
    LowRankProduct.Factor byA =
        new LowRankProduct.RankByRow(adapter, a.name(), LowRankProduct.rowLength(a.shape()));
    LowRankProduct.Factor byB = new LowRankProduct.RankByColumn(adapter, b.name());
    put(
        weight.name(),
        any,
        new LoraDelta.Product(
            new LowRankProduct(
                transposed ? byA : byB,
                transposed ? byB : byA,
                rank,
                weight.shape().get(0),
                LowRankProduct.rowLength(weight.shape()),
                config.scale(module))));
  }

  /** B·A, whose columns keep the shape of A's: that covers convolutions, whose B is 1 by 1. */
  private static List<Long> plainShape(TensorSpec a, TensorSpec b) {
    List<Long> shape = new ArrayList<>(a.shape());
    shape.set(0, b.shape().get(0));
    return LowRankProduct.rowLength(b.shape()) == b.shape().get(1) ? shape : List.of();
  }

  private static List<Long> transposedShape(TensorSpec a, TensorSpec b) {
    return a.shape().size() == 2 && b.shape().size() == 2
        ? List.of(a.shape().get(1), b.shape().get(0))
        : List.of();
  }

  private static String shown(Map<Part, String> parts) {
    return String.join(", ", parts.values().stream().map(TensorNames::shown).toList());
  }

  /** The tensor of the base that a parameter of the adapted model is. */
  private Optional<TensorSpec> target(String parameter, String tensor) {
    String name = policy.baseName(parameter, base.tensors());
    changed.put(name, tensor);
    Optional<TensorSpec> found =
        Optional.ofNullable(base.tensors().get(name))
            .or(() -> policy.partner(name).map(partner -> base.tensors().get(partner)));
    if (found.isEmpty()) {
      complaints.addTensor(
          "The base has no tensor %s for it".formatted(TensorNames.shown(name)),
          tensor,
          "Give the base that the adapter was trained on, or map its names with prefixes");
    } else if (!found.get().dtype().floating()) {
      complaints.addTensor(
          "The base's tensor for it is %s, not floating".formatted(found.get().describe()),
          tensor,
          "Give a base whose weights are not quantised");
      return Optional.empty();
    }
    return found;
  }

  private void put(String target, String tensor, LoraDelta.Change change) {
    LoraDelta.Change before = changes.putIfAbsent(target, change);
    boolean sameSaved =
        before instanceof LoraDelta.Replacement first
            && change instanceof LoraDelta.Replacement second
            && TensorSamples.same(adapter, first.saved(), second.saved());
    if (before != null && !sameSaved) {
      complaints.addTensor(
          "The adapter changes %s a second time".formatted(TensorNames.shown(target)),
          tensor,
          "An adapted tensor is either saved whole or given by two factors; tied layers are"
              + " adapted once");
    }
  }
}
