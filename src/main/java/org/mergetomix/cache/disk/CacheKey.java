package org.mergetomix.cache.disk;

import java.util.Optional;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;

/**
 * The name of a content: of the digest that was promised; where there is none, of what the store
 * says about this version of the file.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record CacheKey(String hex) {

  /** The key of contents, whoever has them. */
  public static CacheKey ofContent(String sha256) {
    return new CacheKey(Digests.sha256("content", sha256));
  }

  /** The key of a file as a store describes it: another version is another key. */
  public static CacheKey ofVersion(Location file, FileStatus status) {
    String location = file.text();
    String length = Long.toString(status.getLen());
    return new CacheKey(
        etag(status)
            .map(etag -> Digests.sha256("etag", etag, length, location))
            .orElseGet(
                () ->
                    Digests.sha256(
                        "modified",
                        Long.toString(status.getModificationTime()),
                        length,
                        location)));
  }

  private static Optional<String> etag(FileStatus status) {
    return status instanceof EtagSource source
        ? Optional.ofNullable(source.getEtag()).filter(etag -> !etag.isEmpty())
        : Optional.empty();
  }

  /** The key's byte of the lock file: any but the first. */
  long position() {
    return 1 + (Long.parseUnsignedLong(hex.substring(0, 16), 16) >>> 2);
  }
}
