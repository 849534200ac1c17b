package org.mergetomix.family;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * A model of a known architecture, as its configuration describes it. Immutable.
 *
 * @param modelType as {@code config.json} calls it
 * @param inputs the graph and its numbers
 * @param tensors the shape of every weight by its name; of tied weights there is one
 * @param tied pairs of names of one tensor: first what only aliases, second what is in {@code
 *     tensors}
 * @param linear the weights of linear layers but the head: what LoRA may update
 * @param transposed the weights that are stored [inputs, outputs], as GPT-2's Conv1D does
 * @param buffers ends of names that are no weights, though old checkpoints have them
 * @param basePrefix how the graph's names of all but the head begin
 * @param head the name of the output layer's weight
 * @param positions the longest text that the model is made for, in tokens
 * @param vocabulary how many tokens it knows
 * @param remembered elements that the graph keeps of each token it has read while it writes: the
 *     keys and values of all layers
 * @param storedType what its weights are stored in; empty if the configuration does not say
 */
public record Family(
    String modelType,
    GraphInputs inputs,
    SortedMap<String, List<Long>> tensors,
    List<TiedNames> tied,
    SortedSet<String> linear,
    Set<String> transposed,
    Set<String> buffers,
    String basePrefix,
    String head,
    long positions,
    long vocabulary,
    long remembered,
    Optional<DType> storedType) {

  private static final String OTHER_FOLDER =
      "Give the weights that belong to this config.json, or the config.json of these weights";

  public Family {
    tensors = GraphInputs.sorted(tensors);
    tied = List.copyOf(tied);
    linear = Collections.unmodifiableSortedSet(new TreeSet<>(linear));
    transposed = Set.copyOf(transposed);
    buffers = Set.copyOf(buffers);
  }

  /** The name under which the graph knows a tensor. */
  public String graphName(String tensor) {
    boolean whole = tensor.startsWith(basePrefix) || tensor.equals(head);
    return whole ? tensor : basePrefix + tensor;
  }

  /** Whether a tensor of this name is no weight, so that the graph does not want it. */
  public boolean isBuffer(String tensor) {
    return buffers.stream().anyMatch(tensor::endsWith);
  }

  /** The names that a checkpoint may have for a tensor: its own, then the others. */
  public List<String> names(String tensor) {
    return Stream.concat(
            Stream.of(tensor),
            tied.stream().filter(pair -> pair.second().equals(tensor)).map(TiedNames::first))
        .toList();
  }

  /** The name in {@link #tensors()} of a tensor that a checkpoint may call otherwise. */
  public String canonical(String name) {
    return tied.stream()
        .filter(pair -> pair.first().equals(name))
        .map(TiedNames::second)
        .findFirst()
        .orElse(name);
  }

  /**
   * A digest of everything that decides what a model of this family computes, and how checkpoints
   * are read for it.
   */
  public String identity() {
    return Digests.sha256(
        modelType,
        inputs.toString(),
        tensors.toString(),
        tied.toString(),
        new TreeSet<>(transposed).toString(),
        new TreeSet<>(buffers).toString(),
        basePrefix,
        head);
  }

  /**
   * The same family with the names of a checkpoint. One that was saved without its head has {@code
   * wte.weight} for {@code transformer.wte.weight}.
   *
   * @param names every tensor of the checkpoint
   */
  public Family named(Set<String> names) {
    if (names.stream().anyMatch(name -> name.startsWith(basePrefix))) {
      return this;
    }
    UnaryOperator<String> bare =
        name -> name.startsWith(basePrefix) ? name.substring(basePrefix.length()) : name;
    SortedMap<String, List<Long>> shapes = new TreeMap<>();
    tensors.forEach((name, shape) -> shapes.put(bare.apply(name), shape));
    return new Family(
        modelType,
        inputs,
        shapes,
        tied.stream()
            .map(pair -> new TiedNames(bare.apply(pair.first()), bare.apply(pair.second())))
            .toList(),
        linear.stream().map(bare).collect(Collectors.toCollection(TreeSet::new)),
        transposed.stream().map(bare).collect(Collectors.toUnmodifiableSet()),
        buffers,
        basePrefix,
        head,
        positions,
        vocabulary,
        remembered,
        storedType);
  }

  /**
   * What of a checkpoint contradicts the configuration: missing and unknown tensors, and shapes
   * that heads, widths and the vocabulary do not give.
   *
   * @param checkpoint its tensors
   * @param where how messages call it
   */
  public List<Problem> mismatches(SortedMap<String, TensorSpec> checkpoint, String where) {
    List<Problem> problems = new ArrayList<>();
    tensors.forEach(
        (name, shape) -> {
          List<TensorSpec> found =
              names(name).stream()
                  .map(one -> Optional.ofNullable(checkpoint.get(one)))
                  .flatMap(Optional::stream)
                  .toList();
          if (found.isEmpty()) {
            problems.add(
                new Problem(
                    "Tensor %s is missing, which config.json implies with shape %s"
                        .formatted(name, shape),
                    where,
                    OTHER_FOLDER));
          }
          found.stream()
              .filter(spec -> !spec.shape().equals(shape))
              .forEach(
                  spec ->
                      problems.add(
                          new Problem(
                              "Tensor %s has shape %s, but config.json implies %s"
                                  .formatted(spec.name(), spec.shape(), shape),
                              where,
                              OTHER_FOLDER)));
        });
    Set<String> known = tied.stream().map(TiedNames::first).collect(Collectors.toUnmodifiableSet());
    checkpoint.keySet().stream()
        .filter(name -> !tensors.containsKey(name) && !known.contains(name) && !isBuffer(name))
        .forEach(
            name ->
                problems.add(
                    new Problem(
                        "Tensor %s has no place in a model of type %s as config.json describes it"
                            .formatted(TensorNames.shown(name), modelType),
                        where,
                        OTHER_FOLDER)));
    return problems;
  }
}
