package org.mergetomix.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;

/** A store with files and a cache of small chunks beside it, in a folder of the test. */
final class CacheFixture {

  static final int CHUNK = 100;
  static final RetryPolicy RETRIES = new RetryPolicy(3, Duration.ZERO);

  private final Path folder;
  private final String name;
  final Store store;

  CacheFixture(Path folder) {
    this(folder, "store-" + UUID.randomUUID());
  }

  CacheFixture(Path folder, String name) {
    this.folder = folder;
    this.name = name;
    this.store = FaultyFileSystem.store(name);
  }

  /** Bytes that differ from file to file. */
  static byte[] content(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A file in the store. */
  RemoteFile remote(String file, int length) {
    return remote(file, content(length, file.hashCode()));
  }

  RemoteFile remote(String file, byte[] bytes) {
    try {
      Files.createDirectories(origin(file).getParent());
      Files.write(origin(file), bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return at(file, "");
  }

  /** Where a file of the store really lies. */
  Path origin(String file) {
    return folder.resolve("remote").resolve(file);
  }

  RemoteFile at(String file, String sha256) {
    return new RemoteFile(Location.of("faulty://" + name + origin(file)), sha256);
  }

  /** The same file with its true digest promised. */
  RemoteFile promised(String file) {
    return at(file, Digests.sha256(origin(file)));
  }

  LocalCache open(long capacity) {
    return open(capacity, 2);
  }

  LocalCache open(long capacity, int threads) {
    return LocalCache.open(
        new CacheSettings(folder.resolve("cache"), capacity, threads, CHUNK),
        FaultyFileSystem.configuration(),
        RETRIES);
  }

  /** What lies in the cache: the extensions of its files, sorted, without the lock file. */
  List<String> extensions() {
    return files().stream()
        .map(file -> file.getFileName().toString())
        .filter(file -> !file.equals("locks"))
        .map(file -> file.replaceFirst("[0-9a-f]{64}\\.", ""))
        .sorted()
        .toList();
  }

  List<Path> files() {
    try (Stream<Path> roots = Files.list(folder.resolve("cache"))) {
      try (Stream<Path> files = Files.walk(roots.findFirst().orElseThrow(), 2)) {
        return files
            .filter(file -> Files.isRegularFile(file) || file.toString().endsWith(".view"))
            .sorted()
            .toList();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The one file of the cache with that extension. */
  Path file(String extension) {
    return files().stream()
        .filter(file -> file.toString().endsWith("." + extension))
        .reduce(
            (one, two) -> {
              throw new AssertionError("More than one: " + one + ", " + two);
            })
        .orElseThrow();
  }
}
