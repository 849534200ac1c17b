package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.checkpoint.Digests;

/**
 * A file, or the folder of a checkpoint, that the run reads; known by its contents.
 *
 * @param path where it lies
 * @param digest its sha256, in hex
 */
record FileInput(String path, String digest) implements Serializable {

  /** Reads a file once, for its digest. */
  static FileInput of(Path file) {
    return new FileInput(file.toString(), Digests.sha256(file));
  }

  /** Reads a checkpoint, a file or a folder, once for its digest. */
  static FileInput ofCheckpoint(Path path) {
    return new FileInput(path.toString(), Digests.checkpoint(path));
  }

  Path file() {
    return Path.of(path);
  }
}
