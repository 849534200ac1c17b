package org.mergetomix.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mergetomix.evaluation.LikelihoodQuestions;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.problem.FileProblems;

/**
 * What a task asks, as a worker reads it: JSON Lines, a window each, in the task's order. {@code
 * example} is the example it belongs to, {@code tokens} are its tokens, and {@code asked} ranges of
 * their places, the second left out, whose log-likelihood is wanted.
 */
final class WindowsFile {

  private static final JsonFactory JSON = new JsonFactory();

  private WindowsFile() {}

  static void write(Path file, LikelihoodQuestions questions) {
    try (JsonGenerator json = JSON.createGenerator(Files.newBufferedWriter(file))) {
      json.setRootValueSeparator(new SerializedString("\n"));
      for (TokenWindow window : questions.windows()) {
        json.writeStartObject();
        json.writeNumberField("example", window.example());
        json.writeArrayFieldStart("tokens");
        json.writeNumber(window.input(0));
        for (int i = 0; i < window.length(); i++) {
          json.writeNumber(window.target(i));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("asked");
        for (int i = 0; i < window.length(); i++) {
          if (window.asks(i)) {
            int first = i;
            while (i + 1 < window.length() && window.asks(i + 1)) {
              i++;
            }
            json.writeArray(new int[] {first + 1, i + 2}, 0, 2);
          }
        }
        json.writeEndArray();
        json.writeEndObject();
      }
    } catch (IOException failure) {
      throw FileProblems.writing(file, failure);
    }
  }
}
