package org.mergetomix.folder;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.HeaderParser;
import org.mergetomix.safetensors.SafetensorsHeader;
import org.mergetomix.tensor.TensorNames;

/**
 * What {@code model.safetensors.index.json} says: which file holds which tensor.
 *
 * @param shards the file's name of every tensor, as written; unmodifiable
 * @param totalSize what the index gives as the size of all tensors in bytes
 * @param remarks what is odd about the index, as sentences
 */
record ShardIndex(SortedMap<String, String> shards, OptionalLong totalSize, List<String> remarks) {

  static final String NAME = "model.safetensors.index.json";
  static final int MAX_SHARDS = 4096;

  /** As many bytes as a header may have. */
  private static final long MAX_BYTES = SafetensorsHeader.MAX_BYTES;

  ShardIndex {
    shards = Collections.unmodifiableSortedMap(shards);
    remarks = List.copyOf(remarks);
  }

  /**
   * Reads an index; the files it names are not looked at.
   *
   * @throws UserException if it breaks a rule
   */
  static ShardIndex read(Path file) {
    return JsonDocument.read(file, MAX_BYTES, json -> new Parser(file, json).index());
  }

  /** The names of all shards. */
  SortedSet<String> files() {
    return new TreeSet<>(shards.values());
  }

  private static final String TOO_MANY_TENSORS =
      "The weight_map lists more than %d tensors".formatted(HeaderParser.MAX_TENSORS);
  private static final String TOO_MANY_SHARDS =
      "The weight_map names more than %d files".formatted(MAX_SHARDS);

  /** Reads the index token by token; a tree of a large one would be many times its size. */
  private static final class Parser {

    private final Path file;
    private final JsonParser json;
    private final SortedMap<String, String> shards = new TreeMap<>();

    /** One copy of every file's name. */
    private final Map<String, String> names = new HashMap<>();

    private final List<String> remarks = new ArrayList<>();
    private Optional<String> totalSize = Optional.empty();
    private boolean metadataSeen;
    private boolean weightMapSeen;

    Parser(Path file, JsonParser json) {
      this.file = file;
      this.json = json;
    }

    ShardIndex index() throws IOException {
      require(json.nextToken() == JsonToken.START_OBJECT, "The index is not a JSON object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        switch (field) {
          case "metadata" -> {
            require(!metadataSeen, "The index has two fields named metadata");
            metadataSeen = true;
            readMetadata();
          }
          case "weight_map" -> {
            require(!weightMapSeen, "The index has two fields named weight_map");
            weightMapSeen = true;
            readWeightMap();
          }
          default -> {
            json.nextToken();
            json.skipChildren();
            remarks.add(
                "The index has an unknown field, %s, which is not used"
                    .formatted(TensorNames.shown(field)));
          }
        }
      }
      require(weightMapSeen, "The index has no weight_map");
      require(!shards.isEmpty(), "The index lists no tensor");
      return new ShardIndex(shards, size(), remarks);
    }

    private void readMetadata() throws IOException {
      require(json.nextToken() == JsonToken.START_OBJECT, "The metadata is not a JSON object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("total_size")) {
          require(totalSize.isEmpty(), "The metadata has two fields named total_size");
          totalSize = Optional.of(json.getText());
        }
        json.skipChildren();
      }
    }

    private void readWeightMap() throws IOException {
      require(json.nextToken() == JsonToken.START_OBJECT, "The weight_map is not a JSON object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String tensor = json.currentName();
        Optional<String> badName = TensorNames.problem(tensor);
        if (badName.isPresent()) {
          throw malformed(tensor, badName.get());
        }
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw malformed(tensor, "has no file's name in the weight_map");
        }
        String name = names.computeIfAbsent(json.getText(), text -> text);
        if (shards.putIfAbsent(tensor, name) != null) {
          throw malformed(tensor, "is listed twice in the weight_map");
        }
        require(shards.size() <= HeaderParser.MAX_TENSORS, TOO_MANY_TENSORS);
        require(names.size() <= MAX_SHARDS, TOO_MANY_SHARDS);
      }
    }

    private UserException malformed(String tensor, String what) {
      return JsonDocument.malformed(
          file, "The tensor %s %s".formatted(TensorNames.shown(tensor), what));
    }

    private OptionalLong size() {
      try {
        return totalSize.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(totalSize.get()));
      } catch (NumberFormatException notWhole) {
        remarks.add(
            "The index gives a total_size of %s, which is no whole number"
                .formatted(TensorNames.shown(totalSize.orElseThrow())));
        return OptionalLong.empty();
      }
    }

    private void require(boolean right, String otherwise) {
      if (!right) {
        throw JsonDocument.malformed(file, otherwise);
      }
    }
  }
}
