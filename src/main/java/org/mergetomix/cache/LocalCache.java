package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.mergetomix.cache.disk.CacheDirectory;
import org.mergetomix.cache.disk.CacheKey;
import org.mergetomix.cache.disk.CacheProblems;
import org.mergetomix.cache.disk.LockFile;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.UserException;

/**
 * Lends files of remote stores as local files. Each content is fetched once per host, whatever the
 * number of threads and processes that ask for it, as long as they name the same directory; a fetch
 * that was cut short goes on where it stopped. The files never take more than the capacity: what
 * was not used for longest goes first, and nothing that is lent.
 *
 * <p>A content is known by the sha256 that the caller promises; where there is none, by location,
 * length and etag; in stores without etags, by location, length and time of change. Safe for use by
 * several threads.
 */
final class LocalCache implements AutoCloseable {

  /** No separators, nothing hidden, nothing a shell or a terminal would take for its own. */
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+=-]{0,199}");

  private final CacheDirectory directory;
  private final RemoteStore store;
  private final RemoteFetcher fetcher;
  private final FetchCounter counter;
  private final ExecutorService executor;

  private LocalCache(
      CacheSettings settings, CacheDirectory directory, RemoteStore store, FetchCounter counter) {
    this.directory = directory;
    this.store = store;
    this.counter = counter;
    this.executor = threads(settings.threads());
    this.fetcher = new RemoteFetcher(directory, store, counter, executor, settings.threads());
  }

  /**
   * Opens the cache of a directory, beside other processes that have it open.
   *
   * @param hadoop names the file systems and holds their credentials; not to be changed any more
   * @throws UserException input, when the directory cannot be made or is not fit to be used
   */
  static LocalCache open(CacheSettings settings, Configuration hadoop) {
    return open(settings, hadoop, RetryPolicy.DEFAULT);
  }

  static LocalCache open(CacheSettings settings, Configuration hadoop, RetryPolicy retries) {
    FetchCounter counter = new FetchCounter();
    Path root = root(settings.folder());
    try {
      // A link to a directory is a directory, but createDirectories would not take it for one.
      if (!Files.isDirectory(root.getParent())) {
        Files.createDirectories(root.getParent());
      }
      CacheDirectory directory =
          CacheDirectory.open(root, settings.capacity(), settings.chunkSize(), counter::eviction);
      return new LocalCache(
          settings, directory, new RemoteStore(hadoop, retries, counter), counter);
    } catch (IOException failure) {
      throw CacheProblems.local(root, failure);
    }
  }

  /** Users of one host do not share: one could not read what belongs to the other. */
  private static Path root(Path directory) {
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
    return directory.toAbsolutePath().normalize().resolve("merge-to-mix-cache-" + user);
  }

  private static ExecutorService threads(int count) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        count,
        work -> {
          Thread thread = new Thread(work, "fetch-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Lends a file. It is fetched unless it is there, which the store is asked about only when no
   * digest is promised.
   *
   * @throws UserException input, when the file is missing, unreadable or not what was promised, or
   *     when the disk is full; usage, when what is lent leaves too little of the capacity
   * @throws java.io.UncheckedIOException when the thread is interrupted
   */
  CachedFile fetch(RemoteFile file) {
    return fetcher.fetch(fetcher.wanted(file));
  }

  /**
   * Lends files of one folder under their own names, so that a checkpoint in shards can be read as
   * a folder. All of them are lent, or none.
   *
   * @param folder where the files lie
   * @param digests the sha256 of each file by its name, empty where nobody knows it
   * @throws UserException as for a single file, and input, when a name is not a plain file name
   * @throws java.io.UncheckedIOException when the thread is interrupted
   */
  CachedFolder fetchFolder(Location folder, SortedMap<String, String> digests) {
    digests.keySet().forEach(name -> requirePlain(name, folder));
    SortedMap<String, CachedFile> files = new TreeMap<>();
    try {
      return new CachedFolder(fetchAll(folder, digests, files), files);
    } catch (RuntimeException | Error failure) {
      Closing.after(failure, () -> Closing.all(files.values()));
      throw failure;
    }
  }

  /** Holds what is there before it makes room for the rest, which could evict it otherwise. */
  private Path fetchAll(
      Location folder, SortedMap<String, String> digests, SortedMap<String, CachedFile> files) {
    SortedMap<String, CacheKey> keys = new TreeMap<>();
    SortedMap<String, RemoteFetcher.Wanted> missing = new TreeMap<>();
    digests.forEach(
        (name, digest) -> {
          RemoteFetcher.Wanted wanted = fetcher.wanted(new RemoteFile(folder.child(name), digest));
          keys.put(name, wanted.key());
          fetcher
              .findPresent(wanted)
              .ifPresentOrElse(
                  present -> files.put(name, present), () -> missing.put(name, wanted));
        });
    missing.forEach((name, wanted) -> files.put(name, fetcher.fetch(wanted)));
    return view(keys);
  }

  /**
   * Makes room for files that are written here before they are put in their store.
   *
   * @param shown where they will be, for messages
   * @param bytes the most that they take together; at least 1
   * @throws UserException usage, when what is lent leaves too little of the capacity; input, when
   *     the disk is full
   */
  public Draft draft(String shown, long bytes) {
    CacheKey key = new CacheKey(Digests.sha256("draft", UUID.randomUUID().toString()));
    try {
      // Nobody else knows the key.
      LockFile.Hold hold = ((CacheDirectory.Vacant) directory.claim(key)).hold();
      boolean made = false;
      try {
        Path folder = directory.reserve(key, shown, bytes);
        made = true;
        return new Draft(folder, () -> discard(key, hold));
      } finally {
        if (!made) {
          discard(key, hold);
        }
      }
    } catch (IOException failure) {
      throw CacheProblems.local(directory.root(), failure);
    }
  }

  private void discard(CacheKey key, LockFile.Hold hold) {
    try (hold) {
      directory.discard(key);
    } catch (IOException failure) {
      throw CacheProblems.local(directory.root(), failure);
    }
  }

  private static void requirePlain(String name, Location folder) {
    if (!FILE_NAME.matcher(name).matches()) {
      throw UserException.input(
          "\"%s\" is not a plain file name".formatted(name.replaceAll("\\p{Cntrl}", "?")),
          folder.text(),
          "Files of a checkpoint lie in its folder, under names of letters, digits and . _ + = -");
    }
  }

  private Path view(SortedMap<String, CacheKey> keys) {
    List<String> parts = new ArrayList<>(List.of("view"));
    keys.forEach(
        (name, key) -> {
          parts.add(name);
          parts.add(key.hex());
        });
    CacheKey view = new CacheKey(Digests.sha256(parts.toArray(String[]::new)));
    try {
      return directory.view(view, keys);
    } catch (IOException failure) {
      throw CacheProblems.local(directory.root(), failure);
    }
  }

  /** The stores behind this, with the same retries and counts. */
  RemoteStore store() {
    return store;
  }

  /** What was done since this was opened, by this JVM alone. */
  FetchStatistics statistics() {
    return counter.statistics();
  }

  /**
   * Lets go of the directory. What was lent should be closed before: it may be evicted from now on.
   * Nothing must be fetched at the same time.
   */
  @Override
  public void close() {
    Closing.all(List.<AutoCloseable>of(executor::shutdown, directory));
  }
}
