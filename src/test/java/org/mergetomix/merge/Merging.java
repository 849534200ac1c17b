package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.expert.Delta;
import org.mergetomix.mixture.Mixture;

/** A base with experts, and what comes of merging them. */
public record Merging(MemoryTensors base, SortedMap<String, Delta> deltas) {

  private static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

  /** One tensor, named w. */
  public static Merging of(float[] base, float[]... deltas) {
    MemoryTensors start = new MemoryTensors().with("w", base);
    SortedMap<String, Delta> experts = new TreeMap<>();
    for (int i = 0; i < deltas.length; i++) {
      experts.put(NAMES[i], new MemoryTensors().with("w", deltas[i]));
    }
    return new Merging(start, experts);
  }

  /** Tensors of many shapes, one of them larger than a chunk, with zeros of both signs. */
  public static Merging random(int experts, long seed) {
    MemoryTensors base = randomTensors(new Random(seed));
    SortedMap<String, Delta> deltas = new TreeMap<>();
    for (int i = 0; i < experts; i++) {
      deltas.put(NAMES[i], randomTensors(new Random(seed + 1 + i)));
    }
    return new Merging(base, deltas);
  }

  private static MemoryTensors randomTensors(Random random) {
    return new MemoryTensors()
        .with("layers.0.bias", random(random, 65))
        .with("layers.0.column", List.of(9L, 1L), random(random, 9))
        .with("layers.0.weight", List.of(90L, 100L), random(random, 9000))
        .with("layers.1.weight", List.of(7L, 11L), random(random, 77))
        .with("scale", List.of(), random(random, 1));
  }

  private static float[] random(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() * 0.01f;
      values[i] = random.nextInt(8) == 0 ? Math.copySign(0f, values[i]) : values[i];
    }
    return values;
  }

  public List<String> datasets() {
    return List.copyOf(deltas.keySet());
  }

  public Mixture all() {
    return Mixture.subset(deltas.keySet());
  }

  public PreparedExperts prepared(MergeMethod method) {
    return PreparedExperts.of(base, deltas, method);
  }

  /** The surrogate, merged alone. */
  public MemoryTensors merge(MergeMethod method, Mixture mixture) {
    MemoryTensors target = MemoryTensors.like(base);
    new PrefixMerger(prepared(method), deltas.size()).merge(mixture, target);
    return target;
  }

  /** The surrogate of all datasets by a method, with parameters as key, value, key, value. */
  public MemoryTensors merge(String method, String... given) {
    return merge(method(method, given), all());
  }

  public static MergeMethod method(String name, String... given) {
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 0; i < given.length; i += 2) {
      parameters.put(given[i], given[i + 1]);
    }
    return MergeMethod.of(name, parameters, 7);
  }

  /** Each method in each mode, dropping something, and with layers scaled. */
  public static List<MergeMethod> methods() {
    List<MergeMethod> methods = new ArrayList<>();
    for (String name : MethodCatalogue.names()) {
      switch (name) {
        case "average", "linear", "model-stock", "top-k-grafting" -> methods.add(method(name));
        case "task-arithmetic" -> methods.add(method(name, "lambda", "0.7"));
        case "sce" -> {
          methods.add(method(name, "select-top-k", "1"));
          methods.add(method(name, "select-top-k", "0.5"));
          methods.add(method(name, "mode", "mergekit"));
        }
        default -> {
          methods.add(method(name, "density", "0.4"));
          methods.add(method(name, "density", "0.4", "mode", "mergekit"));
        }
      }
    }
    methods.add(method("average", "lines.scaling", "linear", "lines.alpha", "0.5"));
    methods.add(method("ties", "lines.scaling", "linear"));
    methods.add(method("sce", "lines.scaling", "linear", "lines.beta", "1"));
    return methods;
  }
}
