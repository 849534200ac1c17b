package org.mergetomix.folder;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.OtherFormats;
import org.mergetomix.tensor.TensorNames;

/** Reads an untrusted JSON file, strictly and within limits, and says what is wrong with it. */
public final class JsonDocument {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_TEXT = 100_000;

  /** The character maps of some tokenizers are one text of some hundred thousand characters. */
  private static final int LONG_TEXT = 1 << 22;

  private static final String REMEDY =
      "The file is damaged or comes from a faulty writer: download it again, or write it again";

  private static final JsonFactory JSON = factory(MAX_TEXT);

  private static final JsonFactory WITH_LONG_TEXTS = factory(LONG_TEXT);

  private static final ObjectReader TREE =
      new ObjectMapper()
          .readerFor(JsonNode.class)
          .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private JsonDocument() {}

  private static JsonFactory factory(int longestText) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNameLength(4 * TensorNames.MAX_LENGTH)
                .maxStringLength(longestText)
                .maxNumberLength(100)
                .build())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();
  }

  /** What is made of the file's tokens. */
  @FunctionalInterface
  public interface Reading<T> {
    T read(JsonParser json) throws IOException;
  }

  /**
   * Reads a file as a tree, which has no field twice; a missing node where the file is empty.
   *
   * @param limit the most bytes it may have
   * @throws UserException if the file is missing, too large, or not JSON
   */
  public static JsonNode tree(Path file, long limit) {
    return read(file, limit, JsonDocument::tree);
  }

  /** The same of a file with texts of up to four million characters. */
  public static JsonNode treeWithLongTexts(Path file, long limit) {
    return read(WITH_LONG_TEXTS, file, limit, JsonDocument::tree);
  }

  /** What comes next, as a tree which has no field twice; a missing node where nothing comes. */
  public static JsonNode tree(JsonParser json) throws IOException {
    JsonNode root = TREE.readTree(json);
    return root == null ? MissingNode.getInstance() : root;
  }

  /**
   * Reads a file.
   *
   * @param limit the most bytes it may have
   * @throws UserException if the file is missing, too large, or not JSON
   */
  public static <T> T read(Path file, long limit, Reading<T> reading) {
    return read(JSON, file, limit, reading);
  }

  private static <T> T read(JsonFactory factory, Path file, long limit, Reading<T> reading) {
    FileProblems.requireRegularFile(file);
    byte[] bytes;
    try (InputStream stream = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size > limit) {
        throw malformed(file, "The file has %s bytes, more than %s".formatted(size, limit));
      }
      bytes = stream.readNBytes((int) size);
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
    OtherFormats.refuse(bytes, file.toString());
    Reader characters =
        new InputStreamReader(
            new ByteArrayInputStream(bytes),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser json = factory.createParser(characters)) {
      T content = reading.read(json);
      if (json.nextToken() != null) {
        throw malformed(file, "The file goes on after its JSON object");
      }
      return content;
    } catch (CharacterCodingException notUtf8) {
      throw malformed(file, "The file is not UTF-8");
    } catch (StreamConstraintsException tooLong) {
      throw malformed(
          file, "The file has a name, number or text that is too long, or is nested too deeply");
    } catch (JsonProcessingException notJson) {
      throw malformed(
          file,
          "The file is not valid JSON, or has a field twice (at line %s, column %s)"
              .formatted(notJson.getLocation().getLineNr(), notJson.getLocation().getColumnNr()));
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
  }

  /** What is said of a file that breaks a rule. */
  public static UserException malformed(Path file, String what) {
    return UserException.input(what, file.toString(), REMEDY);
  }
}
