package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.ExpectedImprovement;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/**
 * A round of a search, looked at afterwards.
 *
 * @param number of the round, from 1
 * @param mixtures that it evaluated
 * @param best the lowest score of all that was seen by its end
 * @param promised the greatest improvement that a surface of what was seen before it expected of
 *     its mixtures; empty where that was too little for a surface
 */
public record RoundPromise(int number, int mixtures, double best, OptionalDouble promised) {

  /**
   * The rounds of a search.
   *
   * @param before what was there when it began
   * @param rounds what each round found; an empty one is passed over
   */
  public static List<RoundPromise> of(
      Axes axes, List<Observation> before, List<? extends Collection<Observation>> rounds) {
    List<Observation> seen = new ArrayList<>(before);
    List<RoundPromise> promises = new ArrayList<>();
    int number = 0;
    for (Collection<Observation> round : rounds) {
      number++;
      if (!round.isEmpty()) {
        OptionalDouble promised =
            seen.size() < axes.size() + 2
                ? OptionalDouble.empty()
                : OptionalDouble.of(promised(axes, seen, round));
        seen.addAll(round);
        double best = seen.stream().mapToDouble(Observation::score).min().orElseThrow();
        promises.add(new RoundPromise(number, round.size(), best, promised));
      }
    }
    return List.copyOf(promises);
  }

  private static double promised(Axes axes, List<Observation> seen, Collection<Observation> round) {
    Surface surface = SurfaceChoice.of(axes, seen).best();
    ExpectedImprovement improvement = SurfaceProposer.improvement(surface, seen);
    return round.stream()
        .mapToDouble(one -> improvement.of(surface.predict(axes.weights(one.mixture()))))
        .max()
        .orElseThrow();
  }
}
