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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.mergetomix.expert.lora.AdapterConfig;
import org.mergetomix.expert.lora.AdapterConfigReader;
import org.mergetomix.expert.lora.AdapterKey;
import org.mergetomix.expert.lora.AdapterKey.Part;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.family.Conv1dShapes;
import org.mergetomix.family.TiedNames;
import org.mergetomix.family.VocabularyTables;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.pattern.BoundedPattern;
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
  private final Contents contents;
  private final Complaints complaints;
  private final NameRemarks remarks;
  private final SortedMap<String, LoraDelta.Change> changes = new TreeMap<>();

  /** A tensor of the adapter for each name of the base that it changes, tied ones apart. */
  private final Map<String, String> changed = new TreeMap<>();

  /** What was found of each module's factors. */
  private final SortedMap<String, Map<Part, String>> factors = new TreeMap<>();

  private LoraDelta.InPeft inPeft = LoraDelta.InPeft.THE_SAME;

  /** The names of adapters that stand in the names of tensors. */
  private final SortedSet<String> adapters = new TreeSet<>();

  private AdapterReader(
      Checkpoint base,
      Checkpoint adapter,
      AdapterConfig config,
      ExpertPolicy policy,
      Contents contents) {
    this.base = base;
    this.adapter = adapter;
    this.config = config;
    this.policy = policy;
    this.contents = contents;
    this.complaints = new Complaints(adapter.name());
    this.remarks = new NameRemarks(adapter.name());
  }

  static LoraDelta open(Checkpoint base, Path path, ExpertPolicy policy, Contents contents) {
    CheckpointFolder folder = CheckpointFolder.of(path);
    for (String name : List.of(CheckpointFolder.ADAPTER_CONFIG, CheckpointFolder.ADAPTER)) {
      if (!folder.has(name)) {
        Pickles.refuse(pickled(path));
        throw UserException.input("The adapter's folder has no " + name, path.toString(), DAMAGED);
      }
    }
    Path configFile = folder.boundary().inside(CheckpointFolder.ADAPTER_CONFIG);
    AdapterConfig config = AdapterConfigReader.read(configFile);
    Checkpoint adapter =
        tokensAsInBase(
            base,
            SafetensorsFile.open(folder.boundary().inside(CheckpointFolder.ADAPTER)),
            path,
            policy);
    try {
      AdapterReader reader = new AdapterReader(base, adapter, config, policy, contents);
      List<Problem> warnings = new ArrayList<>(warnings(base, config, configFile));
      warnings.addAll(adapter.warnings());
      warnings.addAll(reader.readAll());
      return new LoraDelta(base, adapter, reader.changes, warnings, reader.inPeft);
    } catch (BoundedPattern.TooLong endless) {
      adapter.close();
      throw UserException.input(
          "A pattern for names of modules takes too long to match",
          configFile.toString(),
          "Write the names of the modules in place of a nested pattern");
    } catch (RuntimeException failure) {
      adapter.close();
      throw failure;
    }
  }

  private static Checkpoint tokensAsInBase(
      Checkpoint base, Checkpoint stored, Path path, ExpertPolicy policy) {
    try {
      return TokensAsInBase.of(
          base,
          stored,
          path,
          policy,
          name ->
              AdapterKey.parse(name)
                  .filter(key -> key.part() == Part.SAVED || key.part() == Part.BASE)
                  .flatMap(key -> policy.inBase(key.target(), base.tensors())));
    } catch (RuntimeException failure) {
      stored.close();
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

  /** Reads everything, and says what a user should know of it. */
  private List<Problem> readAll() {
    adapter.tensors().keySet().forEach(this::sort);
    factors.forEach(this::addProduct);
    policy.tied().forEach(this::refuseHalf);
    if (adapter.tensors().isEmpty()) {
      complaints.add("The adapter has no tensor", adapter.name(), DAMAGED);
    }
    if (adapters.size() > 1) {
      complaints.add(
          "The file holds several adapters: " + String.join(", ", adapters),
          adapter.name(),
          "Save each adapter into a folder of its own, and give each as its own expert");
    }
    complaints.refuseIfAny();
    AdapterCompleteness completeness =
        new AdapterCompleteness(base, config, policy, changed.keySet());
    completeness.complain(complaints);
    complaints.refuseIfAny();
    List<Problem> warnings = new ArrayList<>(remarks.problems());
    if (!warnings.isEmpty()) {
      inPeft = LoraDelta.InPeft.OTHERWISE;
    }
    if (adapter instanceof TokensAsInBase) {
      inPeft = LoraDelta.InPeft.OTHERWISE;
    }
    warnings.addAll(completeness.warnings(adapter.name(), factors.keySet()));
    return warnings;
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
    if (!key.adapter().isEmpty()) {
      inPeft = LoraDelta.InPeft.OTHERWISE;
      adapters.add(TensorNames.shown(key.adapter()));
    }
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
      case BASE -> addBase(key, name);
      case REPLACED -> passOver(config.saved(key.module()), name);
      case VELORA, MONTECLORA -> passOver(config.buffers().contains(key.part()), name);
    }
  }

  private void passOver(boolean expected, String name) {
    if (!expected) {
      complaints.addTensor("The configuration does not explain the tensor", name, DAMAGED);
    }
  }

  /**
   * A parameter of the base in a module that has factors: its bias, if biases were trained;
   * otherwise a copy, as PEFT adds it where an embedding has factors.
   */
  private void addBase(AdapterKey key, String name) {
    if (savedAsBias(key)) {
      addSimple(key, name, new LoraDelta.Replacement(name));
      return;
    }
    Optional<TensorSpec> found = find(key.target(), name);
    if (found.isEmpty() || contents == Contents.HEADERS) {
      return;
    }
    if (!TensorSamples.same(base, found.get().name(), adapter, name)) {
      complaints.addTensor(
          "The adapter brings a tensor of its base along, which differs from %s in this base"
              .formatted(TensorNames.shown(found.get().name())),
          name,
          "Give the base that the adapter was trained on, without resizing its embeddings");
    }
  }

  private boolean savedAsBias(AdapterKey key) {
    return config.biases() != AdapterConfig.Biases.NONE && key.parameter().equals("bias");
  }

  private void addSaved(AdapterKey key, String name) {
    if (savedAsBias(key) || config.saved(key.module()) || savedAsTied(key)) {
      addSimple(key, name, new LoraDelta.Replacement(name));
    } else if (!isCopy(key, name)) {
      complaints.addTensor(
          "The tensor is no factor, and its module is not in modules_to_save",
          name,
          "If it was trained, list its module in modules_to_save of the adapter_config.json; if it"
              + " was not, save the adapter again with save_embedding_layers=False, or list the"
              + " tensor under ignore, with extra = ignore-listed");
    }
  }

  /** With save_embedding_layers, PEFT saves embeddings that nobody trained. */
  private boolean isCopy(AdapterKey key, String name) {
    String target = policy.baseName(key.target(), base.tensors());
    return Stream.concat(Stream.of(target), policy.partner(target).stream())
        .flatMap(each -> Stream.ofNullable(base.tensors().get(each)))
        .filter(spec -> spec.shape().equals(adapter.tensors().get(name).shape()))
        .anyMatch(
            spec ->
                contents == Contents.HEADERS
                    || TensorSamples.same(base, spec.name(), adapter, name));
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
          TensorPairing.rows(target.get(), found).isPresent()
              ? TensorPairing.otherRows(target.get())
              : "Train the adapter on this base");
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
    PackedFactors packed = new PackedFactors(base, adapter, config, policy);
    Optional<String> experts = packed.experts(module);
    if (experts.isPresent() && !embedding) {
      complaints.gather(
          () ->
              packed
                  .changes(
                      experts.get(),
                      adapter.tensors().get(parts.get(partA)),
                      adapter.tensors().get(parts.get(partB)))
                  .forEach(
                      (name, change) -> {
                        changed.put(name, any);
                        put(name, any, change);
                      }));
      return;
    }
    Optional<TensorSpec> found = target(module + WEIGHT, any);
    if (found.isEmpty()) {
      return;
    }
    TensorSpec weight = found.get();
    if (adapter instanceof TokensAsInBase && VocabularyTables.include(weight)) {
      complaints.addTensor(
          "The adapter's tokens are not the base's, and factors of %s cannot be sorted by them"
              .formatted(TensorNames.shown(weight.name())),
          any,
          "Merge the adapter into its own base with PEFT's merge_and_unload, and give the full"
              + " checkpoint");
      return;
    }
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
                .or(() -> Conv1dShapes.isTransposed(weight.name(), base.tensors()))
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
        new LowRankProduct.RankByRow(adapter, a.name(), 0, LowRankProduct.rowLength(a.shape()));
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
    return find(parameter, tensor);
  }

  private Optional<TensorSpec> find(String parameter, String tensor) {
    String name = policy.baseName(parameter, base.tensors());
    remarks.renamed(tensor, parameter, name);
    Optional<TensorSpec> found = policy.inBase(parameter, base.tensors());
    if (found.isEmpty()) {
      complaints.addTensor(
          "The base has no tensor %s for it".formatted(TensorNames.shown(name)),
          tensor,
          "Give the base that the adapter was trained on, or map its names with prefixes; they"
              + " begin after base_model.model");
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
    if (before != null && !same(before, change)) {
      complaints.addTensor(
          "The adapter changes %s a second time, and otherwise"
              .formatted(TensorNames.shown(target)),
          tensor,
          "An adapted tensor is either saved whole or given by two factors. If two layers are tied"
              + " in the base, train both alike, with ensure_weight_tying, or merge the adapter"
              + " with PEFT into a base that was saved with tie_word_embeddings = false");
    }
  }

  /** Two tied layers that were trained as one: of factors, the one's are the other's transposed. */
  private boolean same(LoraDelta.Change before, LoraDelta.Change change) {
    if (before instanceof LoraDelta.Product one && change instanceof LoraDelta.Product other) {
      // PEFT adds the product to the one weight for each of its names.
      inPeft = LoraDelta.InPeft.OTHERWISE;
      return one.product().same(other.product());
    }
    return before instanceof LoraDelta.Replacement first
        && change instanceof LoraDelta.Replacement second
        && TensorSamples.same(adapter, first.saved(), second.saved());
  }
}
