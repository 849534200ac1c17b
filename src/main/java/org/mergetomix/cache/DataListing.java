package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.location.Location;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/**
 * The files that data consists of: one, those of a folder, or those whose names a glob matches.
 * Names that begin with a dot or an underscore are passed over, as Hadoop does.
 */
final class DataListing {

  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  /** What lies in a folder, by name. */
  private enum Entry {
    FILE,
    FOLDER
  }

  /** Looks into a folder of a store. */
  interface Store {

    /** Of what is local only. */
    Store NONE =
        new Store() {
          @Override
          public Optional<FileStatus> find(Location location) {
            throw new IllegalArgumentException("Not local: " + location);
          }

          @Override
          public SortedMap<String, FileStatus> list(Location folder) {
            throw new IllegalArgumentException("Not local: " + folder);
          }
        };

    /** What the store has there, if there is anything. */
    Optional<FileStatus> find(Location location);

    /** What lies in a folder, by name. */
    SortedMap<String, FileStatus> list(Location folder);
  }

  private DataListing() {}

  /**
   * The files, in the order of their names; at least one.
   *
   * @throws UserException input, if there is none, or a folder holds folders
   */
  static List<Location> of(Location data, Store store) {
    if (isThere(data, store)) {
      return isFolder(data, store) ? inFolder(data, store) : List.of(data);
    }
    if (!isGlob(data) || !isThere(data.parent(), store) || !isFolder(data.parent(), store)) {
      throw UserException.input(
          "There is no data", data.text(), "Correct its path; wildcards stand in the file's name");
    }
    PathMatcher matcher = matcher(data);
    List<Location> files =
        visible(data.parent(), store).entrySet().stream()
            .filter(entry -> entry.getValue() == Entry.FILE)
            .map(Map.Entry::getKey)
            .filter(name -> matcher.matches(Path.of(name)))
            .map(data.parent()::child)
            .toList();
    if (files.isEmpty()) {
      throw UserException.input("No file matches", data.text(), "Correct the name");
    }
    return files;
  }

  /** Whether a name has wildcards. */
  static boolean isGlob(Location data) {
    return GLOB.matcher(data.name()).find();
  }

  private static PathMatcher matcher(Location data) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + data.name());
    } catch (PatternSyntaxException malformed) {
      throw UserException.input(
          "The wildcards make no sense: " + malformed.getDescription(), data.text(), "", malformed);
    }
  }

  private static List<Location> inFolder(Location folder, Store store) {
    SortedMap<String, Entry> entries = visible(folder, store);
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (entry.getValue() == Entry.FOLDER) {
        throw UserException.input(
            "A folder of data holds the folder " + entry.getKey(),
            folder.text(),
            "Name the folder that holds the files, or some of its files as in folder/*.jsonl");
      }
    }
    if (entries.isEmpty()) {
      throw UserException.input("The folder of data is empty", folder.text(), "Correct its path");
    }
    return entries.keySet().stream().map(folder::child).toList();
  }

  private static boolean isThere(Location location, Store store) {
    return location.isLocal() ? Files.exists(location.path()) : store.find(location).isPresent();
  }

  private static boolean isFolder(Location location, Store store) {
    return location.isLocal()
        ? Files.isDirectory(location.path())
        : store.find(location).filter(FileStatus::isDirectory).isPresent();
  }

  private static SortedMap<String, Entry> visible(Location folder, Store store) {
    SortedMap<String, Entry> entries = new TreeMap<>();
    if (folder.isLocal()) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path())) {
        files.forEach(
            file ->
                entries.put(
                    file.getFileName().toString(),
                    Files.isDirectory(file) ? Entry.FOLDER : Entry.FILE));
      } catch (IOException failure) {
        throw FileProblems.reading(folder.path(), failure);
      }
    } else {
      store
          .list(folder)
          .forEach(
              (name, status) ->
                  entries.put(name, status.isDirectory() ? Entry.FOLDER : Entry.FILE));
    }
    entries.keySet().removeIf(name -> name.startsWith(".") || name.startsWith("_"));
    return entries;
  }
}
