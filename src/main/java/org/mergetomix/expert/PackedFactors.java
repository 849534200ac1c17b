package org.mergetomix.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mergetomix.expert.lora.AdapterConfig;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.family.PackedExperts;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Factors of packed experts, as PEFT's {@code target_parameters} makes them: of E experts, A is [E
 * · r, inputs] and B is [outputs, r · E], where the experts of A are one after the other and those
 * of B side by side. Their names do not say which of the packed tensors they change, but their
 * shapes do.
 */
record PackedFactors(
    Checkpoint base, Checkpoint adapter, AdapterConfig config, ExpertPolicy policy) {

  /** PEFT puts the factors of a second parameter of a module around those of the first. */
  private static final String NESTED = ".base_layer";

  /** The base's tensor of all experts, or its tensors of each; in one shape. */
  private record Target(String parameter, PackedExperts.Made inBase) {}

  /** The experts' module, if a module's factors are of such. */
  Optional<String> experts(String module) {
    String bare = module;
    while (bare.endsWith(NESTED)) {
      bare = bare.substring(0, bare.length() - NESTED.length());
    }
    return Optional.of(bare).filter(each -> targeted(each).findAny().isPresent());
  }

  private Stream<String> targeted(String experts) {
    return Stream.of(experts + ".gate_up_proj", experts + ".down_proj").filter(config::adapts);
  }

  /**
   * What a pair of factors changes in the base.
   *
   * @param experts the module
   * @param a the factor with the inputs
   * @param b the factor with the outputs
   * @throws UserException if that is not one tensor of packed experts, or their single tensors
   */
  SortedMap<String, LoraDelta.Change> changes(String experts, TensorSpec a, TensorSpec b) {
    List<Target> fitting =
        targeted(experts)
            .flatMap(parameter -> target(parameter).stream())
            .filter(target -> fits(target, a, b))
            .toList();
    if (fitting.size() != 1) {
      throw UserException.input(
          "The factors %s and %s fit %s of the packed experts in %s"
              .formatted(
                  a.shape(),
                  b.shape(),
                  fitting.isEmpty() ? "none" : "several",
                  TensorNames.shown(experts)),
          "%s, tensor %s".formatted(adapter.name(), TensorNames.shown(a.name())),
          "Merge the adapter into its base with PEFT's merge_and_unload, and give the full"
              + " checkpoint");
    }
    return changes(fitting.get(0), a, b);
  }

  private Optional<Target> target(String parameter) {
    String name = policy.baseName(parameter, base.tensors());
    return Optional.ofNullable(base.tensors().get(name))
        .map(
            packed ->
                new PackedExperts.Made(
                    packed.shape(), List.of(new PackedExperts.Run(name, 0, packed.elements()))))
        .or(() -> PackedExperts.made(name, base.tensors()))
        .filter(inBase -> inBase.shape().size() == 3)
        .filter(inBase -> inBase.runs().stream().allMatch(this::hasNumbers))
        .map(inBase -> new Target(parameter, inBase));
  }

  private boolean hasNumbers(PackedExperts.Run run) {
    return run.elements() > 0 && base.tensors().get(run.tensor()).dtype().floating();
  }

  private boolean fits(Target target, TensorSpec a, TensorSpec b) {
    List<Long> shape = target.inBase().shape();
    long ranks = shape.get(0) * config.rank(target.parameter());
    return a.shape().equals(List.of(ranks, shape.get(2)))
        && b.shape().equals(List.of(shape.get(1), ranks))
        && (!shape.get(1).equals(shape.get(2)) || rowsAreOutputs(target.parameter()));
  }

  /** Of a square tensor, the experts' other tensor tells whether rows are outputs. */
  private boolean rowsAreOutputs(String parameter) {
    String experts = parameter.substring(0, parameter.lastIndexOf('.'));
    Optional<List<Long>> gate =
        target(experts + ".gate_up_proj").map(each -> each.inBase().shape());
    Optional<List<Long>> down = target(experts + ".down_proj").map(each -> each.inBase().shape());
    return gate.isPresent()
        && down.isPresent()
        && gate.get().get(2).equals(down.get().get(1))
        && gate.get().get(1) == 2 * down.get().get(2);
  }

  private SortedMap<String, LoraDelta.Change> changes(Target target, TensorSpec a, TensorSpec b) {
    SortedMap<String, LoraDelta.Change> changes = new TreeMap<>();
    List<Long> shape = target.inBase().shape();
    List<PackedExperts.Run> runs = target.inBase().runs();
    if (runs.size() == 1) {
      List<LowRankProduct> products = new ArrayList<>();
      for (long expert = 0; expert < shape.get(0); expert++) {
        products.add(product(target, a, b, expert, 0, shape.get(1)));
      }
      changes.put(runs.get(0).tensor(), new LoraDelta.Stacked(products));
      return changes;
    }
    long done = 0;
    for (PackedExperts.Run run : runs) {
      long rows = run.elements() / shape.get(2);
      long expert = done / shape.get(1);
      changes.put(
          run.tensor(),
          new LoraDelta.Product(product(target, a, b, expert, done % shape.get(1), rows)));
      done += rows;
    }
    return changes;
  }

  private LowRankProduct product(
      Target target, TensorSpec a, TensorSpec b, long expert, long firstRow, long rows) {
    int rank = config.rank(target.parameter());
    long experts = target.inBase().shape().get(0);
    long columns = target.inBase().shape().get(2);
    return new LowRankProduct(
        new LowRankProduct.RankByExpertColumn(adapter, b.name(), firstRow, expert, experts),
        new LowRankProduct.RankByRow(adapter, a.name(), expert * rank, columns),
        rank,
        rows,
        columns,
        config.scale(target.parameter()));
  }
}
