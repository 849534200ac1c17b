package org.mergetomix.spark;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.problem.Problem;

/**
 * What to say when the scores of one run come from several kinds of device: because some executors
 * found no CUDA, or because the run was started again on other machines.
 */
final class MixedDevices {

  private MixedDevices() {}

  /**
   * One warning, or none.
   *
   * @param devices how many evaluations come from each kind
   */
  static List<Problem> warnings(SortedMap<String, Long> devices) {
    if (devices.size() < 2) {
      return List.of();
    }
    String counts =
        devices.entrySet().stream()
            .map(kind -> "%s: %s".formatted(kind.getKey(), kind.getValue()))
            .collect(Collectors.joining(", "));
    return List.of(
        new Problem(
            "Scores come from more than one kind of device (%s), and repeat bit for bit only on one:"
                    .formatted(counts)
                + " mixtures that are very close may change places",
            "",
            "Search again into another output, with executors of one kind; the column device of the"
                + " evaluations says where each score comes from"));
  }
}
