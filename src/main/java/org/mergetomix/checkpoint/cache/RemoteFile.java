package org.mergetomix.checkpoint.cache;

import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.mergetomix.problem.UserException;

/**
 * A file to fetch. Immutable.
 *
 * @param location where it lies, in any scheme that Hadoop has a file system for; without a scheme,
 *     a path of the local file system
 * @param sha256 the digest of its bytes in 64 hexadecimal digits; empty when nobody knows it
 */
public record RemoteFile(URI location, String sha256) implements Serializable {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws UserException input, when the location names no file or the digest is none
   */
  public RemoteFile {
    Objects.requireNonNull(location);
    sha256 = sha256.toLowerCase(Locale.ROOT);
    if (location.isOpaque() || location.getPath().isEmpty()) {
      throw UserException.input(
          "The location does not name a file",
          location.isOpaque() ? location.getScheme() + ":..." : Locations.shown(location),
          "Write it as scheme://store/folder/file");
    }
    if (isLocal(location) && location.getRawAuthority() != null) {
      throw UserException.input(
          "A file of the local file system has no host",
          Locations.shown(location),
          "Write file:/// with three slashes, or a plain path");
    }
    if (!sha256.isEmpty() && !DIGEST.matcher(sha256).matches()) {
      throw UserException.input(
          "The sha256 is not 64 hexadecimal digits", Locations.shown(location), "");
    }
  }

  /**
   * A location as people write it: nothing in it is percent-encoded, as everywhere in Hadoop.
   *
   * @throws UserException input, when the location names no file or the digest is none
   */
  public static RemoteFile of(String location, String sha256) {
    return new RemoteFile(uri(location), sha256);
  }

  /** A file whose digest nobody knows. */
  public static RemoteFile of(String location) {
    return of(location, "");
  }

  private static URI uri(String location) {
    try {
      return new org.apache.hadoop.fs.Path(location).toUri();
    } catch (IllegalArgumentException malformed) {
      // Neither the location nor the cause, which repeats it: it may hold a secret.
      throw UserException.input(
          "A file's location is malformed", "", "Write it as scheme://store/folder/file");
    }
  }

  boolean isLocal() {
    return isLocal(location);
  }

  private static boolean isLocal(URI location) {
    return location.getScheme() == null || location.getScheme().equalsIgnoreCase("file");
  }

  /** Where a local file lies. */
  Path localPath() {
    return Path.of(location.getPath());
  }

  String shown() {
    return Locations.shown(location);
  }

  /** Without what may be secret in the location. */
  @Override
  public String toString() {
    return sha256.isEmpty() ? shown() : shown() + " (sha256 " + sha256 + ")";
  }
}
