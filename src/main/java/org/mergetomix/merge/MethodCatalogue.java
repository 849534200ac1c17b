package org.mergetomix.merge;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.mergetomix.merge.sparsify.Dense;
import org.mergetomix.merge.sparsify.MagnitudeBand;
import org.mergetomix.merge.sparsify.RandomDrop;
import org.mergetomix.merge.sparsify.RankedRandomDrop;
import org.mergetomix.merge.sparsify.Rescale;
import org.mergetomix.merge.sparsify.Sparsifier;
import org.mergetomix.problem.UserException;

/**
 * The methods there are: what each is made of, which parameters it has, and their defaults. In mode
 * paper some defaults are our choice, since the papers give ranges: the densities of DARE, DELLA,
 * Breadcrumbs and grafting, and SCE's select-top-k. mergekit's density of 1 drops nothing.
 */
final class MethodCatalogue {

  private static final SortedMap<String, Function<MethodParameters, Parts>> METHODS = methods();

  private MethodCatalogue() {}

  private record Parts(Sparsifier sparsifier, Combination combination) {}

  static MergeMethod method(String name, Map<String, String> given, long seed) {
    Function<MethodParameters, Parts> method = METHODS.get(name);
    if (method == null) {
      throw UserException.usage(
          "Unknown merge method " + name,
          "merge.method",
          "Known: " + String.join(", ", METHODS.keySet()));
    }
    MethodParameters parameters = new MethodParameters(name, given, seed);
    Parts parts = method.apply(parameters);
    LayerScaling scaling = parameters.scaling();
    return new MergeMethod(
        name, parameters.close(), parts.sparsifier(), parts.combination(), scaling);
  }

  /** The names of all methods, ascending. */
  static List<String> names() {
    return List.copyOf(METHODS.keySet());
  }

  private static SortedMap<String, Function<MethodParameters, Parts>> methods() {
    SortedMap<String, Function<MethodParameters, Parts>> methods = new TreeMap<>();
    methods.put("average", given -> new Parts(new Dense(), mean()));
    methods.put("linear", given -> new Parts(new Dense(), mean()));
    methods.put(
        "task-arithmetic",
        given -> new Parts(new Dense(), sum(given.lambda(given.byMode(0.3, 1)))));
    methods.put("ties", given -> new Parts(trim(given), consensusMean(given)));
    methods.put("dare-linear", given -> new Parts(drop(given), sum(given.lambda(1))));
    methods.put("dare-ties", given -> new Parts(drop(given), consensusByMode(given)));
    methods.put("della-linear", given -> new Parts(dropByRank(given), sum(given.lambda(1))));
    methods.put("della", given -> new Parts(dropByRank(given), consensusMean(given)));
    methods.put("breadcrumbs", given -> new Parts(band(given), sum(given.lambda(1))));
    methods.put("breadcrumbs-ties", given -> new Parts(band(given), consensusByMode(given)));
    methods.put("model-stock", given -> new Parts(new Dense(), new ModelStock()));
    methods.put("sce", given -> new Parts(new Dense(), selectCalculateErase(given)));
    methods.put("top-k-grafting", given -> new Parts(graft(given), mean()));
    return methods;
  }

  private static Combination mean() {
    return new WeightedSum(WeightedSum.Kind.MEAN, 1);
  }

  private static Combination sum(double lambda) {
    return new WeightedSum(WeightedSum.Kind.SUM, lambda);
  }

  private static Combination consensusMean(MethodParameters given) {
    return new SignConsensus(SignKernel.Agreeing.MEAN, given.lambda(1), given.mode());
  }

  /** Where the paper averages what agrees, mergekit adds it up. */
  private static Combination consensusByMode(MethodParameters given) {
    SignKernel.Agreeing agreeing =
        given.mode() == Mode.PAPER ? SignKernel.Agreeing.MEAN : SignKernel.Agreeing.SUM;
    return new SignConsensus(agreeing, given.lambda(1), given.mode());
  }

  private static Combination selectCalculateErase(MethodParameters given) {
    return new SelectCalculateErase(given.selectTopK(given.byMode(0.1, 1)), given.mode());
  }

  private static Sparsifier trim(MethodParameters given) {
    MagnitudeBand.Scope scope =
        given.mode() == Mode.PAPER ? MagnitudeBand.Scope.MODEL : MagnitudeBand.Scope.TENSOR;
    return new MagnitudeBand(given.density(given.byMode(0.2, 1)), 0, scope);
  }

  private static Sparsifier graft(MethodParameters given) {
    return new MagnitudeBand(given.density(0.1), 0, MagnitudeBand.Scope.MODEL);
  }

  private static Sparsifier band(MethodParameters given) {
    return new MagnitudeBand(
        given.density(given.byMode(0.1, 1)), given.gamma(), MagnitudeBand.Scope.TENSOR);
  }

  private static Sparsifier drop(MethodParameters given) {
    return new RandomDrop(given.density(given.byMode(0.1, 1)), rescale(given), given.seed());
  }

  private static Sparsifier dropByRank(MethodParameters given) {
    return new RankedRandomDrop(
        given.density(given.byMode(0.3, 1)), given.epsilon(), rescale(given), given.seed());
  }

  private static Rescale rescale(MethodParameters given) {
    return given.mode() == Mode.PAPER ? Rescale.BY_PROBABILITY : Rescale.TO_FORMER_NORM;
  }
}
