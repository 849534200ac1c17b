package org.mergetomix.safetensors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mergetomix.tensor.TensorSource;

/** A right safetensors file with tensors of any type, for tests. Not thread-safe. */
public final class TensorFile {

  private final List<String> entries = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  public TensorFile metadata(String key, String value) {
    entries.add("'__metadata__':{'%s':'%s'}".formatted(key, value));
    return this;
  }

  /** A tensor whose elements are 0, factor, 2 factor and so on. */
  public TensorFile ramp(String name, List<Integer> shape, float factor) {
    int elements = shape.stream().reduce(1, (left, right) -> left * right);
    float[] values = new float[elements];
    IntStream.range(0, elements).forEach(i -> values[i] = i * factor);
    return f32(name, shape, values);
  }

  public TensorFile f32(String name, List<Integer> shape, float... values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    littleEndian(bytes).asFloatBuffer().put(values);
    return add(name, "F32", shape, bytes);
  }

  public TensorFile i64(String name, long... values) {
    byte[] bytes = new byte[values.length * Long.BYTES];
    littleEndian(bytes).asLongBuffer().put(values);
    return add(name, "I64", List.of(values.length), bytes);
  }

  public TensorFile i32(String name, int... values) {
    byte[] bytes = new byte[values.length * Integer.BYTES];
    littleEndian(bytes).asIntBuffer().put(values);
    return add(name, "I32", List.of(values.length), bytes);
  }

  public TensorFile i8(String name, List<Integer> shape, int... values) {
    return bytes(name, "I8", shape, values);
  }

  /** A tensor of one of the types whose elements have a byte. */
  public TensorFile bytes(String name, String dtype, List<Integer> shape, int... values) {
    byte[] bytes = new byte[values.length];
    IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
    return add(name, dtype, shape, bytes);
  }

  public TensorFile f64(String name, List<Integer> shape, double... values) {
    byte[] bytes = new byte[values.length * Double.BYTES];
    littleEndian(bytes).asDoubleBuffer().put(values);
    return add(name, "F64", shape, bytes);
  }

  public Path write(Path file) {
    return RawSafetensors.write(
        file,
        RawSafetensors.header("{" + String.join(",", entries) + "}")
            .data(data.toByteArray())
            .bytes());
  }

  public static float[] read(TensorSource source, String tensor, int elements) {
    float[] values = new float[elements];
    source.read(tensor, 0, values, elements);
    return values;
  }

  private TensorFile add(String name, String dtype, List<Integer> shape, byte[] bytes) {
    int begin = data.size();
    data.writeBytes(bytes);
    entries.add(
        "'%s':{'dtype':'%s','shape':[%s],'data_offsets':[%d,%d]}"
            .formatted(
                name,
                dtype,
                shape.stream().map(String::valueOf).collect(Collectors.joining(",")),
                begin,
                data.size()));
    return this;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
