package org.mergetomix.cache;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Files that belong together, under their own names in one folder, until this is closed. Safe for
 * use by several threads.
 */
public final class CachedFolder implements AutoCloseable {

  private final Path path;
  private final SortedMap<String, CachedFile> files;

  CachedFolder(Path path, SortedMap<String, CachedFile> files) {
    this.path = path;
    this.files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * The folder. In the cache it holds the files and nothing else, as links; a folder that was local
   * already may hold more.
   */
  public Path path() {
    return path;
  }

  /** The files by name. They are closed with the folder. */
  public SortedMap<String, CachedFile> files() {
    return files;
  }

  /** How many bytes the files have together. */
  public long bytes() {
    return files.values().stream().mapToLong(CachedFile::bytes).sum();
  }

  /** Allows the files to be evicted. Closing it again does nothing. */
  @Override
  public void close() {
    files.values().forEach(CachedFile::close);
  }
}
