package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * Files that are used in place. Each is read for its digest at most once while it stays the same.
 */
final class LocalFiles {

  private final ConcurrentMap<Version, String> digests = new ConcurrentHashMap<>();

  private record Version(Path path, long bytes, FileTime modified) {}

  /** The file in place, compared with the promised digest if there is one. */
  CachedFile use(RemoteFile file) {
    Version version = version(file.location());
    Path path = file.location().path();
    if (!file.sha256().isEmpty()) {
      requireDigest(file, digest(version));
    }
    return new CachedFile(path, () -> digest(version), version.bytes(), () -> {});
  }

  /** The size of a file, or of the files that decide what a checkpoint's folder means. */
  static long bytes(Path path) {
    return Files.isDirectory(path)
        ? Checkpoints.files(path).stream().mapToLong(name -> size(path.resolve(name))).sum()
        : size(path);
  }

  private static long size(Path file) {
    return version(Location.of(file)).bytes();
  }

  private String digest(Version version) {
    return digests.computeIfAbsent(version, unread -> Digests.sha256(unread.path()));
  }

  static void requireDigest(RemoteFile file, String digest) {
    if (!file.sha256().isEmpty() && !file.sha256().equals(digest)) {
      throw UserException.input(
          "The file does not have the promised bytes: its sha256 is %s, not %s"
              .formatted(digest, file.sha256()),
          file.location().text(),
          "Upload it again, or correct the sha256");
    }
  }

  private static Version version(Location location) {
    Path path = location.path();
    if (!Files.exists(path)) {
      throw UserException.input(
          "The file does not exist",
          location.text(),
          "Check the path, and that it can be reached from this machine");
    }
    if (!Files.isRegularFile(path)) {
      throw UserException.input("A file was expected, not a folder", location.text(), "");
    }
    try {
      return new Version(path, Files.size(path), Files.getLastModifiedTime(path));
    } catch (IOException failure) {
      throw unreadable(location, failure);
    }
  }

  private static UserException unreadable(Location location, IOException failure) {
    return UserException.input(
        "The file cannot be read: " + failure.getMessage(),
        location.text(),
        "Check the disk or the mount it lies on",
        failure);
  }
}
