package org.mergetomix.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.family.Family;
import org.mergetomix.model.LowRankFactors;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/**
 * Only factors of an update alpha / rank · B·A of some linear layers are trained (LoRA), without
 * dropout.
 *
 * @param rank at least 1
 * @param alpha finite
 * @param targets the ends of the names of the layers that are updated, as {@code q_proj} or {@code
 *     self_attn.q_proj}; empty for every linear layer but the output layer
 */
public record LowRank(int rank, double alpha, List<String> targets) implements FineTuning.Method {

  /** How PEFT's names of tensors begin. */
  private static final String FRONT = "base_model.model.";

  private static final String WEIGHT = ".weight";

  public LowRank {
    targets = List.copyOf(targets);
  }

  /** The targets that no linear layer of a family has, in their order. */
  public List<String> unknownTargets(Family family) {
    return targets.stream()
        .filter(target -> modules(family).stream().noneMatch(module -> ends(module, target)))
        .toList();
  }

  /** The updates of a family's layers, in the order of their names. */
  public List<LowRankFactors> updates(Family family) {
    return modules(family).stream()
        .filter(this::isTarget)
        .map(module -> new LowRankFactors(module, rank, alpha / rank))
        .toList();
  }

  /** The tensors of an adapter of a family, as PEFT names them. */
  public SortedMap<String, TensorSpec> tensors(Family family) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (LowRankFactors update : updates(family)) {
      List<Long> shape = family.tensors().get(update.module() + WEIGHT);
      boolean transposed = family.transposed().contains(update.module() + WEIGHT);
      long inputs = shape.get(transposed ? 0 : 1);
      long outputs = shape.get(transposed ? 1 : 0);
      put(tensors, stored(family, update.down()), List.of((long) rank, inputs));
      put(tensors, stored(family, update.up()), List.of(outputs, (long) rank));
    }
    return tensors;
  }

  /** PEFT's name of a factor: it always sees the whole model. */
  static String stored(Family family, String factor) {
    return FRONT + family.graphName(factor);
  }

  private static void put(SortedMap<String, TensorSpec> tensors, String name, List<Long> shape) {
    tensors.put(name, new TensorSpec(name, DType.F32, shape));
  }

  private boolean isTarget(String module) {
    return targets.isEmpty() || targets.stream().anyMatch(target -> ends(module, target));
  }

  private static boolean ends(String module, String target) {
    return module.equals(target) || module.endsWith("." + target);
  }

  private static List<String> modules(Family family) {
    List<String> modules = new ArrayList<>();
    family
        .linear()
        .forEach(weight -> modules.add(weight.substring(0, weight.length() - WEIGHT.length())));
    return modules;
  }
}
