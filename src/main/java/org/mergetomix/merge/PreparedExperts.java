package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mergetomix.expert.Delta;
import org.mergetomix.merge.combine.InnerProducts;
import org.mergetomix.merge.sparsify.DeltaScan;
import org.mergetomix.merge.sparsify.PreparedDelta;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Layout;

/**
 * The base and the experts of a run, prepared for a merge method: what it does to each delta alone,
 * and what it has to know about them, is done here once, for all mixtures and all mergers of a
 * host. Immutable, so safe for use by several threads.
 *
 * <p>Outside the heap it takes at most one bit an element and expert; DELLA as its paper defines it
 * takes four bytes more for each element that it keeps. {@link MergeMethod#preparedBytes} tells it
 * beforehand.
 */
public final class PreparedExperts {

  private final Checkpoint base;
  private final MergeMethod method;
  private final Layout layout;
  private final List<String> datasets;
  private final List<PreparedDelta> deltas;
  private final InnerProducts products;

  private PreparedExperts(
      Checkpoint base,
      MergeMethod method,
      Layout layout,
      List<String> datasets,
      List<PreparedDelta> deltas,
      InnerProducts products) {
    this.base = base;
    this.method = method;
    this.layout = layout;
    this.datasets = datasets;
    this.deltas = deltas;
    this.products = products;
  }

  /**
   * What is prepared of one dataset.
   *
   * @param digest of the expert's contents: random masks are drawn by it, so that an expert has the
   *     same ones whatever its dataset is called
   * @param delta what it adds to the base
   */
  public record Expert(String digest, Delta delta) {}

  /**
   * Prepares; reads the deltas as often as the method needs, which for the plain ones is never.
   *
   * @param base the base model; not closed here, and open as long as this is used
   * @param experts that of every dataset, by id; the same holds for their deltas
   * @throws org.mergetomix.problem.UserException if the method cannot be applied to a tensor, or to
   *     this model
   */
  public static PreparedExperts of(
      Checkpoint base, Map<String, Expert> experts, MergeMethod method) {
    Layout layout = Layout.of(base.tensors());
    method.scaling().check(layout);
    List<String> datasets = new ArrayList<>();
    List<Delta> ordered = new ArrayList<>();
    List<PreparedDelta> prepared = new ArrayList<>();
    new TreeMap<>(experts)
        .forEach(
            (dataset, expert) -> {
              datasets.add(dataset);
              ordered.add(expert.delta());
              prepared.add(
                  method
                      .sparsifier()
                      .prepare(new DeltaScan(dataset, expert.digest(), expert.delta(), layout)));
            });
    InnerProducts products = InnerProducts.of(layout, ordered, method.combination().products());
    return new PreparedExperts(
        base, method, layout, List.copyOf(datasets), List.copyOf(prepared), products);
  }

  Checkpoint base() {
    return base;
  }

  MergeMethod method() {
    return method;
  }

  Layout layout() {
    return layout;
  }

  /** The ids of the datasets, ascending. */
  List<String> datasets() {
    return datasets;
  }

  /** In the order of the datasets. */
  List<PreparedDelta> deltas() {
    return deltas;
  }

  /** Whether any expert has no say in some rows of a tensor. */
  boolean someLackRows() {
    return layout.tensors().stream()
        .anyMatch(
            tensor ->
                deltas.stream().anyMatch(delta -> !delta.absentRows(tensor.name()).isEmpty()));
  }

  InnerProducts products() {
    return products;
  }
}
