package org.mergetomix.merge;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.mergetomix.expert.Delta;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/** Tensors on the heap, as a base, as a delta, and to merge into. */
public final class MemoryTensors implements Checkpoint, Delta, TensorSink {

  private final SortedMap<String, TensorSpec> tensors = new TreeMap<>();
  private final SortedMap<String, float[]> values = new TreeMap<>();
  private final AtomicLong elementsRead = new AtomicLong();
  private final AtomicLong tensorsOpened = new AtomicLong();

  public MemoryTensors with(String name, List<Long> shape, float... elements) {
    tensors.put(name, new TensorSpec(name, DType.F32, shape));
    values.put(name, elements);
    return this;
  }

  public MemoryTensors with(String name, float... elements) {
    return with(name, List.of((long) elements.length), elements);
  }

  /** A tensor of integers, which cannot be read. */
  public MemoryTensors withIntegers(String name, long elements) {
    tensors.put(name, new TensorSpec(name, DType.I64, List.of(elements)));
    return this;
  }

  /** As large as another, all 0. */
  public static MemoryTensors like(Checkpoint other) {
    MemoryTensors empty = new MemoryTensors();
    other
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (tensor.dtype().floating()) {
                empty.with(name, tensor.shape(), new float[(int) tensor.elements()]);
              }
            });
    return empty;
  }

  public float[] of(String name) {
    return values.get(name);
  }

  /** All elements, tensor after tensor. */
  public float[] all() {
    float[] all = new float[values.values().stream().mapToInt(array -> array.length).sum()];
    int at = 0;
    for (float[] array : values.values()) {
      System.arraycopy(array, 0, all, at, array.length);
      at += array.length;
    }
    return all;
  }

  /** How many elements were read since the beginning. */
  public long elementsRead() {
    return elementsRead.get();
  }

  /** How many tensors were made ready to be read since the beginning. */
  public long tensorsOpened() {
    return tensorsOpened.get();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Problem> warnings() {
    return List.of();
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    throw new IllegalArgumentException("There are no elements of " + tensor);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public TensorReader reader(String tensor) {
    tensorsOpened.incrementAndGet();
    return (offset, destination, length) -> read(tensor, offset, destination, length);
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    System.arraycopy(values.get(tensor), (int) offset, destination, 0, length);
    elementsRead.addAndGet(length);
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    System.arraycopy(source, 0, values.get(tensor), (int) offset, length);
  }

  @Override
  public void close() {}
}
