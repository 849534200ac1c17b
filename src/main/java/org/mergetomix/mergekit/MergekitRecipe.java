package org.mergetomix.mergekit;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.family.PackedExperts;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorSpec;

/**
 * The YAML with which mergekit merges the same numbers, to the rounding of float32; or why there is
 * none. Immutable.
 *
 * @param yaml the text; empty where mergekit cannot do the same
 * @param obstacles why not, each as the part of a sentence
 */
public record MergekitRecipe(Optional<String> yaml, List<String> obstacles) {

  /** In which form mergekit finds an input. */
  public enum Form {
    /** A folder as Hugging Face writes it. */
    FOLDER,
    /** Such a folder, with all tensors in its model.safetensors. */
    FOLDER_OF_ONE_FILE,
    /** A single safetensors file. */
    FILE,
    /** A PEFT adapter of the base. */
    ADAPTER,
    /** Something that mergekit does not read: a delta, or names that are mapped to the base's. */
    OTHER
  }

  /**
   * A base or an expert.
   *
   * @param location its path
   * @param form what lies there
   */
  public record Model(String location, Form form) {

    /** The file in a folder that has one, as a merge with single files needs it. */
    private Model asFile() {
      return form == Form.FOLDER_OF_ONE_FILE
          ? new Model(location + "/model.safetensors", Form.FILE)
          : this;
    }
  }

  private static final Map<DType, String> TORCH =
      Map.of(DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

  /**
   * mergekit writes the base with each adapter into a cache first, which has no default, and
   * otherwise in the base's type.
   */
  private static final String ADAPTER_OPTIONS =
      " --lora-merge-cache CACHE --lora-merge-dtype float32";

  /**
   * The recipe of a surrogate.
   *
   * @param method how it is merged
   * @param mixture of what
   * @param base the base model
   * @param tensors the base's tensors
   * @param experts at least those of the mixture, by dataset
   */
  public static MergekitRecipe of(
      MergeMethod method,
      Mixture mixture,
      Model base,
      SortedMap<String, TensorSpec> tensors,
      Map<String, Model> experts) {
    boolean files =
        Stream.concat(Stream.of(base), mixture.datasets().stream().map(experts::get))
            .anyMatch(model -> model.form() == Form.FILE);
    Map<String, Model> read = new TreeMap<>(experts);
    read.replaceAll((dataset, model) -> files ? model.asFile() : model);
    return ofReadable(method, mixture, files ? base.asFile() : base, tensors, read);
  }

  private static MergekitRecipe ofReadable(
      MergeMethod method,
      Mixture mixture,
      Model base,
      SortedMap<String, TensorSpec> tensors,
      Map<String, Model> experts) {
    long smallest =
        Layout.of(tensors).tensors().stream().mapToLong(TensorPlace::elements).min().orElse(1);
    MergekitMethod equivalent = MergekitMethod.of(method, mixture, smallest);
    List<String> obstacles = new ArrayList<>(equivalent.obstacles());
    boolean elementwise = List.of("linear", "task_arithmetic").contains(equivalent.name());
    if (!elementwise && tensors.keySet().stream().anyMatch(MergekitRecipe::isOneExpert)) {
      obstacles.add(
          "mergekit packs the experts of a mixture first, and cuts and weighs their tensors"
              + " together");
    }
    obstacles.addAll(unreadable(mixture, base, tensors, experts));
    if (!obstacles.isEmpty()) {
      return new MergekitRecipe(Optional.empty(), List.copyOf(obstacles));
    }
    return new MergekitRecipe(
        Optional.of(yaml(method, equivalent, mixture, base, tensors, experts)), List.of());
  }

  private static boolean isOneExpert(String tensor) {
    return PackedExperts.packed(tensor).filter(packed -> !packed.equals(tensor)).isPresent();
  }

  private static List<String> unreadable(
      Mixture mixture,
      Model base,
      SortedMap<String, TensorSpec> tensors,
      Map<String, Model> experts) {
    List<String> obstacles = new ArrayList<>();
    if (base.form() == Form.OTHER) {
      obstacles.add("mergekit does not know the names in the base, which a wrapper changed");
    }
    for (String dataset : mixture.datasets()) {
      if (experts.get(dataset).form() == Form.OTHER) {
        obstacles.add(
            "mergekit does not read the expert of %s, which is a delta or has other names than the"
                    .formatted(dataset)
                + " base");
      }
    }
    List<Model> models =
        Stream.concat(Stream.of(base), mixture.datasets().stream().map(experts::get)).toList();
    Set<Form> forms = models.stream().map(Model::form).collect(Collectors.toSet());
    if (forms.contains(Form.FILE) && forms.size() > 1) {
      obstacles.add("mergekit reads folders or single files, but not both in one merge");
    } else if (forms.contains(Form.FILE)
        && tensors.values().stream().anyMatch(tensor -> !tensor.dtype().floating())) {
      obstacles.add("of single files, mergekit merges the whole numbers too");
    }
    for (Model model : models) {
      String location = model.location();
      if (location.contains("+") || location.contains("@") || location.contains("://")) {
        obstacles.add("mergekit does not read the location " + location);
      }
    }
    return obstacles;
  }

  private static String yaml(
      MergeMethod method,
      MergekitMethod equivalent,
      Mixture mixture,
      Model base,
      SortedMap<String, TensorSpec> tensors,
      Map<String, Model> experts) {
    List<String> lines = new ArrayList<>();
    boolean files = base.form() == Form.FILE;
    lines.add("# The surrogate of " + mixture + ", merged by " + method + ".");
    boolean adapters =
        mixture.datasets().stream().anyMatch(id -> experts.get(id).form() == Form.ADAPTER);
    lines.add(
        "# %s%s mergekit.yaml FOLDER"
            .formatted(
                files ? "mergekit-pytorch" : "mergekit-yaml", adapters ? ADAPTER_OPTIONS : ""));
    equivalent.remarks().forEach(remark -> lines.add("# " + remark));
    Optional<String> type = type(tensors);
    if (type.isEmpty()) {
      lines.add("# The export keeps the type of each tensor; mergekit writes float32.");
    }
    lines.add("merge_method: " + equivalent.name());
    if (equivalent.name().equals("linear")) {
      lines.add("# The base, which a mean of whole models needs not: " + quoted(base.location()));
    } else {
      lines.add("base_model: " + quoted(base.location()));
    }
    lines.add("models:");
    for (String dataset : mixture.datasets()) {
      lines.add("  - model: " + quoted(location(base, experts.get(dataset))));
      if (!equivalent.name().equals("sce")) {
        lines.add("    parameters:");
        lines.add("      weight: " + MergekitMethod.number(weight(mixture, dataset, equivalent)));
      }
    }
    lines.add("parameters:");
    equivalent.parameters().forEach((key, value) -> lines.add("  " + key + ": " + value));
    lines.add("dtype: float32");
    lines.add("out_dtype: " + type.orElse("float32"));
    return String.join("\n", lines) + "\n";
  }

  /** Where weights are not divided by their sum, their mean is 1, as in a sum over a subset. */
  private static double weight(Mixture mixture, String dataset, MergekitMethod equivalent) {
    double weight = mixture.mergeWeight(dataset);
    boolean divided = equivalent.parameters().get("normalize").equals("true");
    return divided || mixture.equalWeights() ? weight : weight * mixture.size();
  }

  private static String location(Model base, Model expert) {
    return expert.form() == Form.ADAPTER
        ? base.location() + "+" + expert.location()
        : expert.location();
  }

  /** The type of all numbers of the base, if it is one that mergekit writes. */
  private static Optional<String> type(SortedMap<String, TensorSpec> tensors) {
    List<DType> types =
        tensors.values().stream()
            .map(TensorSpec::dtype)
            .filter(DType::floating)
            .distinct()
            .toList();
    return types.size() == 1 ? Optional.ofNullable(TORCH.get(types.get(0))) : Optional.empty();
  }

  /** YAML reads double quotes as JSON does. */
  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
