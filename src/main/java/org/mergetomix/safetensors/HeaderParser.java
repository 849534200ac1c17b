package org.mergetomix.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorRange;
import org.mergetomix.tensor.TensorSpec;

/**
 * Reads the JSON of a safetensors header, token by token, and accepts nothing but the few forms
 * that the format has. Every tensor it hands on has a possible shape and as many bytes as the shape
 * asks for; how tensors lie beside each other is not looked at here.
 */
public final class HeaderParser {

  /** The most tensors that a file may have. */
  public static final int MAX_TENSORS = 1 << 18;

  static final int MAX_DIMENSIONS = 32;
  static final int MAX_METADATA_LENGTH = 10_000_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DIMENSIONS)
                  .maxNameLength(4 * TensorNames.MAX_LENGTH)
                  .maxStringLength(MAX_METADATA_LENGTH)
                  .maxNumberLength(100)
                  .build())
          // Names of one file are of no use to the next, and must not pile up in a shared table.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final JsonParser json;
  private final Refusal refusal;
  private final Map<String, TensorRange> tensors = new LinkedHashMap<>();
  private Optional<Map<String, String>> metadata = Optional.empty();

  private HeaderParser(JsonParser json, Refusal refusal) {
    this.json = json;
    this.refusal = refusal;
  }

  /** What a header says: its tensors in its order, and its metadata. */
  record Content(Collection<TensorRange> tensors, Map<String, String> metadata) {}

  /**
   * Parses a header.
   *
   * @throws org.mergetomix.problem.UserException if it breaks a rule
   */
  static Content parse(byte[] header, Refusal refusal) {
    Reader characters =
        new InputStreamReader(
            new ByteArrayInputStream(header),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser json = JSON.createParser(characters)) {
      return new HeaderParser(json, refusal).header();
    } catch (CharacterCodingException notUtf8) {
      throw refusal.malformed("The header is not UTF-8");
    } catch (StreamConstraintsException tooLong) {
      throw refusal.malformed("The header has a name, number or text that is too long");
    } catch (JsonProcessingException notJson) {
      throw refusal.malformed(
          "The header is not valid JSON (at character %s)"
              .formatted(notJson.getLocation().getCharOffset()));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private Content header() throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw refusal.malformed("The header is not a JSON object");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.equals(TensorNames.METADATA)) {
        readMetadata();
      } else {
        readTensor(name);
      }
    }
    if (json.nextToken() != null) {
      throw refusal.malformed("The header goes on after its JSON object");
    }
    return new Content(tensors.values(), metadata.orElse(Map.of()));
  }

  private void readMetadata() throws IOException {
    if (metadata.isPresent()) {
      throw refusal.malformed("The header has two entries named __metadata__");
    }
    JsonToken begin = json.nextToken();
    if (begin == JsonToken.VALUE_NULL) {
      // As the reference implementation reads it.
      metadata = Optional.of(Map.of());
      return;
    }
    if (begin != JsonToken.START_OBJECT) {
      throw refusal.malformed("The metadata is not a JSON object");
    }
    Map<String, String> texts = new TreeMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw refusal.malformed(
            "The metadata entry %s is not a string".formatted(TensorNames.shown(key)));
      }
      String text = json.getText();
      if (!TensorNames.wellFormed(key) || !TensorNames.wellFormed(text)) {
        throw refusal.malformed(
            "The metadata entry %s has half of a surrogate pair".formatted(TensorNames.shown(key)));
      }
      if (texts.putIfAbsent(key, text) != null) {
        throw refusal.malformed(
            "The metadata has two entries named %s".formatted(TensorNames.shown(key)));
      }
    }
    metadata = Optional.of(texts);
  }

  private void readTensor(String name) throws IOException {
    Optional<String> badName = TensorNames.problem(name);
    if (badName.isPresent()) {
      throw refusal.malformed(name, badName.get());
    }
    if (tensors.containsKey(name)) {
      throw refusal.malformed(name, "is listed twice");
    }
    if (tensors.size() == MAX_TENSORS) {
      throw refusal.malformed("The header lists more than %s tensors".formatted(MAX_TENSORS));
    }
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw refusal.malformed(name, "is not described by a JSON object");
    }
    Optional<DType> dtype = Optional.empty();
    Optional<List<Long>> shape = Optional.empty();
    Optional<List<Long>> offsets = Optional.empty();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      switch (field) {
        case "dtype" -> {
          requireFirst(name, field, dtype);
          dtype = Optional.of(dtype(name));
        }
        case "shape" -> {
          requireFirst(name, field, shape);
          shape = Optional.of(wholeNumbers(name, field, MAX_DIMENSIONS));
        }
        case "data_offsets" -> {
          requireFirst(name, field, offsets);
          offsets = Optional.of(wholeNumbers(name, field, 2));
        }
        default ->
            throw refusal.malformed(
                name, "has an unknown field, %s".formatted(TensorNames.shown(field)));
      }
    }
    tensors.put(
        name,
        range(
            name,
            require(name, "dtype", dtype),
            require(name, "shape", shape),
            require(name, "data_offsets", offsets)));
  }

  private TensorRange range(String name, DType dtype, List<Long> shape, List<Long> offsets) {
    if (offsets.size() != 2) {
      throw refusal.malformed(name, "needs two data_offsets, but has " + offsets);
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (end < begin) {
      throw refusal.malformed(name, "ends at %s, before it begins at %s".formatted(end, begin));
    }
    OptionalLong bytes = TensorSpec.size(dtype, shape);
    if (bytes.isEmpty()) {
      throw refusal.malformed(name, "has the shape %s, whose size overflows".formatted(shape));
    }
    TensorSpec spec = new TensorSpec(name, dtype, shape);
    if (end - begin != bytes.getAsLong()) {
      throw refusal.malformed(
          name,
          "is %s and needs %s bytes, but its data_offsets give it %s"
              .formatted(spec.describe(), bytes.getAsLong(), end - begin));
    }
    return new TensorRange(spec, begin, end);
  }

  private DType dtype(String tensor) throws IOException {
    if (json.nextToken() != JsonToken.VALUE_STRING) {
      throw refusal.malformed(tensor, "has a dtype that is not a string");
    }
    String name = json.getText();
    return DType.parse(name)
        .orElseThrow(
            () ->
                refusal.tensor(
                    tensor,
                    DType.refusal(name),
                    "Convert the file to F32, F16 or BF16 before using it here"));
  }

  private List<Long> wholeNumbers(String tensor, String field, int limit) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw refusal.malformed(tensor, "has a %s that is not an array".formatted(field));
    }
    List<Long> numbers = new ArrayList<>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (numbers.size() == limit) {
        throw refusal.malformed(
            tensor, "has a %s with more than %s numbers".formatted(field, limit));
      }
      numbers.add(wholeNumber(tensor, field, token));
    }
    return numbers;
  }

  private long wholeNumber(String tensor, String field, JsonToken token) throws IOException {
    String text = json.getText();
    // JSON has no leading zeros or plus signs, so a number that begins with a digit is plain.
    if (token == JsonToken.VALUE_NUMBER_INT && text.charAt(0) != '-') {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException beyondLong) {
        // Refused like every other number that is none.
      }
    }
    throw refusal.malformed(
        tensor,
        "has a %s with %s where a whole number from 0 to %s is needed"
            .formatted(
                field,
                token == JsonToken.VALUE_STRING
                    ? "the string \"%s\"".formatted(TensorNames.shown(text))
                    : TensorNames.shown(text),
                Long.MAX_VALUE));
  }

  private void requireFirst(String tensor, String field, Optional<?> before) {
    if (before.isPresent()) {
      throw refusal.malformed(tensor, "has two fields named " + field);
    }
  }

  private <T> T require(String tensor, String field, Optional<T> value) {
    return value.orElseThrow(() -> refusal.malformed(tensor, "has no " + field));
  }
}
