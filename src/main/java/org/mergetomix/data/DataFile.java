package org.mergetomix.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A file of data on this host.
 *
 * @param path where it is
 * @param name where it lies for its user, who hears this name
 * @param form how it is written
 */
public record DataFile(String path, String name, DataForm form) implements Serializable {

  private static final int BUFFER = 1 << 16;

  /** A file that lies where its user put it. */
  public static DataFile of(Path file) {
    return new DataFile(file.toString(), file.toString(), DataForm.of(file.toString()));
  }

  Path file() {
    return Path.of(path);
  }

  /** Its bytes, no longer compressed; the caller closes them. */
  InputStream open() throws IOException {
    InputStream bytes = Files.newInputStream(file());
    try {
      return switch (form.compression()) {
        case NONE -> bytes;
        case GZIP -> new GZIPInputStream(bytes, BUFFER);
        case ZSTD -> new ZstdInputStream(bytes);
      };
    } catch (IOException | RuntimeException | Error failure) {
      bytes.close();
      throw failure;
    }
  }
}
