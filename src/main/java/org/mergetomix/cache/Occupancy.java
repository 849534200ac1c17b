package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How full a cache directory is, and how it is emptied. Used while the directory is locked. What is
 * not of the cache is left alone.
 */
final class Occupancy {

  private static final Pattern OWN = Pattern.compile("([0-9a-f]{64})\\.(data|part|chunks)");
  private static final Pattern VIEW = Pattern.compile("[0-9a-f]{64}\\.view");

  private final Path blobs;
  private final Path snapshots;
  private final LockFile locks;
  private final CacheKey wanted;
  private final List<Occupant> occupants;

  /**
   * @param wanted for whom room is made; neither counted nor evicted
   */
  Occupancy(Path blobs, Path snapshots, LockFile locks, CacheKey wanted) throws IOException {
    this.blobs = blobs;
    this.snapshots = snapshots;
    this.locks = locks;
    this.wanted = wanted;
    this.occupants = scan();
  }

  /** A key's files, finished or not. An unfinished file counts with its whole length. */
  private record Occupant(CacheKey key, long bytes, FileTime lastUse) {}

  private List<Occupant> scan() throws IOException {
    Set<String> keys = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs)) {
      for (Path file : files) {
        Matcher name = OWN.matcher(file.getFileName().toString());
        if (name.matches() && !name.group(1).equals(wanted.hex())) {
          keys.add(name.group(1));
        }
      }
    }
    List<Occupant> found = new ArrayList<>();
    for (String hex : keys) {
      found.add(occupant(new CacheKey(hex)));
    }
    found.sort(Comparator.comparing(Occupant::lastUse));
    return found;
  }

  private Occupant occupant(CacheKey key) throws IOException {
    Path data = file(key, "data");
    Path part = file(key, "part");
    Path chunks = file(key, "chunks");
    long bytes = size(data) + Math.max(size(part), PartialFile.plan(chunks).length());
    Path newest = Files.exists(data) ? data : Files.exists(chunks) ? chunks : part;
    return new Occupant(key, bytes, Files.getLastModifiedTime(newest));
  }

  private Path file(CacheKey key, String extension) {
    return blobs.resolve(key.hex() + "." + extension);
  }

  private static long size(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
  }

  /**
   * Makes room for a file of that length: removes what was not used for longest and is not in use.
   * Removes nothing when that would not do.
   *
   * @param shown how the file is named in messages
   * @throws org.mergetomix.problem.UserException when what is in use leaves too little
   */
  void makeRoom(String shown, long length, long capacity, FetchCounter counter) throws IOException {
    if (length > capacity) {
      throw CacheProblems.tooLarge(shown, length, capacity);
    }
    long used = occupants.stream().mapToLong(Occupant::bytes).sum();
    long needed = length - PartialFile.plan(file(wanted, "chunks")).present();
    long excess = Math.max(used - (capacity - length), needed - free());
    Map<Occupant, LockFile.Hold> victims = new LinkedHashMap<>();
    try {
      long evictable = 0;
      for (Occupant occupant : occupants) {
        if (evictable < excess) {
          Optional<LockFile.Hold> hold = locks.tryExclusive(occupant.key().position());
          if (hold.isPresent()) {
            victims.put(occupant, hold.get());
            evictable += occupant.bytes();
          }
        }
      }
      if (used - evictable > capacity - length) {
        throw CacheProblems.inUse(shown, length, capacity, used - evictable);
      }
      if (needed > free() + evictable) {
        throw CacheProblems.diskTooSmall(blobs.getParent(), shown, needed, free());
      }
      for (Occupant victim : victims.keySet()) {
        remove(victim.key());
        counter.eviction();
      }
    } finally {
      victims.values().forEach(LockFile.Hold::close);
    }
    if (!victims.isEmpty()) {
      removeBrokenViews();
    }
  }

  /** Bytes that the disk can still take. */
  private long free() throws IOException {
    return Files.getFileStore(blobs).getUsableSpace();
  }

  private void remove(CacheKey key) throws IOException {
    for (String extension : List.of("data", "record", "part", "chunks")) {
      Files.deleteIfExists(file(key, extension));
    }
  }

  /** A view whose files are all there may be in use; one that lacks any cannot. */
  private void removeBrokenViews() throws IOException {
    try (DirectoryStream<Path> views =
        Files.newDirectoryStream(
            snapshots, file -> VIEW.matcher(file.getFileName().toString()).matches())) {
      for (Path view : views) {
        List<Path> links = new ArrayList<>();
        try (DirectoryStream<Path> members = Files.newDirectoryStream(view)) {
          members.forEach(links::add);
        }
        if (links.stream().anyMatch(link -> !Files.exists(link))) {
          for (Path link : links) {
            Files.deleteIfExists(link);
          }
          Files.deleteIfExists(view);
        }
      }
    }
  }
}
