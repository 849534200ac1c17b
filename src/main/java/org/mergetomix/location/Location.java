package org.mergetomix.location;

import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a file or folder lies: an absolute path of the local file system, or {@code
 * scheme://store/path}. Nothing in it is percent-encoded, as everywhere in Hadoop. Two locations of
 * the same text are equal; whether anything is there, nobody has asked yet. Immutable.
 *
 * @param text as it is shown: normalised, without a slash at its end
 */
public record Location(String text) implements Serializable, Comparable<Location> {

  private static final Pattern STORE =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?", Pattern.DOTALL);
  private static final Pattern LOCAL =
      Pattern.compile("(?i)file:(?://(?=/)|(?!//))(/.*)", Pattern.DOTALL);
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** A scheme whose store needs no name, with the one slash that Hadoop takes there too. */
  private static final Pattern ONE_SLASH =
      Pattern.compile("(?i)(hdfs|dbfs|viewfs|maprfs):(/(?!/).*)", Pattern.DOTALL);

  private static final Pattern NO_BUCKET =
      Pattern.compile("(?i)(s3a?|s3n|gs|oss|abfss?|wasbs?):(?!//[^/]).*", Pattern.DOTALL);

  private static final Pattern OF_A_SHELL =
      Pattern.compile("^~|\\$[A-Za-z_][A-Za-z0-9_]*|\\$\\{[^}]*}");

  /**
   * Normalises the text; a relative path starts at the folder that this process runs in.
   *
   * @throws IllegalArgumentException if it names no place; the message is the end of a sentence
   *     that begins with what was named, and holds no secret
   */
  public Location {
    text = normal(text);
  }

  /** A place of the local file system. */
  public static Location of(Path path) {
    return new Location(path.toAbsolutePath().toString());
  }

  /**
   * A path or a location in a store, as people write it. What would be a folder of a strange name
   * is refused: a store without its bucket, and what only a shell replaces.
   *
   * @throws IllegalArgumentException as the constructor
   */
  public static Location of(String text) {
    Matcher shell = OF_A_SHELL.matcher(text);
    if (shell.find()) {
      throw new IllegalArgumentException(
          "holds %s, which a shell replaces and nobody else: write the whole path"
              .formatted(shell.group()));
    }
    Matcher noBucket = NO_BUCKET.matcher(text);
    if (noBucket.matches()) {
      String scheme = noBucket.group(1).toLowerCase(Locale.ROOT);
      throw new IllegalArgumentException(
          "names no bucket: write it as %s://%s/path"
              .formatted(scheme, scheme.matches("(abfs|wasb)s?") ? "container@account" : "bucket"));
    }
    return new Location(ONE_SLASH.matcher(text).replaceFirst("$1://$2"));
  }

  private static String normal(String text) {
    if (CONTROL.matcher(text).find()) {
      throw new IllegalArgumentException("holds control characters");
    }
    Matcher local = LOCAL.matcher(text);
    if (local.matches()) {
      return path(local.group(1));
    }
    Matcher store = STORE.matcher(text);
    if (!store.matches()) {
      return path(text);
    }
    if (store.group(1).equalsIgnoreCase("file")) {
      throw new IllegalArgumentException(
          "names a host for a local file: write file:/// with three slashes, or a plain path");
    }
    String user = store.group(2).substring(0, store.group(2).lastIndexOf('@') + 1);
    if (user.contains(":")) {
      throw new IllegalArgumentException(
          "holds a password: give credentials to Spark, as spark.hadoop.*, not here");
    }
    return "%s://%s%s"
        .formatted(
            store.group(1).toLowerCase(Locale.ROOT),
            store.group(2),
            withoutDots(Objects.toString(store.group(3), "")));
  }

  private static String path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize().toString();
    } catch (InvalidPathException malformed) {
      String remedy =
          text.chars().allMatch(letter -> letter < 128)
              ? ""
              : ": this JVM knows no such letters, which LC_ALL=C.UTF-8 mends";
      throw new IllegalArgumentException(
          "is not a path: " + malformed.getReason() + remedy, malformed);
    }
  }

  private static String withoutDots(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new IllegalArgumentException("leads out of its store");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return parts.isEmpty() ? "" : "/" + String.join("/", parts);
  }

  /** Whether it is a path of the local file system. */
  public boolean isLocal() {
    return !STORE.matcher(text).matches();
  }

  /**
   * The path of a local place.
   *
   * @throws IllegalStateException if it lies in a store
   */
  public Path path() {
    if (!isLocal()) {
      throw new IllegalStateException("Not on the local file system: " + text);
    }
    return Path.of(text);
  }

  /** The same with its scheme, whatever the default file system is; what Hadoop is given. */
  public String uri() {
    if (isLocal()) {
      return "file://" + text;
    }
    // Hadoop takes a store without a path for a relative one.
    return pathInStore().isEmpty() ? text + "/" : text;
  }

  /** Its last part; empty for the root of a file system or store. */
  public String name() {
    String path = pathInStore();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** What it lies in; itself for the root of a file system or store. */
  public Location parent() {
    return pathInStore().length() <= 1 ? this : child("..");
  }

  /** A place inside of this folder. */
  public Location child(String name) {
    return new Location(text + "/" + name);
  }

  /**
   * What a text in a file of this folder means: a relative path starts here, everything else stands
   * for itself.
   *
   * @throws IllegalArgumentException as the constructor
   */
  public Location resolve(String other) {
    Location alone = of(other);
    boolean absolute = other.startsWith("/") || LOCAL.matcher(other).matches() || !alone.isLocal();
    return absolute ? alone : child(other);
  }

  /** How a file of a folder names this: relative when it lies inside, so that both can be moved. */
  public String from(Location folder) {
    String inside = folder.text.endsWith("/") ? folder.text : folder.text + "/";
    return text.startsWith(inside) ? text.substring(inside.length()) : text;
  }

  private String pathInStore() {
    Matcher store = STORE.matcher(text);
    return store.matches() ? Objects.toString(store.group(3), "") : text;
  }

  @Override
  public int compareTo(Location other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
