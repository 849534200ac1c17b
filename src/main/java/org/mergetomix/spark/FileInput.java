package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.checkpoint.Digests;

/**
 * A file that the run reads, known by its contents.
 *
 * @param path where it lies
 * @param digest its sha256, in hex
 */
record FileInput(String path, String digest) implements Serializable {

  /** Reads a file once, for its digest. */
  static FileInput of(Path file) {
    return new FileInput(file.toString(), Digests.sha256(file));
  }

  Path file() {
    return Path.of(path);
  }
}
