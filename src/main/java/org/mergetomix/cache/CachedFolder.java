package org.mergetomix.cache;

import java.nio.file.Path;
import java.util.SortedMap;
import org.mergetomix.problem.Closing;

/**
 * Files that belong together, under their own names in one folder, until this is closed. Safe for
 * use by several threads.
 *
 * @param path the folder, which holds the files and nothing else, as links
 * @param files by name; they are closed with the folder
 */
record CachedFolder(Path path, SortedMap<String, CachedFile> files) implements AutoCloseable {

  /** Allows the files to be evicted. Closing it again does nothing. */
  @Override
  public void close() {
    Closing.all(files.values());
  }
}
