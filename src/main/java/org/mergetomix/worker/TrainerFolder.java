package org.mergetomix.worker;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mergetomix.cache.disk.LockFile;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/**
 * The folder that a training has for itself: the same one whenever the same job is begun, so that
 * it goes on where it was. Others who want it wait. One thread.
 */
public final class TrainerFolder implements AutoCloseable {

  private static final int POSITION_DIGITS = 15;

  private final Path path;
  private final LockFile locks;
  private final LockFile.Hold hold;

  private TrainerFolder(Path path, LockFile locks, LockFile.Hold hold) {
    this.path = path;
    this.locks = locks;
    this.hold = hold;
  }

  /**
   * The folder of a job, when nobody else has it.
   *
   * @param workspace where such folders are
   * @param digest of the job
   * @param wanted called while it waits; what it throws ends that
   * @throws UserException if it cannot be made
   */
  public static TrainerFolder open(Path workspace, String digest, Runnable wanted) {
    Path root = root(workspace);
    long position = 1 + Long.parseLong(digest.substring(0, POSITION_DIGITS), 16);
    try {
      LockFile locks = LockFile.open(root.resolve("locks"));
      try {
        LockFile.Hold hold = awaited(locks, position, wanted);
        return new TrainerFolder(Files.createDirectories(root.resolve(digest)), locks, hold);
      } catch (IOException | RuntimeException failure) {
        Closing.after(failure, locks);
        throw failure;
      }
    } catch (IOException failure) {
      throw FileProblems.writing(root, failure);
    }
  }

  private static LockFile.Hold awaited(LockFile locks, long position, Runnable wanted)
      throws IOException {
    while (true) {
      wanted.run();
      Optional<LockFile.Hold> hold = locks.tryExclusive(position);
      if (hold.isPresent()) {
        return hold.get();
      }
      locks.awaitKeyReleased();
    }
  }

  /** Each user's own, for there is data in it. */
  private static Path root(Path workspace) {
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
    Path root = workspace.toAbsolutePath().resolve("merge-to-mix-training-" + user);
    try {
      Files.createDirectories(workspace);
      Files.createDirectory(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException there) {
      requirePrivate(root);
    } catch (IOException failure) {
      throw FileProblems.writing(root, failure);
    }
    return root;
  }

  private static void requirePrivate(Path root) {
    try {
      if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
          || Files.getPosixFilePermissions(root).contains(PosixFilePermission.OTHERS_WRITE)) {
        throw UserException.usage(
            "The folder of trainings is a link, no folder, or one that anyone may write into",
            root.toString(),
            "Remove it, or set training.workspace to another place");
      }
    } catch (IOException failure) {
      throw FileProblems.reading(root, failure);
    }
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  /** Forgets what the training came to, so that the next start does not take it for done. */
  public void forgetResult() {
    try {
      Files.deleteIfExists(path.resolve(TrainerResult.FILE));
    } catch (IOException failure) {
      throw FileProblems.writing(path, failure);
    }
  }

  /** Removes it with everything in it. */
  public void remove() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw FileProblems.writing(path, failure);
    }
  }

  /** Lets others have it. */
  @Override
  public void close() {
    hold.close();
    locks.close();
  }
}
