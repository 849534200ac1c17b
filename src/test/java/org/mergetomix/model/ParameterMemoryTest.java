package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Parameters that are larger than a buffer, shown by small ones and small buffers. */
class ParameterMemoryTest {

  @Property(tries = 100, seed = "1")
  void writesAndReadsInPiecesOfAnySize(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(min = 1, max = 40) int piece,
      @ForAll @IntRange(min = 1, max = 20) int chunk,
      @ForAll("access") ParameterMemory.Access access,
      @ForAll long seed) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray array = manager.zeros(new Shape(rows, columns), DataType.FLOAT32);
      NDArray neighbour = manager.zeros(new Shape(2), DataType.FLOAT32);
      ParameterMemory memory = memory(access, manager, piece, array, neighbour);
      float[] values = values((int) array.size(), seed);

      write(memory, values, chunk);

      assertThat(array.toFloatArray()).isEqualTo(values);
      assertThat(neighbour.toFloatArray()).containsOnly(0);
      assertThat(read(memory, values.length, chunk + 1)).isEqualTo(values);
      memory.write("neighbour", 0, new float[] {1, 2}, 2);
      assertThat(read(memory, values.length, chunk)).isEqualTo(values);
      assertThat(neighbour.toFloatArray()).containsExactly(1, 2);
    }
  }

  /** As experts that one parameter packs are, which lie in a checkpoint one by one. */
  @Property(tries = 50, seed = "1")
  void writesTwoTensorsInTurns(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 40) int piece,
      @ForAll("access") ParameterMemory.Access access) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray array = manager.zeros(new Shape(rows, 3), DataType.FLOAT32);
      NDArray neighbour = manager.zeros(new Shape(rows, 3), DataType.FLOAT32);
      ParameterMemory memory = memory(access, manager, piece, array, neighbour);
      float[] values = values((int) array.size(), 7);
      float[] others = values((int) array.size(), 8);

      for (int row = 0; row < rows; row++) {
        memory.write("w", 3L * row, Arrays.copyOfRange(values, 3 * row, 3 * row + 3), 3);
        memory.write("neighbour", 3L * row, Arrays.copyOfRange(others, 3 * row, 3 * row + 3), 3);
      }

      assertThat(array.toFloatArray()).isEqualTo(values);
      assertThat(neighbour.toFloatArray()).isEqualTo(others);
    }
  }

  @Provide
  Arbitrary<ParameterMemory.Access> access() {
    return Arbitraries.of(ParameterMemory.Access.values());
  }

  private static ParameterMemory memory(
      ParameterMemory.Access access, NDManager manager, int piece, NDArray w, NDArray neighbour) {
    SortedMap<String, NDArray> arrays = new TreeMap<>();
    arrays.put("w", w);
    arrays.put("neighbour", neighbour);
    return switch (access) {
      case DIRECT ->
          new ParameterMemory.Direct(arrays, Precision.FLOAT32, new FloatPieces(), piece);
      case STAGED ->
          new ParameterMemory.Staged(
              arrays, Precision.FLOAT32, new FloatPieces(), manager.zeros(new Shape(piece)));
    };
  }

  private static void write(ParameterMemory memory, float[] values, int chunk) {
    for (int offset = 0; offset < values.length; offset += chunk) {
      int length = Math.min(chunk, values.length - offset);
      memory.write("w", offset, Arrays.copyOfRange(values, offset, offset + length), length);
    }
  }

  private static float[] read(ParameterMemory memory, int elements, int chunk) {
    float[] values = new float[elements];
    float[] read = new float[chunk];
    for (int offset = 0; offset < elements; offset += chunk) {
      int length = Math.min(chunk, elements - offset);
      memory.read("w", offset, read, length);
      System.arraycopy(read, 0, values, offset, length);
    }
    return values;
  }

  private static float[] values(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
