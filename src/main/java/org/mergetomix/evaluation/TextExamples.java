package org.mergetomix.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.problem.UserException;

/** Reads examples from a text file: UTF-8, one example a line, blank lines left out. */
public final class TextExamples {

  private TextExamples() {}

  /**
   * The examples of a file, in its order; at least one.
   *
   * @throws UserException if the file is missing, unreadable, not UTF-8 or holds no example
   */
  public static List<String> read(Path file) {
    List<String> examples = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          examples.add(line);
        }
      }
    } catch (NoSuchFileException missing) {
      throw UserException.input(
          "Data file not found", file.toString(), "Correct its path in the manifest", missing);
    } catch (CharacterCodingException malformed) {
      throw UserException.input(
          "Not UTF-8 text, somewhere after example " + examples.size(),
          file.toString(),
          "Convert it to UTF-8, one example a line",
          malformed);
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
}
