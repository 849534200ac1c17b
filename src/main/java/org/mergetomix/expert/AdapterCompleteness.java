package org.mergetomix.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.expert.lora.AdapterConfig;
import org.mergetomix.expert.lora.TargetModules;
import org.mergetomix.family.PackedExperts;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Compares what an adapter's file holds with what its configuration names, expanded over the base's
 * modules: a file that lost some factors is an adapter of something else.
 */
final class AdapterCompleteness {

  private static final String WEIGHT = ".weight";

  private static final String BIAS = ".bias";

  private static final String WHOLE =
      "The file is not whole: save the adapter again with PEFT's save_pretrained; or set missing ="
          + " base to leave what it lacks as it is in the base";

  private final AdapterConfig config;
  private final ExpertPolicy policy;
  private final Set<String> changed;

  /** Names without numbers of what the adapter changes. */
  private final Set<String> changedKinds = new TreeSet<>();

  private final Map<String, TensorSpec> tensors;

  /**
   * A comparison.
   *
   * @param changed the base's names of what the adapter changes
   */
  AdapterCompleteness(
      Checkpoint base, AdapterConfig config, ExpertPolicy policy, Set<String> changed) {
    this.config = config;
    this.policy = policy;
    this.changed = changed;
    changed.forEach(name -> changedKinds.add(kind(name)));
    this.tensors = new TreeMap<>(base.tensors());
    for (TiedNames pair : policy.tied()) {
      addOther(pair.first(), pair.second());
      addOther(pair.second(), pair.first());
    }
  }

  private void addOther(String there, String other) {
    Optional.ofNullable(tensors.get(there))
        .ifPresent(
            spec -> tensors.putIfAbsent(other, new TensorSpec(other, spec.dtype(), spec.shape())));
  }

  /** Adds a complaint for each module that is named and not there. */
  void complain(Complaints complaints) {
    if (policy.missing() == ExpertPolicy.Missing.BASE) {
      return;
    }
    for (TensorSpec tensor : tensors.values()) {
      if (isLeftOut(tensor)) {
        if (isAdaptedExpert(tensor.name())
            || (isTarget(tensor) && !isInPackedExperts(tensor.name()))) {
          complaints.addTensor(
              "The configuration targets the module, but the adapter has no factors of it",
              tensor.name(),
              WHOLE);
        } else if (isSaved(tensor)) {
          complaints.addTensor(
              "The configuration lists the module in modules_to_save, but the adapter does not have"
                  + " it",
              tensor.name(),
              WHOLE);
        }
      }
    }
  }

  /** Says what is odd, but may well be meant. */
  List<Problem> warnings(String adapter, Set<String> factored) {
    List<Problem> warnings = new ArrayList<>();
    List<String> packed =
        tensors.values().stream()
            .filter(tensor -> isLeftOut(tensor) && isInPackedExperts(tensor.name()))
            .filter(this::isTarget)
            .map(TensorSpec::name)
            .toList();
    if (!packed.isEmpty()) {
      warnings.add(
          new Problem(
              "The configuration's names fit modules of experts too, but the adapter has no factors"
                  + " of any, as %s".formatted(TensorNames.shown(packed.get(0))),
              adapter,
              "So it is if it was trained where experts are packed into one tensor"));
    }
    tensors.values().stream()
        .filter(tensor -> isLeftOut(tensor) && mayBeLinear(tensor))
        .findFirst()
        .ifPresent(
            tensor ->
                warnings.add(
                    new Problem(
                        "The configuration says all-linear, but the adapter has no factors of %s"
                            .formatted(TensorNames.shown(tensor.name())),
                        adapter,
                        "Make sure that it is no linear layer: nothing tells here, since the base"
                            + " is of no known family")));
    tensors.values().stream()
        .filter(tensor -> isLeftOut(tensor) && isTrainedBias(tensor.name()))
        .findFirst()
        .ifPresent(
            tensor ->
                warnings.add(
                    new Problem(
                        "The configuration says that biases were trained, but the adapter lacks %s"
                            .formatted(TensorNames.shown(tensor.name())),
                        adapter,
                        "It stays as it is in the base: save the adapter again, if its training is"
                            + " still there")));
    factored.stream()
        .filter(module -> config.targets().include(module, Optional.empty()).equals(no()))
        .filter(module -> !isTied(module))
        .filter(module -> config.parameters().isEmpty() || !module.contains("experts"))
        .findFirst()
        .ifPresent(
            module ->
                warnings.add(
                    new Problem(
                        "The adapter has factors of %s, which its configuration does not target; they"
                                .formatted(TensorNames.shown(module))
                            + " are used here, and passed over where PEFT loads it",
                        adapter,
                        "Make sure that configuration and factors belong together")));
    return warnings;
  }

  private static Optional<Boolean> no() {
    return Optional.of(false);
  }

  private boolean isTied(String module) {
    return policy.partner(module + WEIGHT).isPresent();
  }

  private boolean isLeftOut(TensorSpec tensor) {
    return !changed.contains(tensor.name())
        && policy.partner(tensor.name()).filter(changed::contains).isEmpty()
        && tensor.dtype().floating()
        && !policy.isBuffer(tensor);
  }

  /** Whether a matrix in a layer could be one of all linear ones, of a family that is not known. */
  private boolean mayBeLinear(TensorSpec tensor) {
    String name = tensor.name();
    return config.targets().included() instanceof TargetModules.AllLinear
        && policy.layers().isLinear(name).isEmpty()
        && tensor.shape().size() == 2
        && name.endsWith(WEIGHT)
        && !kind(name).equals(name)
        && !changedKinds.contains(kind(name))
        && !name.endsWith(".gate.weight")
        && !name.endsWith(".router.weight")
        && !isInPackedExperts(name);
  }

  /** Whether factors must be there; where the configuration does not tell, as in other layers. */
  private boolean isTarget(TensorSpec tensor) {
    if (!tensor.name().endsWith(WEIGHT) || tensor.shape().size() < 2) {
      return false;
    }
    Optional<Boolean> linear = policy.layers().isLinear(tensor.name());
    return policy.expertNames(tensor.name()).stream()
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .anyMatch(
            module ->
                config
                    .targets()
                    .include(module, linear)
                    .orElseGet(() -> changedKinds.contains(kind(tensor.name()))));
  }

  /** Whether a tensor is one of packed experts that have factors, or would be in one. */
  private boolean isAdaptedExpert(String name) {
    return policy.expertNames(name).stream()
        .flatMap(each -> PackedExperts.packed(each).stream())
        .anyMatch(config::adapts);
  }

  private boolean isSaved(TensorSpec tensor) {
    return policy.expertNames(tensor.name()).stream()
        .anyMatch(name -> config.saved(name.substring(0, Math.max(0, name.lastIndexOf('.')))));
  }

  private boolean isTrainedBias(String name) {
    return switch (config.biases()) {
      case NONE -> false;
      case ALL -> name.endsWith(BIAS);
      case ADAPTED ->
          name.endsWith(BIAS)
              && changed.contains(name.substring(0, name.length() - BIAS.length()) + WEIGHT);
    };
  }

  /** One by one on a disk, experts may have been one tensor where the adapter was trained. */
  private boolean isInPackedExperts(String name) {
    return name.contains(".experts.") && !changedKinds.contains(kind(name));
  }

  private static String kind(String name) {
    return name.replaceAll("(?<=\\.|^)[0-9]+(?=\\.)", "*");
  }
}
