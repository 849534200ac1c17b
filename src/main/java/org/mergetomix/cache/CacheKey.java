package org.mergetomix.cache;

import java.util.Optional;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.folder.Digests;

/**
 * The name of a content: of the digest that was promised; where there is none, of what the store
 * says about this version of the file.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
record CacheKey(String hex) {

  static CacheKey ofContent(String sha256) {
    return new CacheKey(Digests.sha256("content", sha256));
  }

  static CacheKey ofVersion(RemoteFile file, FileStatus status) {
    String location = file.location().text();
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
