package org.mergetomix.merge;

import java.util.Map;
import org.mergetomix.merge.combine.Combination;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.merge.combine.ModelStock;
import org.mergetomix.merge.combine.SelectCalculateErase;
import org.mergetomix.merge.combine.SignConsensus;
import org.mergetomix.merge.combine.SignKernel;
import org.mergetomix.merge.combine.WeightedSum;
import org.mergetomix.merge.sparsify.Dense;
import org.mergetomix.merge.sparsify.MagnitudeBand;
import org.mergetomix.merge.sparsify.RandomDrop;
import org.mergetomix.merge.sparsify.RankedRandomDrop;
import org.mergetomix.merge.sparsify.Rescale;
import org.mergetomix.merge.sparsify.Sparsifier;

/**
 * What methods are put together from, made with the parameters of one of them.
 *
 * @param numbers a value for each parameter of the method
 * @param seed of random masks
 */
record Parts(Mode mode, Map<Parameter, Double> numbers, long seed) {

  private double number(Parameter parameter) {
    return numbers.get(parameter);
  }

  Sparsifier whole() {
    return new Dense();
  }

  /** Over the whole model but for mergekit; grafting has no modes. */
  Sparsifier trim() {
    MagnitudeBand.Scope scope =
        switch (mode) {
          case PAPER -> MagnitudeBand.Scope.MODEL;
          case MERGEKIT -> MagnitudeBand.Scope.TENSOR;
        };
    return new MagnitudeBand(number(Parameter.DENSITY), 0, scope);
  }

  Sparsifier band() {
    return new MagnitudeBand(
        number(Parameter.DENSITY), number(Parameter.GAMMA), MagnitudeBand.Scope.TENSOR);
  }

  Sparsifier drop() {
    return new RandomDrop(number(Parameter.DENSITY), rescale(), seed);
  }

  Sparsifier dropByRank() {
    return new RankedRandomDrop(
        number(Parameter.DENSITY), number(Parameter.EPSILON), rescale(), seed);
  }

  private Rescale rescale() {
    return switch (mode) {
      case PAPER -> Rescale.BY_PROBABILITY;
      case MERGEKIT -> Rescale.TO_FORMER_NORM;
    };
  }

  Combination mean() {
    return new WeightedSum(WeightedSum.Kind.MEAN, 1);
  }

  Combination sum() {
    return new WeightedSum(WeightedSum.Kind.SUM, number(Parameter.LAMBDA));
  }

  Combination consensusMean() {
    return new SignConsensus(SignKernel.Agreeing.MEAN, number(Parameter.LAMBDA), mode);
  }

  /** Where the paper averages what agrees, mergekit adds it up. */
  Combination consensusByMode() {
    SignKernel.Agreeing agreeing =
        switch (mode) {
          case PAPER -> SignKernel.Agreeing.MEAN;
          case MERGEKIT -> SignKernel.Agreeing.SUM;
        };
    return new SignConsensus(agreeing, number(Parameter.LAMBDA), mode);
  }

  Combination modelStock() {
    return new ModelStock();
  }

  Combination selectCalculateErase() {
    return new SelectCalculateErase(number(Parameter.SELECT_TOP_K), mode);
  }
}
