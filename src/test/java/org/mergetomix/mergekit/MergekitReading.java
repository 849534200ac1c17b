package org.mergetomix.mergekit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.mergetomix.merge.MemoryTensors;
import org.mergetomix.merge.Merging;

/**
 * What mergekit makes of a YAML of one tensor, from its published formulas, in float64: element by
 * element and without anything of ours, so that the two can be compared.
 */
final class MergekitReading {

  private final JsonNode parameters;
  private final List<double[]> deltas = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();

  private MergekitReading(JsonNode parameters) {
    this.parameters = parameters;
  }

  /** The merged tensor; models lie under {@code prefix} by the ids of their datasets. */
  static double[] merge(JsonNode yaml, Merging inputs, String prefix) {
    float[] base = inputs.base().all();
    MergekitReading reading = new MergekitReading(yaml.get("parameters"));
    for (JsonNode model : yaml.get("models")) {
      String id = model.get("model").asText().substring(prefix.length());
      float[] delta = ((MemoryTensors) inputs.deltas().get(id)).all();
      reading.deltas.add(IntStream.range(0, delta.length).mapToDouble(i -> delta[i]).toArray());
      reading.weights.add(model.at("/parameters/weight").asDouble(Double.NaN));
    }
    double[] merged = reading.merged(yaml.get("merge_method").asText());
    return IntStream.range(0, base.length).mapToDouble(i -> base[i] + merged[i]).toArray();
  }

  private double[] merged(String method) {
    return switch (method) {
      case "linear", "task_arithmetic", "dare_linear", "della_linear" -> combined(false);
      case "breadcrumbs" -> {
        deltas.replaceAll(this::band);
        yield combined(false);
      }
      case "ties", "breadcrumbs_ties" -> {
        deltas.replaceAll(this::band);
        yield combined(true);
      }
      case "dare_ties", "della" -> combined(true);
      case "sce" -> selected();
      default -> throw new IllegalArgumentException(method);
    };
  }

  private double given(String key, double otherwise) {
    return parameters.path(key).asDouble(otherwise);
  }

  private double[] combined(boolean consensus) {
    double[] merged = new double[deltas.get(0).length];
    for (int e = 0; e < merged.length; e++) {
      double vote = 0;
      for (int i = 0; i < deltas.size(); i++) {
        vote += weights.get(i) * deltas.get(i)[e];
      }
      double sign = vote >= 0 ? 1 : -1;
      double sum = 0;
      double divisor = 0;
      for (int i = 0; i < deltas.size(); i++) {
        if (!consensus || Math.signum(deltas.get(i)[e]) == sign) {
          sum += weights.get(i) * deltas.get(i)[e];
          divisor += weights.get(i);
        }
      }
      boolean divides = parameters.get("normalize").asBoolean() && divisor != 0;
      merged[e] = given("lambda", 1) * (divides ? sum / divisor : sum);
    }
    return merged;
  }

  /** Keeps a band of magnitudes: without gamma, the greatest. */
  private double[] band(double[] delta) {
    int count = delta.length;
    int kept = (int) (given("density", 1) * count);
    if (kept == count) {
      return delta;
    }
    int above = (int) (given("gamma", 0) * count);
    int below = Math.max(0, count - kept - above);
    double[] band = new double[count];
    IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble(e -> Math.abs(delta[e])))
        .skip(below)
        .limit(kept)
        .forEach(e -> band[e] = delta[e]);
    return band;
  }

  private double[] selected() {
    int count = deltas.get(0).length;
    double[] variances = new double[count];
    for (int e = 0; e < count; e++) {
      int element = e;
      double mean = deltas.stream().mapToDouble(delta -> delta[element]).average().orElseThrow();
      variances[e] =
          deltas.stream().mapToDouble(d -> Math.pow(d[element] - mean, 2)).average().orElseThrow();
    }
    long varying = Arrays.stream(variances).filter(variance -> variance > 0).count();
    List<Integer> chosen =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -variances[e]))
            .limit((long) (given("select_topk", 1) * varying))
            .toList();
    deltas.replaceAll(
        delta -> {
          double[] masked = new double[count];
          chosen.forEach(e -> masked[e] = delta[e]);
          return masked;
        });
    List<Double> squares =
        deltas.stream().map(d -> Arrays.stream(d).map(x -> x * x).average().orElseThrow()).toList();
    double[] merged = new double[count];
    for (int e = 0; e < count; e++) {
      int element = e;
      double sign = deltas.stream().mapToDouble(delta -> delta[element]).sum() >= 0 ? 1 : -1;
      double sum = 0;
      double divisor = 0;
      for (int i = 0; i < deltas.size(); i++) {
        if (Math.signum(deltas.get(i)[e]) == sign) {
          sum += squares.get(i) * deltas.get(i)[e];
          divisor += squares.get(i);
        }
      }
      merged[e] = divisor == 0 ? 0 : sum / divisor;
    }
    return merged;
  }
}
