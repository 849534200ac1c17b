package org.mergetomix.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.mergetomix.location.Location;
import org.mergetomix.store.Connector;
import org.mergetomix.store.FirstContact;

/**
 * Files that are written and read as a whole, on this machine or in a store that Hadoop reaches;
 * endpoints and credentials are Hadoop's own settings. A reader sees a file as it was or as it is
 * now, never a part. Safe for use by several threads.
 */
public final class OutputFiles {

  /** What the names of files begin with that are still being written. */
  static final String UNFINISHED = ".unfinished-";

  /** Where a rename is a copy, and a file is there only once all of it has arrived. */
  private static final Set<String> OBJECT_STORES =
      Set.of("s3a", "s3", "s3n", "gs", "oss", "cosn", "obs");

  private final Configuration hadoop;

  /** Files that are reached by these settings, as those of a Spark session's context. */
  public OutputFiles(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** Whether something is still being written, or was when its writer died. */
  public static boolean isUnfinished(Location location) {
    return location.name().startsWith(UNFINISHED);
  }

  /** Whether there is a file or folder. */
  boolean exists(Location location) throws IOException {
    return status(location).isPresent();
  }

  /** The bytes of a file; empty when there is none. */
  public Optional<byte[]> read(Location file) throws IOException {
    try (FSDataInputStream stream = system(file).open(Connector.path(file))) {
      return Optional.of(stream.readAllBytes());
    } catch (FileNotFoundException missing) {
      // A folder is said to be missing too.
      if (status(file).filter(FileStatus::isDirectory).isPresent()) {
        throw missing;
      }
      return Optional.empty();
    }
  }

  /** What lies in a folder, by name; nothing when there is none. */
  public List<Location> children(Location folder) throws IOException {
    try {
      return Arrays.stream(system(folder).listStatus(Connector.path(folder)))
          .map(child -> folder.child(child.getPath().getName()))
          .sorted()
          .toList();
    } catch (FileNotFoundException missing) {
      return List.of();
    }
  }

  /** Writes a file, over the one that was there; its folder is made. */
  public void write(Location file, byte[] bytes) throws IOException {
    put(file, stream -> stream.write(bytes));
  }

  /** Copies a file of this machine to another place, over the file that was there. */
  void upload(java.nio.file.Path source, Location target) throws IOException {
    put(target, stream -> Files.copy(source, stream));
  }

  /** Makes sure that a place can be reached, before hours are spent on what is written there. */
  public void reach(Location location) throws IOException {
    try {
      FirstContact.make(location, hadoop);
      Connector.fileSystem(location, hadoop);
    } catch (UnsupportedFileSystemException unknown) {
      throw OutputProblems.noConnector(location);
    }
  }

  /** Copies a file within or between stores, over the file that was there. */
  void copy(Location source, Location target) throws IOException {
    try (FSDataInputStream stream = system(source).open(Connector.path(source))) {
      put(target, stream::transferTo);
    }
  }

  /** Deletes a file, or a folder with all that is in it; what is not there is deleted already. */
  public void delete(Location location) throws IOException {
    system(location).delete(Connector.path(location), true);
  }

  /**
   * The folders within a folder that hold a file of some name, in order. An object store is asked
   * once, whatever their number.
   */
  List<Location> foldersWith(String name, Location folder) throws IOException {
    if (!isObjectStore(folder)) {
      List<Location> found = new ArrayList<>();
      for (Location child : children(folder)) {
        if (exists(child.child(name))) {
          found.add(child);
        }
      }
      return List.copyOf(found);
    }
    SortedSet<Location> found = new TreeSet<>();
    walk(
        folder,
        file -> {
          if (file.size() == 2 && file.get(1).equals(name)) {
            found.add(folder.child(file.get(0)));
          }
        });
    return List.copyOf(found);
  }

  /**
   * The folders of some prefix that lie in the folders within a folder, in order. Nothing but in an
   * object store, which is asked once.
   */
  List<Location> foldersStarting(String prefix, Location folder) throws IOException {
    SortedSet<Location> found = new TreeSet<>();
    if (isObjectStore(folder)) {
      walk(
          folder,
          file -> {
            if (file.size() > 2 && file.get(1).startsWith(prefix)) {
              found.add(folder.child(file.get(0)).child(file.get(1)));
            }
          });
    }
    return List.copyOf(found);
  }

  private boolean isObjectStore(Location folder) throws IOException {
    return OBJECT_STORES.contains(system(folder).getUri().getScheme());
  }

  /** Sees all files in a folder, however deep, each by the names on the way to it. */
  private void walk(Location folder, Consumer<List<String>> seeing) throws IOException {
    Path path = Connector.path(folder);
    try {
      RemoteIterator<LocatedFileStatus> files = system(folder).listFiles(path, true);
      while (files.hasNext()) {
        String file = path.toUri().relativize(files.next().getPath().toUri()).getPath();
        seeing.accept(List.of(file.split("/", -1)));
      }
    } catch (FileNotFoundException missing) {
      // An empty one.
    }
  }

  /** What the file system says of a place; empty when nothing is there. */
  public Optional<FileStatus> status(Location location) throws IOException {
    try {
      return Optional.of(system(location).getFileStatus(Connector.path(location)));
    } catch (FileNotFoundException missing) {
      return Optional.empty();
    }
  }

  private void put(Location file, Content content) throws IOException {
    FileSystem system = system(file);
    if (OBJECT_STORES.contains(system.getUri().getScheme())) {
      create(system, Connector.path(file), content);
      return;
    }
    // Of a name of its own: another driver may be writing the same file.
    String name = UNFINISHED + RandomName.next() + "-" + file.name();
    Path temporary = Connector.path(file.parent().child(name));
    try {
      create(system, temporary, content);
      replace(system, temporary, Connector.path(file));
    } finally {
      system.delete(temporary, false);
    }
  }

  /** Closing makes an object appear: one that is not complete is given up instead. */
  private static void create(FileSystem system, Path file, Content content) throws IOException {
    try (FSDataOutputStream stream = system.create(file, true)) {
      boolean complete = false;
      try {
        content.writeTo(stream);
        complete = true;
      } finally {
        if (!complete && stream.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
          stream.abort();
        }
      }
    }
  }

  /** In one step: other ways delete the old file first. */
  private void replace(FileSystem system, Path temporary, Path target) throws IOException {
    if (system.getUri().getScheme().equals("file")) {
      // The system call, which replaces a file.
      if (!system.rename(temporary, target)) {
        throw new IOException("it cannot be replaced");
      }
    } else {
      FileContext.getFileContext(target.toUri(), hadoop)
          .rename(temporary, target, Options.Rename.OVERWRITE);
    }
  }

  /** Hadoop's own layer over local files would leave a checksum file beside each. */
  private FileSystem system(Location location) throws IOException {
    try {
      FileSystem system = Connector.fileSystem(location, hadoop);
      return system instanceof LocalFileSystem local ? local.getRawFileSystem() : system;
    } catch (UnsupportedFileSystemException unknown) {
      throw OutputProblems.noConnector(location);
    }
  }

  /** What is to be written. */
  @FunctionalInterface
  private interface Content {

    void writeTo(OutputStream stream) throws IOException;
  }
}
