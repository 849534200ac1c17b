package org.mergetomix.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.mergetomix.location.Location;

/**
 * Asks a bucket with little patience before this JVM asks it for anything else: what is wrong with
 * an address or with credentials is known in seconds, where the settings for hours of work would
 * try for many minutes. Safe for use by several threads.
 */
public final class FirstContact {

  private static final Map<String, String> IMPATIENCE =
      Map.of(
          "fs.s3a.attempts.maximum", "2",
          "fs.s3a.retry.limit", "1",
          "fs.s3a.retry.interval", "200ms",
          "fs.s3a.retry.throttle.limit", "1",
          // The least that S3A takes.
          "fs.s3a.connection.establish.timeout", "15s");

  // By their names: the connector's own classes are not there without the connector.
  private static final String BAD_REQUEST = "AWSBadRequestException";

  /** A store that has no time now was reached; the settings for hours of work wait for it. */
  private static final Set<String> BUSY =
      Set.of("AWSServiceThrottledException", "AWSStatus500Exception");

  /** Hadoop too keeps its connections for the whole JVM. */
  private static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

  private FirstContact() {}

  /**
   * Returns at once when the bucket of a location was reached before, or when it lies in none: only
   * buckets have settings for patience.
   *
   * @throws IOException what Hadoop says when it cannot be reached
   */
  public static void make(Location location, Configuration hadoop) throws IOException {
    if (!location.text().startsWith("s3a://")) {
      return;
    }
    Path path = Connector.path(location);
    String bucket = path.toUri().getAuthority();
    if (REACHED.contains(bucket)) {
      return;
    }
    Configuration impatient = new Configuration(hadoop);
    IMPATIENCE.forEach(impatient::set);
    try (FileSystem system = Connector.ownFileSystem(location, impatient)) {
      ask(system, path);
    } catch (FileNotFoundException missing) {
      // It was reached.
    }
    REACHED.add(bucket);
  }

  private static void ask(FileSystem system, Path path) throws IOException {
    try {
      system.getFileStatus(path);
    } catch (IOException failure) {
      String kind = failure.getClass().getSimpleName();
      if (!BUSY.contains(kind)) {
        throw kind.equals(BAD_REQUEST) ? inWords(system, path, failure) : failure;
      }
    }
  }

  /** Why a request is bad is said in the body of an answer, which only a listing has. */
  private static IOException inWords(FileSystem system, Path path, IOException wordless) {
    try {
      system.listStatus(path);
      return wordless;
    } catch (IOException failure) {
      return failure instanceof FileNotFoundException ? wordless : failure;
    }
  }
}
