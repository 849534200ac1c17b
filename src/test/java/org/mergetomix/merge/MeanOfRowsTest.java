package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.TensorSpec;

/** Rows of which some experts have no say, longer than a chunk's share of them. */
class MeanOfRowsTest {

  private static final int ROWS = 6;
  private static final int COLUMNS = 700;
  private static final String TABLE = "embed";

  private final MemoryTensors base = tensors(1);
  private final Map<String, MemoryTensors> deltas =
      new TreeMap<>(Map.of("a", tensors(2), "b", tensors(3), "c", tensors(4)));

  /** None has row 5, b and c have not row 4, c has not row 1. */
  private static NavigableSet<Long> absent(String dataset) {
    return switch (dataset) {
      case "a" -> new TreeSet<>(List.of(5L));
      case "b" -> new TreeSet<>(List.of(4L, 5L));
      default -> new TreeSet<>(List.of(1L, 4L, 5L));
    };
  }

  static List<MergeMethod> methods() {
    return Merging.methods();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void takesTheMeanOverThoseThatHaveARowAndLeavesTheOthersToTheMethod(MergeMethod method) {
    MemoryTensors merged = merge(method, Mixture.parse("a:0.5+b:0.3+c:0.2"), 1);
    MemoryTensors all = merge(prepared(method, false), Mixture.parse("a:0.5+b:0.3+c:0.2"), 1);

    assertRow(merged, 1, Map.of("a", 0.5 / 0.8, "b", 0.3 / 0.8));
    assertRow(merged, 4, Map.of("a", 1.0));
    assertRow(merged, 5, Map.of());
    for (int row : List.of(0, 2, 3)) {
      assertThat(row(merged, row)).containsExactly(row(all, row));
    }
    assertThat(merged.of("layers.0.other")).containsExactly(all.of("layers.0.other"));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void looksOnlyAtTheMixture(MergeMethod method) {
    MemoryTensors merged = merge(method, Mixture.parse("b+c"), 1);

    assertRow(merged, 1, Map.of("b", 1.0));
    assertRow(merged, 4, Map.of());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void hasTheSameBitsWithThreads(MergeMethod method) {
    Mixture mixture = Mixture.parse("a+b+c");

    assertThat(merge(method, mixture, 3).all()).containsExactly(merge(method, mixture, 1).all());
  }

  private void assertRow(MemoryTensors merged, int row, Map<String, Double> shares) {
    float[] expected = row(base, row);
    for (int i = 0; i < COLUMNS; i++) {
      double value = expected[i];
      for (Map.Entry<String, Double> share : shares.entrySet()) {
        value += share.getValue() * row(deltas.get(share.getKey()), row)[i];
      }
      assertThat((double) row(merged, row)[i]).isCloseTo(value, within(1e-6));
    }
  }

  private static float[] row(MemoryTensors tensors, int row) {
    return Arrays.copyOfRange(tensors.of(TABLE), row * COLUMNS, (row + 1) * COLUMNS);
  }

  private MemoryTensors merge(MergeMethod method, Mixture mixture, int threads) {
    return merge(prepared(method, true), mixture, threads);
  }

  private MemoryTensors merge(PreparedExperts experts, Mixture mixture, int threads) {
    MemoryTensors target = MemoryTensors.like(base);
    new PrefixMerger(experts, 2, threads, 1).merge(mixture, Optional.empty(), target);
    return target;
  }

  private PreparedExperts prepared(MergeMethod method, boolean lacking) {
    SortedMap<String, PreparedExperts.Expert> experts = new TreeMap<>();
    deltas.forEach(
        (dataset, delta) ->
            experts.put(
                dataset,
                new PreparedExperts.Expert(
                    dataset, lacking ? new Lacking(delta, absent(dataset)) : delta)));
    return PreparedExperts.of(base, experts, method);
  }

  private record Lacking(MemoryTensors delta, NavigableSet<Long> rows) implements Delta {

    @Override
    public SortedMap<String, TensorSpec> tensors() {
      return delta.tensors();
    }

    @Override
    public void read(String tensor, long offset, float[] destination, int length) {
      delta.read(tensor, offset, destination, length);
    }

    @Override
    public NavigableSet<Long> absentRows(String tensor) {
      return tensor.equals(TABLE) ? rows : new TreeSet<>();
    }

    @Override
    public void close() {
      delta.close();
    }
  }

  private static MemoryTensors tensors(long seed) {
    Random random = new Random(seed);
    return new MemoryTensors()
        .with(TABLE, List.of((long) ROWS, (long) COLUMNS), random(random, ROWS * COLUMNS))
        .with("layers.0.other", List.of(10L, 10L), random(random, 100));
  }

  private static float[] random(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() * 0.1f;
    }
    return values;
  }
}
