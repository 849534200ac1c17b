package org.mergetomix.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * What experts add to the base, as a worker reads it: tensors in float32, and JSON Lines that say
 * what they are, an addend each. {@code expert} is whose it is, {@code tensor} what it is added to,
 * {@code scale} what it is multiplied by beside the mixture's number, and {@code elements} names
 * its numbers; or {@code left}, with a row for each rank as long as the product has rows, and
 * {@code right}, with a row for each rank as long as the product's rows, name its factors, and
 * {@code first} is the element of the tensor where the product begins.
 */
final class FactorsFile {

  static final String TENSORS = "factors.safetensors";
  static final String ADDENDS = "factors.jsonl";

  private static final JsonFactory JSON = new JsonFactory();

  private final SortedMap<String, TensorSpec> tensors = new TreeMap<>();
  private final Map<String, Supplier<TensorReader>> readers = new HashMap<>();

  private FactorsFile() {}

  /**
   * Writes both files.
   *
   * @return the bytes of the tensors' one
   * @throws UserException if there is no room
   */
  static long write(Path folder, FactoredExperts experts) {
    FactorsFile file = new FactorsFile();
    Path addends = folder.resolve(ADDENDS);
    try (JsonGenerator json = JSON.createGenerator(Files.newBufferedWriter(addends))) {
      json.setRootValueSeparator(new SerializedString("\n"));
      for (FactoredExperts.Addend addend : experts.addends()) {
        json.writeStartObject();
        json.writeStringField("expert", addend.dataset());
        json.writeStringField("tensor", addend.tensor());
        file.describe(addend, json);
        json.writeEndObject();
      }
    } catch (IOException failure) {
      throw full(addends, failure);
    }
    return file.writeTensors(folder.resolve(TENSORS));
  }

  private void describe(FactoredExperts.Addend addend, JsonGenerator json) throws IOException {
    if (addend instanceof FactoredExperts.Product product) {
      json.writeNumberField("first", product.first());
      json.writeNumberField("scale", product.scale());
      LowRankProduct factors = product.factors();
      json.writeStringField(
          "left",
          named(List.of((long) factors.rank(), factors.rows()), () -> reader(factors.left())));
      json.writeStringField(
          "right",
          named(List.of((long) factors.rank(), factors.columns()), () -> reader(factors.right())));
    } else if (addend instanceof FactoredExperts.Elements elements) {
      json.writeNumberField("scale", elements.scale());
      json.writeStringField("elements", named(List.of(elements.count()), elements::reader));
    }
  }

  private static TensorReader reader(float[][] rows) {
    int width = rows[0].length;
    return (offset, destination, length) -> {
      for (int done = 0; done < length; ) {
        int column = (int) ((offset + done) % width);
        int run = Math.min(length - done, width - column);
        System.arraycopy(rows[(int) ((offset + done) / width)], column, destination, done, run);
        done += run;
      }
    };
  }

  private String named(List<Long> shape, Supplier<TensorReader> reader) {
    String name = String.valueOf(tensors.size());
    tensors.put(name, new TensorSpec(name, DType.F32, shape));
    readers.put(name, reader);
    return name;
  }

  private long writeTensors(Path file) {
    SafetensorsWriter.write(file, tensors, Map.of(), new InTurn(), failure -> full(file, failure));
    try {
      return Files.size(file);
    } catch (IOException failure) {
      throw full(file, failure);
    }
  }

  private static UserException full(Path file, IOException failure) {
    return SharedFileTarget.full("What experts add to the base", file, failure);
  }

  /** Tensors come one after the other, and only one of them is in memory. */
  private final class InTurn implements TensorSource {

    private String current = "";
    private TensorReader reader = (offset, destination, length) -> {};

    @Override
    public void read(String tensor, long offset, float[] destination, int length) {
      if (!tensor.equals(current)) {
        current = tensor;
        reader = readers.get(tensor).get();
      }
      reader.read(offset, destination, length);
    }
  }
}
