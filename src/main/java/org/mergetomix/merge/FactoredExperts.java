package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.expert.DeltaForm;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.merge.combine.Terms;
import org.mergetomix.merge.combine.WeightedSum;
import org.mergetomix.merge.sparsify.PreparedDelta;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * The experts of a {@link MergeMethod#isLinear linear} method for whoever merges elsewhere: what
 * each adds to the base, low-rank products as their factors, and the one number by which a mixture
 * multiplies all of it. A surrogate is the base plus these products of number and addend, rounded
 * once to the base's types. Immutable.
 */
public final class FactoredExperts {

  private final List<String> datasets;
  private final List<Addend> addends;
  private final WeightedSum sum;

  private FactoredExperts(List<String> datasets, List<Addend> addends, WeightedSum sum) {
    this.datasets = datasets;
    this.addends = List.copyOf(addends);
    this.sum = sum;
  }

  /** What one expert adds to a tensor, or to a part of it. */
  public sealed interface Addend {

    /** Whose it is. */
    String dataset();

    /** What it is added to. */
    String tensor();
  }

  /**
   * A product of two matrices.
   *
   * @param first the element of the tensor that the product's first is added to
   * @param scale what the product of the matrices is multiplied by
   */
  public record Product(
      String dataset, String tensor, long first, LowRankProduct factors, double scale)
      implements Addend {}

  /**
   * All elements, of what has no factors: a tensor that was saved whole, a bias.
   *
   * @param count how many they are
   * @param scale what they are multiplied by
   */
  public record Elements(
      String dataset, String tensor, TensorReader reader, long count, double scale)
      implements Addend {}

  /**
   * Takes prepared experts apart; reads none.
   *
   * @throws IllegalArgumentException if the method is not linear
   * @throws UserException if some experts have no say in some rows
   */
  public static FactoredExperts of(PreparedExperts experts) {
    if (!experts.method().isLinear()) {
      throw new IllegalArgumentException(experts.method() + " is not linear");
    }
    if (experts.someLackRows()) {
      throw UserException.input(
          "Some experts lack tokens of the base, and worker.experts = factors cannot average the"
              + " others' rows",
          "vocabulary in the manifest",
          "Set worker.experts = merged");
    }
    // Of layers that need no norms they are the same for all mixtures.
    double[] layers = experts.method().scaling().factors(experts.layout(), 1, 1);
    List<Addend> addends = new ArrayList<>();
    for (int i = 0; i < experts.datasets().size(); i++) {
      for (TensorPlace tensor : experts.layout().tensors()) {
        addends.addAll(
            addends(
                experts.datasets().get(i),
                tensor,
                experts.deltas().get(i),
                layers[tensor.index()]));
      }
    }
    return new FactoredExperts(
        experts.datasets(), addends, (WeightedSum) experts.method().combination());
  }

  private static List<Addend> addends(
      String dataset, TensorPlace tensor, PreparedDelta delta, double layer) {
    DeltaForm form = delta.form(tensor);
    if (form instanceof DeltaForm.Zero) {
      return List.of();
    }
    if (form instanceof DeltaForm.Products low) {
      List<Addend> products = new ArrayList<>();
      long each = tensor.elements() / low.products().size();
      for (LowRankProduct product : low.products()) {
        products.add(
            new Product(
                dataset, tensor.name(), products.size() * each, product, layer * product.scale()));
      }
      return products;
    }
    return List.of(
        new Elements(dataset, tensor.name(), delta.reader(tensor), tensor.elements(), layer));
  }

  /** What the experts add, by dataset and tensor, ascending; unmodifiable. */
  public List<Addend> addends() {
    return addends;
  }

  /**
   * What a mixture multiplies the addends of its datasets by; none for the base.
   *
   * @throws IllegalArgumentException if a dataset has no expert
   */
  public SortedMap<String, Double> scalars(Mixture mixture) {
    Terms terms = Terms.of(mixture, datasets);
    SortedMap<String, Double> scalars = new TreeMap<>();
    for (Terms.Term term : terms.all()) {
      scalars.put(datasets.get(term.expert()), sum.scalar(terms, term));
    }
    return scalars;
  }
}
