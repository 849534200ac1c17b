package org.mergetomix.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import org.mergetomix.problem.UserException;

/** Reads the lines of a file: strict UTF-8, without a byte order mark at the beginning. */
final class DataLines {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final DataFile file;
  private final String remedy;

  /**
   * Lines of a file.
   *
   * @param remedy what is to be in the file, as the end of a remedy
   */
  DataLines(DataFile file, String remedy) {
    this.file = file;
    this.remedy = remedy;
  }

  /**
   * A line.
   *
   * @param number from 1
   * @param text without its end
   */
  record Line(long number, String text) {}

  void forEach(Consumer<Line> use) {
    try (BufferedReader reader = reader()) {
      long number = 1;
      for (String bytes = next(reader); bytes != null; bytes = next(reader)) {
        use.accept(new Line(number, decoded(bytes, number)));
        number++;
      }
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  /** Latin 1 keeps every byte as it is, so that a line which is not UTF-8 can be told. */
  private BufferedReader reader() throws IOException {
    return new BufferedReader(new InputStreamReader(file.open(), StandardCharsets.ISO_8859_1));
  }

  private String next(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  /** What a failure to read means. */
  UserException unreadable(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return UserException.input(
          "Data file not found", file.name(), "Correct its path in the manifest", failure);
    }
    if (failure instanceof AccessDeniedException) {
      return UserException.input(
          "No permission to read the data",
          file.name(),
          "Give read permission to the user that runs this",
          failure);
    }
    if (file.form().compression() != DataForm.Compression.NONE) {
      String reason = failure instanceof EOFException ? "it ends too early" : failure.getMessage();
      return UserException.input(
          "The compressed data is damaged: " + reason,
          file.name(),
          "Compress it again, or correct the ending of its name",
          failure);
    }
    return UserException.input(
        "Cannot read the data: " + failure.getMessage(),
        file.name(),
        "Make it a readable text file, " + remedy,
        failure);
  }

  /** The text of a line that was read as Latin 1; strict. */
  String decoded(String bytes, long number) {
    CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    String line;
    try {
      line = strict.decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1))).toString();
    } catch (CharacterCodingException malformed) {
      throw UserException.input(
          "Not UTF-8 text",
          file.name() + ":" + number,
          "Convert it to UTF-8, " + remedy,
          malformed);
    }
    return number == 1 && line.startsWith(BYTE_ORDER_MARK)
        ? line.substring(BYTE_ORDER_MARK.length())
        : line;
  }
}
