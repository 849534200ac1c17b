package org.mergetomix.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.FileProblems;

/** Names for contents: SHA-256 as 64 lower-case hexadecimal digits. */
public final class Digests {

  private static final int CHUNK = 1 << 16;

  private Digests() {}

  /**
   * The digest of a file's bytes, read a chunk at a time.
   *
   * @throws org.mergetomix.problem.UserException if the file is missing or not readable
   */
  public static String sha256(Path file) {
    FileProblems.requireRegularFile(file);
    MessageDigest digest = begun();
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (int count = bytes.read(chunk); count >= 0; count = bytes.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
    return hexadecimal(digest);
  }

  /**
   * The digest of a checkpoint. Of a file, it is that of its bytes. Of a folder, it is that of the
   * lines that {@code sha256sum} prints for the files that decide what the folder means, sorted by
   * name: index and shards or the single file, and an adapter's two files. A user can compute the
   * same for an adapter by {@code sha256sum adapter_config.json adapter_model.safetensors |
   * sha256sum}.
   *
   * @throws org.mergetomix.problem.UserException if a file is missing or not readable, or an index
   *     breaks a rule
   */
  public static String checkpoint(Path path) {
    if (!Files.isDirectory(path)) {
      return sha256(path);
    }
    SortedMap<String, String> digests = new TreeMap<>();
    CheckpointFolder.of(path).files().forEach((name, file) -> digests.put(name, sha256(file)));
    return folder(digests);
  }

  /** The digest of a checkpoint's folder from those of its files by name. */
  public static String folder(SortedMap<String, String> digests) {
    MessageDigest digest = begun();
    digests.forEach(
        (name, sha256) ->
            digest.update("%s  %s\n".formatted(sha256, name).getBytes(StandardCharsets.UTF_8)));
    return hexadecimal(digest);
  }

  /**
   * The digest of the contents of several files, from those of each in order; of one file, its own.
   */
  public static String files(List<String> digests) {
    return digests.size() == 1 ? digests.get(0) : sha256(digests.toArray(String[]::new));
  }

  /**
   * The digest of a list of texts. Each is preceded by its length, so that {@code "ab", "c"} and
   * {@code "a", "bc"} differ.
   */
  public static String sha256(String... parts) {
    MessageDigest digest = begun();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, bytes.length));
      digest.update(bytes);
    }
    return hexadecimal(digest);
  }

  /** What was put into a digest, as a name. */
  public static String hexadecimal(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A digest that nothing was put into yet. */
  public static MessageDigest begun() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
