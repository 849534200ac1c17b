package org.mergetomix.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.problem.UserException;

/**
 * Reads examples from a text file: UTF-8, one example a line, blank lines and a byte order mark
 * left out.
 */
public final class TextExamples {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextExamples() {}

  /**
   * The examples of a file, in its order; at least one.
   *
   * @throws UserException if the file is missing, unreadable, not UTF-8 or holds no example
   */
  public static List<String> read(Path file) {
    return lines(file).stream().map(TextLine::text).toList();
  }

  /** The same, each with the line that it stands in. */
  public static List<TextLine> lines(Path file) {
    List<TextLine> examples = new ArrayList<>();
    // Latin 1 keeps every byte as it is, so that a line which is not UTF-8 can be told.
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      for (String bytes = reader.readLine(); bytes != null; bytes = reader.readLine()) {
        number++;
        String line = decode(bytes, file, number);
        if (!line.isBlank()) {
          examples.add(new TextLine(number, line));
        }
      }
    } catch (NoSuchFileException missing) {
      throw UserException.input(
          "Data file not found", file.toString(), "Correct its path in the manifest", missing);
    } catch (AccessDeniedException denied) {
      throw UserException.input(
          "No permission to read the data",
          file.toString(),
          "Give read permission to the user that runs this",
          denied);
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot read the data: " + failure.getMessage(),
          file.toString(),
          "Make it a readable text file, one example a line",
          failure);
    }
    if (examples.isEmpty()) {
      throw UserException.input(
          "The data holds no example", file.toString(), "Write one example a line");
    }
    return List.copyOf(examples);
  }

  private static String decode(String bytes, Path file, int number) {
    CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    String line;
    try {
      line = strict.decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1))).toString();
    } catch (CharacterCodingException malformed) {
      throw UserException.input(
          "Not UTF-8 text",
          file + ":" + number,
          "Convert it to UTF-8, one example a line",
          malformed);
    }
    return number == 1 && line.startsWith(BYTE_ORDER_MARK)
        ? line.substring(BYTE_ORDER_MARK.length())
        : line;
  }
}
