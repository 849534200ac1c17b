package org.mergetomix.checkpoint.cache;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.mergetomix.checkpoint.Digests;
import org.mergetomix.problem.UserException;

/**
 * Files that are used in place. Each is read for its digest at most once while it stays the same.
 */
final class LocalFiles {

  private final ConcurrentMap<Version, String> digests = new ConcurrentHashMap<>();

  private record Version(Path path, long bytes, FileTime modified) {}

  /** The file in place, compared with the promised digest if there is one. */
  CachedFile use(RemoteFile file) {
    Path path = file.localPath();
    Version version = version(path, file.location());
    if (!file.sha256().isEmpty()) {
      requireDigest(file, digest(version));
    }
    return new CachedFile(path, () -> digest(version), version.bytes(), () -> {});
  }

  private String digest(Version version) {
    return digests.computeIfAbsent(version, unread -> Digests.sha256(unread.path()));
  }

  /** All bytes of a small file. */
  byte[] readSmall(URI location, Path path, int limit) {
    requireSmall(location, version(path, location).bytes(), limit);
    try {
      return Files.readAllBytes(path);
    } catch (IOException failure) {
      throw unreadable(location, failure);
    }
  }

  static void requireSmall(URI location, long bytes, int limit) {
    if (bytes > limit) {
      throw UserException.input(
          "The file of %d bytes is too large for its kind, %d at most".formatted(bytes, limit),
          Locations.shown(location),
          "Is it the one?");
    }
  }

  static void requireDigest(RemoteFile file, String digest) {
    if (!file.sha256().isEmpty() && !file.sha256().equals(digest)) {
      throw UserException.input(
          "The file does not have the promised bytes: its sha256 is %s, not %s"
              .formatted(digest, file.sha256()),
          file.shown(),
          "Upload it again, or correct the sha256");
    }
  }

  private static Version version(Path path, URI location) {
    if (!Files.exists(path)) {
      throw UserException.input(
          "The file does not exist",
          Locations.shown(location),
          "Check the path, and that it can be reached from this machine");
    }
    if (!Files.isRegularFile(path)) {
      throw UserException.input("A file was expected, not a folder", Locations.shown(location), "");
    }
    try {
      return new Version(path, Files.size(path), Files.getLastModifiedTime(path));
    } catch (IOException failure) {
      throw unreadable(location, failure);
    }
  }

  private static UserException unreadable(URI location, IOException failure) {
    return Locations.problem(
        "The file cannot be read: "
            + Locations.redacted(String.valueOf(failure.getMessage()), location),
        location,
        "Check the disk or the mount it lies on",
        failure);
  }
}
