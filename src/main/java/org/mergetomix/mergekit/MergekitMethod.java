package org.mergetomix.mergekit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.Unscaled;
import org.mergetomix.merge.combine.Combination;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.merge.combine.SelectCalculateErase;
import org.mergetomix.merge.combine.SignConsensus;
import org.mergetomix.merge.combine.SignKernel;
import org.mergetomix.merge.combine.WeightedSum;
import org.mergetomix.merge.sparsify.MagnitudeBand;
import org.mergetomix.merge.sparsify.RandomDrop;
import org.mergetomix.merge.sparsify.RankedRandomDrop;
import org.mergetomix.merge.sparsify.Rescale;
import org.mergetomix.merge.sparsify.Sparsifier;
import org.mergetomix.mixture.Mixture;

/**
 * A merge method as mergekit would be told of it, and what keeps mergekit from the same numbers.
 * What mergekit does was read in its sources and run; see {@code KnownDefectsTest} for what is not
 * reproduced here.
 *
 * @param name mergekit's name
 * @param parameters for all models, in the order to write them; values are YAML
 * @param remarks how the numbers may differ all the same
 * @param obstacles why there is no equivalent; empty where there is one
 */
record MergekitMethod(
    String name, Map<String, String> parameters, List<String> remarks, List<String> obstacles) {

  /** What mergekit's own definition of a method is chosen by. */
  private static final String REMEDY = "merge.mode = mergekit has an equivalent";

  /** Numbers of few digits have differences on a coarse grid. */
  private static final String MANY = ": few in float32, many in bfloat16.";

  /**
   * The equivalent of a method for a mixture.
   *
   * @param smallest elements of the smallest tensor that is merged
   */
  static MergekitMethod of(MergeMethod method, Mixture mixture, long smallest) {
    Builder builder = new Builder(method.name(), mixture, smallest);
    if (!(method.scaling() instanceof Unscaled)) {
      builder.obstacles.add("mergekit has no LiNeS layer scaling");
    }
    builder.combine(method.combination());
    builder.sparsify(method.sparsifier());
    return builder.build();
  }

  /** Goes over the parts of a method. One thread. */
  private static final class Builder {

    private final String method;
    private final Mixture mixture;
    private final long smallest;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();

    Builder(String method, Mixture mixture, long smallest) {
      this.method = method;
      this.mixture = mixture;
      this.smallest = smallest;
    }

    MergekitMethod build() {
      String name = method.equals("average") ? "linear" : method.replace('-', '_');
      return new MergekitMethod(name, parameters, remarks, obstacles);
    }

    void combine(Combination combination) {
      if (combination instanceof WeightedSum sum) {
        boolean mean = sum.kind() == WeightedSum.Kind.MEAN;
        parameters.put("normalize", String.valueOf(mean));
        if (!mean) {
          parameters.put("lambda", number(sum.lambda()));
        }
      } else if (combination instanceof SignConsensus consensus) {
        if (consensus.mode() == Mode.PAPER) {
          obstacles.add("mergekit elects signs otherwise than the paper; " + REMEDY);
        }
        parameters.put(
            "normalize", String.valueOf(consensus.agreeing() == SignKernel.Agreeing.MEAN));
        parameters.put("int8_mask", "false");
        parameters.put("lambda", number(consensus.lambda()));
      } else if (combination instanceof SelectCalculateErase sce) {
        select(sce);
      } else {
        obstacles.add(
            "mergekit's model_stock leads away from experts that oppose each other, where"
                + " merge-to-mix stays at the base");
      }
    }

    private void select(SelectCalculateErase sce) {
      if (sce.mode() == Mode.PAPER) {
        obstacles.add("mergekit weighs experts that hardly moved otherwise; " + REMEDY);
      }
      if (!mixture.equalWeights()) {
        obstacles.add("mergekit's sce takes no weights");
      }
      if (sce.topK() < 1 && mixture.size() == 1) {
        obstacles.add("mergekit's sce selects nothing of a single expert");
      }
      refuseTooSmall(sce.topK(), "selects nothing");
      if (sce.topK() < 1) {
        remarks.add("Of elements that vary alike at the cut, mergekit may select others" + MANY);
      }
      parameters.put("int8_mask", "false");
      parameters.put("select_topk", number(sce.topK()));
    }

    void sparsify(Sparsifier sparsifier) {
      if (sparsifier instanceof MagnitudeBand band) {
        trim(band);
      } else if (sparsifier instanceof RandomDrop drop) {
        parameters.put("density", number(drop.density()));
        if (drop.density() < 1) {
          drop(drop.rescale());
        }
      } else if (sparsifier instanceof RankedRandomDrop drop) {
        parameters.put("density", number(drop.density()));
        parameters.put("epsilon", number(drop.epsilon()));
        if (drop.density() < 1) {
          drop(drop.rescale());
          if (drop.density() - drop.epsilon() <= 0 || drop.density() + drop.epsilon() >= 1) {
            obstacles.add(
                "mergekit refuses an epsilon of %s for a density of %s, which merge-to-mix narrows"
                    .formatted(number(drop.epsilon()), number(drop.density())));
          }
        }
      }
    }

    private void trim(MagnitudeBand band) {
      if (method.equals("top-k-grafting")) {
        obstacles.add("mergekit has no top-k grafting");
        return;
      }
      parameters.put("density", number(band.density()));
      boolean outliers = !method.equals("ties");
      if (outliers) {
        parameters.put("gamma", number(band.gamma()));
      }
      if (band.density() >= 1) {
        return;
      }
      if (band.scope() == MagnitudeBand.Scope.MODEL) {
        obstacles.add("mergekit trims each tensor, and not the whole model; " + REMEDY);
      }
      refuseTooSmall(band.density(), "keeps nothing");
      if (outliers) {
        refuseTooSmall(band.gamma(), "loses its outliers and drops everything");
      }
      remarks.add("Of equal magnitudes at the cut, mergekit may keep others" + MANY);
    }

    /** Shares are rounded down to elements, which mergekit has no rule for where that gives 0. */
    private void refuseTooSmall(double share, String otherwise) {
      if (share < 1 && (long) (share * smallest) < 1) {
        obstacles.add(
            "mergekit %s where %s of a tensor is less than an element; the smallest has %s"
                .formatted(otherwise, number(share), smallest));
      }
    }

    private void drop(Rescale rescale) {
      if (rescale == Rescale.BY_PROBABILITY) {
        obstacles.add(
            "mergekit scales what is kept to the former norm, and not by its probability; "
                + REMEDY);
      }
      parameters.put("rescale", "true");
      remarks.add("Random masks differ: mergekit draws its own, so numbers agree on average only.");
    }
  }

  /** A number as every YAML reader takes for one. */
  static String number(double value) {
    String plain = BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }
}
