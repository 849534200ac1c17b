package org.mergetomix.merge;

import static org.mergetomix.merge.Parameter.DENSITY;
import static org.mergetomix.merge.Parameter.EPSILON;
import static org.mergetomix.merge.Parameter.GAMMA;
import static org.mergetomix.merge.Parameter.LAMBDA;
import static org.mergetomix.merge.Parameter.SELECT_TOP_K;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.mergetomix.merge.combine.Combination;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.merge.sparsify.Sparsifier;

/**
 * The merge methods there are, one a line: what is done to each delta, how deltas become one, and
 * the parameters with their defaults. In mode paper some defaults are our choice, since the papers
 * give ranges: the densities of DARE, DELLA, Breadcrumbs and grafting, and SCE's select-top-k.
 * mergekit's density of 1 drops nothing.
 */
@SuppressWarnings("ImmutableEnumChecker") // Functions without a state, a map that never changes.
public enum Method {
  AVERAGE(Parts::whole, Parts::mean),
  LINEAR(Parts::whole, Parts::mean),
  TASK_ARITHMETIC(Parts::whole, Parts::sum, of(LAMBDA, 0.3, 1)),
  TIES(Parts::trim, Parts::consensusMean, of(DENSITY, 0.2, 1), of(LAMBDA, 1)),
  DARE_LINEAR(Parts::drop, Parts::sum, of(DENSITY, 0.1, 1), of(LAMBDA, 1)),
  DARE_TIES(Parts::drop, Parts::consensusByMode, of(DENSITY, 0.1, 1), of(LAMBDA, 1)),
  DELLA_LINEAR(
      Parts::dropByRank, Parts::sum, of(DENSITY, 0.3, 1), of(EPSILON, 0.15), of(LAMBDA, 1)),
  DELLA(
      Parts::dropByRank,
      Parts::consensusMean,
      of(DENSITY, 0.3, 1),
      of(EPSILON, 0.15),
      of(LAMBDA, 1)),
  BREADCRUMBS(Parts::band, Parts::sum, of(DENSITY, 0.1, 1), of(GAMMA, 0.01), of(LAMBDA, 1)),
  BREADCRUMBS_TIES(
      Parts::band, Parts::consensusByMode, of(DENSITY, 0.1, 1), of(GAMMA, 0.01), of(LAMBDA, 1)),
  MODEL_STOCK(Parts::whole, Parts::modelStock),
  SCE(Parts::whole, Parts::selectCalculateErase, of(SELECT_TOP_K, 0.1, 1)),
  TOP_K_GRAFTING(Parts::trim, Parts::mean, of(DENSITY, 0.1));

  private final Function<Parts, Sparsifier> sparsifier;
  private final Function<Parts, Combination> combination;
  private final Map<Parameter, Default> defaults = new EnumMap<>(Parameter.class);

  Method(
      Function<Parts, Sparsifier> sparsifier,
      Function<Parts, Combination> combination,
      Default... defaults) {
    this.sparsifier = sparsifier;
    this.combination = combination;
    Arrays.stream(defaults).forEach(value -> this.defaults.put(value.parameter(), value));
  }

  /** What a parameter is when nothing is said about it. */
  private record Default(Parameter parameter, double paper, double mergekit) {}

  private static Default of(Parameter parameter, double paper, double mergekit) {
    return new Default(parameter, paper, mergekit);
  }

  private static Default of(Parameter parameter, double value) {
    return of(parameter, value, value);
  }

  /** Its name in the configuration and in tables: {@code task-arithmetic}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether authors and mergekit mean different things by it; a default of it differs then. */
  public boolean hasModes() {
    return defaults.values().stream().anyMatch(value -> value.paper() != value.mergekit());
  }

  /** Whether it heeds a parameter, the scaling of layers aside. */
  public boolean has(Parameter parameter) {
    return defaults.containsKey(parameter);
  }

  /** Its parameters with what they are when nothing is said about them; a new map. */
  public Map<Parameter, Double> defaults(Mode mode) {
    Map<Parameter, Double> values = new EnumMap<>(Parameter.class);
    defaults.forEach(
        (parameter, value) ->
            values.put(
                parameter,
                switch (mode) {
                  case PAPER -> value.paper();
                  case MERGEKIT -> value.mergekit();
                }));
    return values;
  }

  Sparsifier sparsifier(Parts parts) {
    return sparsifier.apply(parts);
  }

  Combination combination(Parts parts) {
    return combination.apply(parts);
  }
}
