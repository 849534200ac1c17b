package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.merge.sparsify.CounterRandom;
import org.mergetomix.mixture.Mixture;

/**
 * Compares with values that src/test/python/merge_reference.py computed in float64 from the plain
 * formulas, whole tensors at a time.
 */
class GoldenMergeTest {

  private static final JsonNode GOLDEN = golden();
  private static final Merging INPUTS = inputs();

  private record Case(String title, MergeMethod method, Mixture mixture, JsonNode expected) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> cases() {
    return StreamSupport.stream(GOLDEN.get("cases").spliterator(), false)
        .map(GoldenMergeTest::read);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(Case given) {
    MemoryTensors merged = INPUTS.merge(given.method(), given.mixture());

    given
        .expected()
        .fields()
        .forEachRemaining(
            tensor -> {
              float[] expected = floats(tensor.getValue());
              float[] base = INPUTS.base().of(tensor.getKey());
              assertThat(merged.of(tensor.getKey()))
                  .as(tensor.getKey())
                  .usingComparatorWithPrecision(tolerance(expected, base))
                  .containsExactly(expected);
            });
  }

  @Test
  void coversEveryMethodAndMode() {
    TreeSet<String> covered = new TreeSet<>();
    TreeSet<String> inMode = new TreeSet<>();
    cases()
        .forEach(
            one -> {
              covered.add(one.method().name());
              inMode.add(one.method().parameters().getOrDefault("mode", ""));
            });

    assertThat(covered).containsExactlyElementsOf(MethodCatalogue.names());
    assertThat(inMode).containsExactly("", "mergekit", "paper");
  }

  @Test
  void drawsTheRandomNumbersOfTheDocumentedGenerator() {
    CounterRandom random = CounterRandom.of(GOLDEN.get("seed").asLong(), "es", "layers.0.bias");

    for (int i = 0; i < 5; i++) {
      assertThat(Double.toString(random.uniform(i)))
          .isEqualTo(Double.toString(Double.parseDouble(GOLDEN.get("uniform").get(i).asText())));
    }
  }

  /** A few roundings of the largest number that is added, which may all but cancel another. */
  private static float tolerance(float[] expected, float[] base) {
    float largest = 0;
    for (int i = 0; i < base.length; i++) {
      largest = Math.max(largest, Math.max(Math.abs(expected[i]), Math.abs(base[i])));
    }
    return 2 * Math.ulp(largest);
  }

  private static Case read(JsonNode node) {
    Map<String, String> given = new HashMap<>();
    node.get("given").fields().forEachRemaining(e -> given.put(e.getKey(), e.getValue().asText()));
    MergeMethod method =
        MergeMethod.of(node.get("method").asText(), given, GOLDEN.get("seed").asLong());
    String mixture = node.get("mixture").asText();
    return new Case(
        method.name() + " " + new TreeMap<>(given) + " " + mixture,
        method,
        Mixture.parse(mixture),
        node.get("expected"));
  }

  private static Merging inputs() {
    SortedMap<String, Delta> deltas = new TreeMap<>();
    GOLDEN
        .get("deltas")
        .fields()
        .forEachRemaining(expert -> deltas.put(expert.getKey(), tensors(expert.getValue())));
    return new Merging(tensors(GOLDEN.get("base")), deltas);
  }

  private static MemoryTensors tensors(JsonNode values) {
    MemoryTensors tensors = new MemoryTensors();
    values
        .fields()
        .forEachRemaining(
            tensor -> {
              List<Long> shape = new ArrayList<>();
              GOLDEN.get("shapes").get(tensor.getKey()).forEach(size -> shape.add(size.asLong()));
              tensors.with(tensor.getKey(), shape, floats(tensor.getValue()));
            });
    return tensors;
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }

  private static JsonNode golden() {
    try (InputStream file = GoldenMergeTest.class.getResourceAsStream("golden.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
