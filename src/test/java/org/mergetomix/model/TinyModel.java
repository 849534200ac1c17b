package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * A folder that {@code src/test/python/family_models.py} made, and what transformers makes of it.
 */
record TinyModel(String name, Path folder) {

  private static final Path FOLDERS =
      Path.of("src", "test", "resources", "org", "mergetomix", "family");

  static TinyModel named(String name) {
    return new TinyModel(name, FOLDERS.resolve(name));
  }

  static List<TinyModel> all() {
    try (Stream<Path> folders = Files.list(FOLDERS)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("model.safetensors")))
          .map(path -> path.getFileName().toString())
          .sorted()
          .map(TinyModel::named)
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Family family() {
    try (Checkpoint weights = weights()) {
      return FamilyReader.read(folder.resolve(FamilyReader.FILE)).named(weights.tensors().keySet());
    }
  }

  Checkpoint weights() {
    return Checkpoints.open(folder.resolve("model.safetensors"));
  }

  /** The model in memory; the caller closes it. */
  FamilyModel open(Precision precision) {
    return open(precision, ParameterMemory.Access.DIRECT);
  }

  FamilyModel open(Precision precision, ParameterMemory.Access access) {
    FamilyModel model = FamilyModel.open(family(), precision, ComputeDevice.CPU, access);
    try (Checkpoint weights = weights()) {
      model.fill(weights, weights.name());
      return model;
    } catch (RuntimeException | Error failure) {
      model.close();
      throw failure;
    }
  }

  boolean hasAdapter() {
    return Files.exists(folder.resolve("adapter"));
  }

  Checkpoint adapter() {
    return Checkpoints.open(folder.resolve("adapter").resolve("adapter_model.safetensors"));
  }

  /** An expected tensor of float32. */
  float[] floats(String name) {
    try (Checkpoint expected = expected()) {
      TensorSpec spec = expected.tensors().get(name);
      float[] values = new float[(int) spec.elements()];
      expected.read(name, 0, values, values.length);
      return values;
    }
  }

  float number(String name) {
    return floats(name)[0];
  }

  /** An expected tensor of int64, in {@code scope}. */
  NDArray integers(String name, NDManager scope) {
    try (Checkpoint expected = expected()) {
      TensorSpec spec = expected.tensors().get(name);
      long[] values = new long[(int) spec.elements()];
      expected.readIntegers(name, 0, values, values.length);
      long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
      return scope.create(values, new Shape(shape));
    }
  }

  /** The rows of an expected matrix of int64. */
  List<int[]> rows(String name) {
    try (Checkpoint expected = expected()) {
      TensorSpec spec = expected.tensors().get(name);
      int length = Math.toIntExact(spec.shape().get(1));
      List<int[]> rows = new ArrayList<>();
      for (int row = 0; row < spec.shape().get(0); row++) {
        long[] values = new long[length];
        expected.readIntegers(name, (long) row * length, values, length);
        rows.add(Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
      }
      return rows;
    }
  }

  private Checkpoint expected() {
    return Checkpoints.open(folder.resolve("expected.safetensors"));
  }

  @Override
  public String toString() {
    return name;
  }
}
