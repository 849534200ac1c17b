package org.mergetomix.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** What a process says, read by threads of their own as it comes, whatever it is. */
final class Answers {

  /** The most characters of a line; a score takes some twenty. */
  private static final int LONGEST = 1 << 26;

  private static final Line END = new Line("");

  private static final int LAST_WORDS = 12;
  private static final int LONGEST_WORDS = 300;

  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread errors;

  /** Begins to read. */
  Answers(Process process) {
    start(
        "answers",
        process.getInputStream(),
        LONGEST,
        text -> lines.add(new Line(text)),
        () -> lines.add(END));
    errors = start("errors", process.getErrorStream(), LONGEST_WORDS, this::hear, () -> {});
  }

  /** A line without its end. */
  record Line(String text) {

    /** Whether it is no line, but comes after the last. */
    @SuppressWarnings("ReferenceEquality") // An empty line is one.
    boolean isEnd() {
      return this == END;
    }
  }

  /** The lines, and then the end. */
  BlockingQueue<Line> lines() {
    return lines;
  }

  /** Keeps a line as one of its last. */
  void hear(String words) {
    synchronized (lastWords) {
      if (!words.isBlank()) {
        lastWords.add(words.strip());
      }
      if (lastWords.size() > LAST_WORDS) {
        lastWords.remove();
      }
    }
  }

  /** The last lines of its errors, of a process that has ended or is ended now. */
  String lastWords() {
    try {
      // A child of its may hold the pipe open.
      errors.join(500);
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
    }
    synchronized (lastWords) {
      return String.join(" | ", lastWords);
    }
  }

  private static Thread start(
      String name, InputStream stream, int longest, Consumer<String> line, Runnable end) {
    Thread thread =
        new Thread(
            () -> {
              try (Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
                read(reader, longest, line);
              } catch (IOException ended) {
                // So does a process that is killed.
              } finally {
                end.run();
              }
            },
            "merge-to-mix-worker-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** What is beyond the longest is told as lines of their own. */
  private static void read(Reader reader, int longest, Consumer<String> lines) throws IOException {
    StringBuilder line = new StringBuilder();
    char[] piece = new char[1 << 13];
    for (int read = reader.read(piece); read >= 0; read = reader.read(piece)) {
      for (int i = 0; i < read; i++) {
        if (piece[i] == '\n' || line.length() == longest) {
          lines.accept(line.toString());
          line.setLength(0);
        }
        if (piece[i] != '\n') {
          line.append(piece[i]);
        }
      }
    }
    if (line.length() > 0) {
      lines.accept(line.toString());
    }
  }
}
