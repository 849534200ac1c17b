package org.mergetomix.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.mergetomix.cache.disk.LockFile;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that a training has for itself: the same one whenever the same job is begun, so that
 * it goes on where it was. Others who want it wait. One thread.
 */
public final class TrainerFolder implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(TrainerFolder.class);

  private static final int POSITION_DIGITS = 15;

  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

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
    try {
      LockFile locks = LockFile.open(root.resolve("locks"));
      try {
        LockFile.Hold hold = awaited(locks, position(digest), wanted);
        try {
          return new TrainerFolder(Files.createDirectories(root.resolve(digest)), locks, hold);
        } catch (IOException | RuntimeException failure) {
          Closing.after(failure, hold);
          throw failure;
        }
      } catch (IOException | RuntimeException failure) {
        Closing.after(failure, locks);
        throw failure;
      }
    } catch (IOException failure) {
      throw FileProblems.writing(root, failure);
    }
  }

  /**
   * Removes what a job left behind that ended after its model was written, if there is anything and
   * nobody has it.
   *
   * @param workspace where such folders are
   * @param digest of the job
   */
  public static void removeLeft(Path workspace, String digest) {
    if (!Files.isDirectory(place(workspace).resolve(digest), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path root = root(workspace);
    try (LockFile locks = LockFile.open(root.resolve("locks"))) {
      Optional<LockFile.Hold> hold = locks.tryExclusive(position(digest));
      if (hold.isPresent()) {
        try {
          remove(root.resolve(digest));
        } finally {
          hold.get().close();
        }
      }
    } catch (IOException failure) {
      throw FileProblems.writing(root, failure);
    }
  }

  /** The byte of the locks that stands for a job. */
  private static long position(String digest) {
    return 1 + Long.parseLong(digest.substring(0, POSITION_DIGITS), 16);
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

  private static Path place(Path workspace) {
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
    return workspace.toAbsolutePath().resolve("merge-to-mix-training-" + user);
  }

  /** Each user's own, for there is data in it. */
  private static Path root(Path workspace) {
    Path root = place(workspace);
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
          || !Collections.disjoint(Files.getPosixFilePermissions(root), OF_OTHERS)
          || !isOwn(root)) {
        throw UserException.usage(
            "The folder of trainings is a link, no folder, another user's, or one that others may"
                + " write into",
            root.toString(),
            "Remove it, or set training.workspace to another place");
      }
    } catch (IOException failure) {
      throw FileProblems.writing(root, failure);
    }
  }

  /** Names of users are not known everywhere; whose a new file is shows who this is. */
  private static boolean isOwn(Path root) throws IOException {
    Path mine = Files.createTempFile(root, "owner", "");
    try {
      return Files.getOwner(mine).equals(Files.getOwner(root));
    } finally {
      Files.delete(mine);
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

  /** Removes it with everything in it, as far as that goes: the model is there by now. */
  public void remove() {
    remove(path);
  }

  private static void remove(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException | UncheckedIOException failure) {
      LOGGER.warn("What a training left cannot be removed: {}", path, failure);
    }
  }

  /** Lets others have it. */
  @Override
  public void close() {
    hold.close();
    locks.close();
  }
}
