package org.mergetomix.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The commits of a strategy in a folder of evaluations. */
public final class Commits {

  private Commits() {}

  /** Their folders, the oldest first. */
  public static List<Path> of(Path evaluations, String strategy) throws IOException {
    try (Stream<Path> files = Files.list(evaluations)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("round=" + strategy + "-"))
          .filter(file -> Files.exists(file.resolve("_SUCCESS")))
          .sorted(Comparator.comparing(Commits::time))
          .toList();
    }
  }

  private static FileTime time(Path commit) {
    try {
      return Files.getLastModifiedTime(commit.resolve("_SUCCESS"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
