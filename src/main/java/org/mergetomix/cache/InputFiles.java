package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.cache.disk.CacheProblems;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Companions;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.InputFile;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The inputs of a run as local files of this JVM, wherever they lie: local ones in place, remote
 * ones in the cache of this host, where they stay until this is closed. Nothing is opened, on disk
 * or in a store, before the first remote file is asked for. Safe for use by several threads.
 */
public final class InputFiles implements AutoCloseable {

  private final CacheSettings settings;
  private final Configuration hadoop;
  private final ConcurrentMap<RemoteFile, Input> inputs = new ConcurrentHashMap<>();
  private final ConcurrentMap<Location, Path> headers = new ConcurrentHashMap<>();
  private final ConcurrentMap<Location, List<Location>> listings = new ConcurrentHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private Optional<LocalCache> cache = Optional.empty();
  private Optional<HeaderCopies> headerCopies = Optional.empty();

  /**
   * @param hadoop names the file systems and holds their credentials; not to be changed any more
   */
  public InputFiles(CacheSettings settings, Configuration hadoop) {
    this.settings = settings;
    this.hadoop = hadoop;
  }

  /** Where an input is on this host, and how its digest is found out. */
  private record Input(Path path, Supplier<String> digest) {}

  /**
   * A file, or the folder of a checkpoint, with all its bytes.
   *
   * @param location what to bring here
   * @param sha256 what the bytes must hash to, as far as the manifest says; empty otherwise. A
   *     remote file is compared with it when it is fetched, everything else by who asks for its
   *     digest.
   * @throws UserException if it is missing, cannot be read, or does not have the promised bytes
   */
  public Path fetch(Location location, String sha256) {
    return input(location, sha256).path();
  }

  /**
   * The digest of a file, or of a checkpoint's folder as {@link Digests#checkpoint} has it. What is
   * remote is fetched for it, once.
   *
   * @throws UserException as {@link #fetch}
   */
  public String digest(Location location, String sha256) {
    return input(location, sha256).digest().get();
  }

  private Input input(Location location, String sha256) {
    if (location.isLocal()) {
      Path path = location.path();
      return new Input(path, () -> Digests.checkpoint(path));
    }
    // A checkpoint is fetched in minutes; whoever asks for the same one waits for it.
    return inputs.computeIfAbsent(new RemoteFile(location, sha256), this::fetch);
  }

  private Input fetch(RemoteFile file) {
    FileStatus status = store().fileOrFolder(file.location());
    return status.isDirectory() ? fetchFolder(file.location()) : fetchFile(file);
  }

  private Input fetchFile(RemoteFile file) {
    CachedFile lent = keep(cache().fetch(file));
    return new Input(lent.path(), lent::digest);
  }

  private Input fetchFolder(Location folder) {
    SortedMap<String, String> wanted = new TreeMap<>();
    SortedMap<String, String> decisive = new TreeMap<>();
    Checkpoints.files(headers(folder)).forEach(name -> decisive.put(name, ""));
    wanted.putAll(decisive);
    store().files(folder).keySet().stream()
        .filter(Companions::isOne)
        .forEach(name -> wanted.put(name, ""));
    CachedFolder lent = keep(cache().fetchFolder(folder, wanted));
    decisive.replaceAll((name, unknown) -> lent.files().get(name).digest());
    return new Input(lent.path(), () -> Digests.folder(decisive));
  }

  /**
   * The size of a file, or of those files of a checkpoint's folder that are fetched, in bytes;
   * nothing but headers is read for it.
   *
   * @throws UserException if it is missing or cannot be read
   */
  public long bytes(Location location) {
    if (location.isLocal()) {
      return localBytes(location.path());
    }
    FileStatus status = store().fileOrFolder(location);
    if (!status.isDirectory()) {
      return status.getLen();
    }
    List<String> decisive = Checkpoints.files(headers(location));
    return store().files(location).entrySet().stream()
        .filter(file -> decisive.contains(file.getKey()) || Companions.isOne(file.getKey()))
        .mapToLong(file -> file.getValue().getLen())
        .sum();
  }

  private static long localBytes(Path path) {
    if (Files.isDirectory(path)) {
      return Checkpoints.files(path).stream()
          .mapToLong(name -> localBytes(path.resolve(name)))
          .sum();
    }
    FileProblems.requireRegularFile(path);
    try {
      return Files.size(path);
    } catch (IOException failure) {
      throw FileProblems.reading(path, failure);
    }
  }

  /**
   * A stand-in for a checkpoint of which only the headers are read: in place when it is local,
   * otherwise with holes where the tensors are.
   *
   * @throws UserException if it is missing or cannot be read
   */
  public Path headers(Location checkpoint) {
    return checkpoint.isLocal()
        ? checkpoint.path()
        : headers.computeIfAbsent(checkpoint, this::copyHeaders);
  }

  private Path copyHeaders(Location checkpoint) {
    try {
      return headerCopies().of(checkpoint);
    } catch (IOException failure) {
      throw CacheProblems.local(settings.folder(), failure);
    }
  }

  /**
   * The files that data consists of: itself, those of a folder, or those whose names a glob
   * matches; in the order of their names, and the same ones until this is closed.
   *
   * @throws UserException if there is none, a folder holds folders, or its store cannot be asked
   */
  public List<Location> dataFiles(Location data) {
    return listings.computeIfAbsent(
        data,
        asked ->
            asked.isLocal()
                ? DataListing.of(asked, DataListing.Store.NONE)
                : DataListing.of(asked, store()));
  }

  /** The digest of data's contents, as {@link Digests#files}. */
  public String dataDigest(Location data) {
    return Digests.files(dataFiles(data).stream().map(file -> digest(file, "")).toList());
  }

  /** Why data cannot be used, in sentences; none when all of its files are readable. */
  public List<Problem> dataProblems(String subject, Location data, String remedy) {
    if (!exists(data) && !DataListing.isGlob(data)) {
      return List.of(new Problem(subject + " does not exist", data.text(), remedy));
    }
    try {
      List<Problem> problems = new ArrayList<>();
      for (Location file : dataFiles(data)) {
        complaint(file)
            .ifPresent(
                reason -> problems.add(new Problem(subject + " " + reason, file.text(), remedy)));
      }
      return problems;
    } catch (UserException refused) {
      return refused.problems();
    }
  }

  /**
   * Why a file cannot be used, as the end of a sentence that begins with it ({@code "does not
   * exist"}); empty when it is a readable file with something in it.
   *
   * @throws UserException if its store cannot be asked
   */
  public Optional<String> complaint(Location file) {
    if (file.isLocal()) {
      return InputFile.complaint(file.path());
    }
    Optional<FileStatus> status = store().find(file);
    if (status.isEmpty()) {
      return Optional.of("does not exist");
    }
    if (status.get().isDirectory()) {
      return Optional.of("is a folder, not a file");
    }
    return status.get().getLen() == 0 ? Optional.of("is empty") : Optional.empty();
  }

  /** Why neither a file nor a folder can be used, in the same words. */
  public Optional<String> complaintOfFileOrFolder(Location location) {
    if (location.isLocal()) {
      return InputFile.complaintOfFileOrFolder(location.path());
    }
    return store().find(location).filter(FileStatus::isDirectory).isPresent()
        ? Optional.empty()
        : complaint(location);
  }

  /** Whether there is a file or folder. */
  public boolean exists(Location location) {
    return location.isLocal()
        ? location.path().toFile().exists()
        : store().find(location).isPresent();
  }

  /**
   * Room on this host for files that are written before they are put in their store; the caller
   * closes it before this.
   *
   * @param target where they will be, for messages
   * @param bytes the most that they take together; at least 1
   * @throws UserException as {@link LocalCache#draft}
   */
  public Draft draft(Location target, long bytes) {
    return cache().draft(target.text(), bytes);
  }

  /** The same problems, with locations in place of the local files that stand for them. */
  public UserException named(UserException problems) {
    return problems.with(this::named);
  }

  /** The same problem, as above. */
  public Problem named(Problem problem) {
    SortedMap<String, String> names = new TreeMap<>();
    inputs.forEach((file, input) -> names.put(input.path().toString(), file.location().text()));
    headers.forEach((location, path) -> names.put(path.toString(), location.text()));
    String what = problem.what();
    String where = problem.where();
    for (Map.Entry<String, String> name : names.entrySet()) {
      what = what.replace(name.getKey(), name.getValue());
      where = where.replace(name.getKey(), name.getValue());
    }
    return new Problem(what, where, problem.remedy());
  }

  /** What was fetched by this JVM since this was opened. */
  public synchronized FetchStatistics statistics() {
    return cache.map(LocalCache::statistics).orElse(FetchStatistics.NONE);
  }

  private synchronized LocalCache cache() {
    if (cache.isEmpty()) {
      cache = Optional.of(LocalCache.open(settings, hadoop));
    }
    return cache.get();
  }

  private RemoteStore store() {
    return cache().store();
  }

  private synchronized HeaderCopies headerCopies() throws IOException {
    if (headerCopies.isEmpty()) {
      headerCopies = Optional.of(new HeaderCopies(store()));
    }
    return headerCopies.get();
  }

  private synchronized <T extends AutoCloseable> T keep(T lent) {
    opened.push(lent);
    return lent;
  }

  /** Lets go of everything; the paths that were given must not be used any more. */
  @Override
  public synchronized void close() {
    List<AutoCloseable> all = new ArrayList<>(opened);
    headerCopies.ifPresent(all::add);
    cache.ifPresent(all::add);
    opened.clear();
    inputs.clear();
    headers.clear();
    listings.clear();
    headerCopies = Optional.empty();
    cache = Optional.empty();
    Closing.all(all);
  }
}
