package org.mergetomix.checkpoint.cache;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.checkpoint.Digests;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
public final class LocalCache implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(LocalCache.class);

  /** No separators, nothing hidden, nothing a shell or a terminal would take for its own. */
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+=-]{0,199}");

  private final CacheSettings settings;
  private final CacheDirectory directory;
  private final RemoteStore store;
  private final LocalFiles localFiles = new LocalFiles();
  private final FetchCounter counter;
  private final ExecutorService executor;

  private LocalCache(
      CacheSettings settings,
      CacheDirectory directory,
      RemoteStore store,
      FetchCounter counter,
      ExecutorService executor) {
    this.settings = settings;
    this.directory = directory;
    this.store = store;
    this.counter = counter;
    this.executor = executor;
  }

  /**
   * Opens the cache of a directory, beside other processes that have it open.
   *
   * @param hadoop names the file systems and holds their credentials; not to be changed any more
   * @throws UserException input, when the directory cannot be made or is not fit to be used
   */
  public static LocalCache open(CacheSettings settings, Configuration hadoop) {
    return open(settings, hadoop, RetryPolicy.DEFAULT);
  }

  static LocalCache open(CacheSettings settings, Configuration hadoop, RetryPolicy retries) {
    FetchCounter counter = new FetchCounter();
    Path root = root(settings.directory());
    CacheDirectory directory =
        local(
            root,
            () -> {
              Files.createDirectories(root.getParent());
              return CacheDirectory.open(root, settings, counter);
            });
    return new LocalCache(
        settings,
        directory,
        new RemoteStore(hadoop, retries, counter),
        counter,
        threads(settings.threads()));
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
   * Lends a file. A local one is used in place; a remote one is fetched unless it is there, which
   * the store is asked about only when no digest is promised.
   *
   * @throws UserException input, when the file is missing, unreadable or not what was promised, or
   *     when the disk is full; usage, when what is lent leaves too little of the capacity
   * @throws java.io.UncheckedIOException when the thread is interrupted
   */
  public CachedFile fetch(RemoteFile file) {
    return file.isLocal() ? localFiles.use(file) : fetchRemote(file).file();
  }

  /**
   * Lends files of one folder under their own names, so that a checkpoint in shards can be read as
   * a folder. All of them are lent, or none.
   *
   * @param folder where the files lie; a local one is used in place
   * @param digests the sha256 of each file by its name, empty where nobody knows it
   * @throws UserException as for a single file, and input, when a name is not a plain file name
   * @throws java.io.UncheckedIOException when the thread is interrupted
   */
  public CachedFolder fetchFolder(URI folder, SortedMap<String, String> digests) {
    digests.keySet().forEach(name -> requirePlain(name, folder));
    SortedMap<String, CachedFile> files = new TreeMap<>();
    SortedMap<String, CacheKey> keys = new TreeMap<>();
    boolean complete = false;
    try {
      digests.forEach(
          (name, digest) -> {
            RemoteFile file = new RemoteFile(child(folder, name), digest);
            if (file.isLocal()) {
              files.put(name, localFiles.use(file));
            } else {
              Fetched fetched = fetchRemote(file);
              files.put(name, fetched.file());
              keys.put(name, fetched.key());
            }
          });
      RemoteFile whole = new RemoteFile(folder, "");
      Path path = whole.isLocal() ? whole.localPath() : view(keys);
      complete = true;
      return new CachedFolder(path, files);
    } finally {
      if (!complete) {
        files.values().forEach(CachedFile::close);
      }
    }
  }

  private static void requirePlain(String name, URI folder) {
    if (!FILE_NAME.matcher(name).matches()) {
      throw UserException.input(
          "\"%s\" is not a plain file name".formatted(name.replaceAll("\\p{Cntrl}", "?")),
          Locations.shown(folder),
          "Files of a checkpoint lie in its folder, under names of letters, digits and . _ + = -");
    }
  }

  private static URI child(URI folder, String name) {
    String path = folder.getRawPath();
    String parent = path.endsWith("/") ? path : path + "/";
    StringBuilder text = new StringBuilder();
    if (folder.getScheme() != null) {
      text.append(folder.getScheme()).append(':');
    }
    if (folder.getRawAuthority() != null) {
      text.append("//").append(folder.getRawAuthority());
    }
    text.append(parent).append(name);
    if (folder.getRawQuery() != null) {
      text.append('?').append(folder.getRawQuery());
    }
    return URI.create(text.toString());
  }

  private Path view(SortedMap<String, CacheKey> keys) {
    List<String> parts = new ArrayList<>(List.of("view"));
    keys.forEach(
        (name, key) -> {
          parts.add(name);
          parts.add(key.hex());
        });
    CacheKey view = new CacheKey(Digests.sha256(parts.toArray(String[]::new)));
    return local(() -> directory.view(view, keys));
  }

  /**
   * All bytes of a small file; they are not kept.
   *
   * @param limit most bytes that are accepted
   * @throws UserException input, when the file is missing, unreadable or larger
   */
  public byte[] readSmall(URI location, int limit) {
    RemoteFile file = new RemoteFile(location, "");
    if (file.isLocal()) {
      return localFiles.readSmall(location, file.localPath(), limit);
    }
    FileStatus status = store.status(location);
    LocalFiles.requireSmall(location, status.getLen(), limit);
    return store.readAll(location, status);
  }

  /** What was done since this was opened, by this JVM alone. */
  public FetchStatistics statistics() {
    return counter.statistics();
  }

  private record Fetched(CacheKey key, CachedFile file) {}

  private Fetched fetchRemote(RemoteFile file) {
    Optional<FileStatus> status =
        file.sha256().isEmpty() ? Optional.of(store.status(file.location())) : Optional.empty();
    CacheKey key =
        status
            .map(known -> CacheKey.ofVersion(file, known))
            .orElseGet(() -> CacheKey.ofContent(file.sha256()));
    CacheDirectory.Claim claim = local(() -> directory.claim(key));
    if (claim instanceof CacheDirectory.Present present) {
      counter.hit();
      return lend(key, present);
    }
    // Publishing releases it too; after a failure the next one may try.
    try (LockFile.Hold vacant = ((CacheDirectory.Vacant) claim).hold()) {
      FileStatus known = status.orElseGet(() -> store.status(file.location()));
      CacheDirectory.Present present = download(file, key, known, vacant);
      counter.miss();
      return lend(key, present);
    }
  }

  private Fetched lend(CacheKey key, CacheDirectory.Present present) {
    CacheDirectory.Entry entry = present.entry();
    return new Fetched(
        key,
        new CachedFile(directory.data(key), entry::digest, entry.length(), present.hold()::close));
  }

  private CacheDirectory.Present download(
      RemoteFile file, CacheKey key, FileStatus status, LockFile.Hold vacant) {
    long length = status.getLen();
    LOGGER.info("Fetching {}, {} bytes", file.shown(), length);
    PartialFile partial = local(() -> directory.begin(key, file.shown(), length));
    try {
      local(partial::resume);
      Download.run(
          store, file.location(), status, partial, directory.root(), executor, settings.threads());
      local(partial::force);
    } finally {
      local(partial::close);
    }
    String digest = Digests.sha256(directory.unpublished(key));
    try {
      LocalFiles.requireDigest(file, digest);
      requireUnchanged(file, key);
    } catch (UserException refused) {
      local(() -> directory.discard(key));
      throw refused;
    }
    CacheDirectory.Entry entry = new CacheDirectory.Entry(digest, length);
    return new CacheDirectory.Present(entry, local(() -> directory.publish(key, entry, vacant)));
  }

  /** Without a promised digest, chunks of two versions of a file could have been put together. */
  private void requireUnchanged(RemoteFile file, CacheKey key) {
    if (file.sha256().isEmpty()
        && !CacheKey.ofVersion(file, store.status(file.location())).equals(key)) {
      throw UserException.input(
          "The file changed while it was fetched",
          file.shown(),
          "Run again when nothing writes to it any more");
    }
  }

  private <T> T local(IoSupplier<T> work) {
    return local(directory.root(), work);
  }

  private void local(IoAction work) {
    local(
        () -> {
          work.run();
          return work;
        });
  }

  private static <T> T local(Path root, IoSupplier<T> work) {
    try {
      return work.get();
    } catch (IOException failure) {
      throw CacheProblems.local(root, failure);
    }
  }

  /**
   * Lets go of the directory. What was lent should be closed before: it may be evicted from now on.
   * Nothing must be fetched at the same time.
   */
  @Override
  public void close() {
    executor.shutdown();
    directory.close();
  }
}
