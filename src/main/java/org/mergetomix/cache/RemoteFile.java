package org.mergetomix.cache;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Pattern;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * A file to fetch. Immutable.
 *
 * @param location where it lies, in any scheme that Hadoop has a file system for
 * @param sha256 the digest of its bytes in 64 hexadecimal digits; empty when nobody knows it
 */
public record RemoteFile(Location location, String sha256) implements Serializable {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws UserException input, when the digest is none
   */
  public RemoteFile {
    sha256 = sha256.toLowerCase(Locale.ROOT);
    if (!sha256.isEmpty() && !DIGEST.matcher(sha256).matches()) {
      throw UserException.input("The sha256 is not 64 hexadecimal digits", location.text(), "");
    }
  }

  /** A file whose digest nobody knows. */
  public static RemoteFile of(Location location) {
    return new RemoteFile(location, "");
  }

  @Override
  public String toString() {
    return sha256.isEmpty() ? location.text() : location + " (sha256 " + sha256 + ")";
  }
}
