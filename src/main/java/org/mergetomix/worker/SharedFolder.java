package org.mergetomix.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/**
 * A folder in shared memory that nobody else may enter. It has a name only as long as a worker
 * needs one. What a killed process left is removed by the next one that makes such a folder.
 */
final class SharedFolder implements AutoCloseable {

  /** The owner's process, when that started, its namespace of processes, and something random. */
  private static final Pattern NAME =
      Pattern.compile("merge-to-mix-(?<pid>[0-9]{1,10})-(?<start>[0-9]{1,20})-(?<space>[0-9]+)-.*");

  /** The 22nd field of a process's status, of which the name is the second. */
  private static final int START_AFTER_NAME = 19;

  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  private final Path path;

  private SharedFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes a folder in {@code parent}.
   *
   * @throws UserException usage, if the parent is not there or may not be written
   */
  static SharedFolder in(Path parent) {
    if (!Files.isDirectory(parent)) {
      throw UserException.usage(
          "There is no folder for shared memory",
          parent.toString(),
          "Set worker.shared-memory to a folder of a file system in memory");
    }
    sweep(parent);
    String self = String.valueOf(ProcessHandle.current().pid());
    Path path =
        parent.resolve(
            "merge-to-mix-%s-%s-%s-%s"
                .formatted(self, start(self), namespace(), UUID.randomUUID()));
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException failure) {
      throw FileProblems.writing(path, failure);
    }
    return new SharedFolder(path);
  }

  Path path() {
    return path;
  }

  /** Removes it with everything in it; what has it open keeps it. */
  @Override
  public void close() {
    try {
      remove(path);
    } catch (IOException failure) {
      throw FileProblems.writing(path, failure);
    }
  }

  private static void sweep(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      all.filter(SharedFolder::isLeftBehind).forEach(SharedFolder::removeIfPossible);
    } catch (IOException unreadable) {
      // Whether it can be used shows when it is.
    }
  }

  private static boolean isLeftBehind(Path folder) {
    Matcher name = NAME.matcher(folder.getFileName().toString());
    if (!name.matches() || !name.group("space").equals(namespace())) {
      return false;
    }
    return !start(name.group("pid")).equals(name.group("start"));
  }

  private static void removeIfPossible(Path folder) {
    try {
      remove(folder);
    } catch (IOException anotherUsers) {
      // Its owner will.
    }
  }

  /**
   * When a process started, since ids are used again: in ticks since the machine started, which no
   * setting of its clock changes. Empty of one that has ended.
   */
  private static String start(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"), StandardCharsets.ISO_8859_1);
      // The name before may have anything in it.
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START_AFTER_NAME];
    } catch (IOException ended) {
      return "";
    }
  }

  /** Containers may share memory, but not the numbers of their processes. */
  private static String namespace() {
    try {
      return Files.readSymbolicLink(NAMESPACE).toString().replaceAll("[^0-9]", "");
    } catch (IOException | UnsupportedOperationException none) {
      return "0";
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException none)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Puts links to files of the host beside the surrogate. */
  void link(List<Path> files) {
    for (Path file : files) {
      try {
        Files.createSymbolicLink(path.resolve(file.getFileName()), file.toAbsolutePath());
      } catch (IOException failure) {
        throw FileProblems.writing(path, failure);
      }
    }
  }
}
