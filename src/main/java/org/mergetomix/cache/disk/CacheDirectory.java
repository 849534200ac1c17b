package org.mergetomix.cache.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileUtil;

/**
 * What lies in the folder of a cache, and who has it. For each key there is {@code .data} when it
 * is complete, with its digest and length in {@code .record}, or {@code .part} and {@code .chunks}
 * while it is not; a {@code .view} is a folder of links to several. They lie in {@code blobs} and
 * {@code snapshots} as in the cache of the Hugging Face hub, whose links a checkpoint's folder may
 * have. Whether something is complete, in use, being fetched or evicted changes only while the
 * directory's lock is held.
 *
 * <p>Failures of the disk are thrown as they are, for the caller to explain. Safe for use by
 * several threads.
 */
public final class CacheDirectory implements AutoCloseable {

  private static final Pattern RECORD = Pattern.compile("([0-9a-f]{64}) ([0-9]{1,18})\n");

  private final Path root;
  private final Path blobs;
  private final Path snapshots;
  private final LockFile locks;
  private final long capacity;
  private final int chunkSize;
  private final Runnable evicted;
  private Instant lastUse = Instant.EPOCH;

  private CacheDirectory(
      Path root, LockFile locks, long capacity, int chunkSize, Runnable evicted) {
    this.root = root;
    this.blobs = root.resolve("blobs");
    this.snapshots = root.resolve("snapshots");
    this.capacity = capacity;
    this.chunkSize = chunkSize;
    this.evicted = evicted;
    this.locks = locks;
  }

  /**
   * The folder of a cache, made when it is missing.
   *
   * @param capacity most bytes of files, finished and unfinished together
   * @param chunkSize bytes of a range
   * @param evicted told of each file that is removed to make room
   */
  public static CacheDirectory open(Path root, long capacity, int chunkSize, Runnable evicted)
      throws IOException {
    boolean posix =
        Files.getFileStore(root.getParent())
            .supportsFileAttributeView(PosixFileAttributeView.class);
    try {
      Files.createDirectory(
          root,
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
              }
              : new FileAttribute<?>[0]);
    } catch (FileAlreadyExistsException existing) {
      if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS) || (posix && isPublic(root))) {
        throw CacheProblems.notPrivate(root);
      }
    }
    Path real = root.toRealPath();
    Files.createDirectories(real.resolve("blobs"));
    Files.createDirectories(real.resolve("snapshots"));
    return new CacheDirectory(
        real, LockFile.open(real.resolve("locks")), capacity, chunkSize, evicted);
  }

  private static boolean isPublic(Path root) throws IOException {
    return Files.getPosixFilePermissions(root).contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Where everything lies. */
  public Path root() {
    return root;
  }

  /** Where the contents of a key lie, or would lie. */
  public Path data(CacheKey key) {
    return blobs.resolve(key.hex() + ".data");
  }

  private Path record(CacheKey key) {
    return blobs.resolve(key.hex() + ".record");
  }

  private Path part(CacheKey key) {
    return blobs.resolve(key.hex() + ".part");
  }

  private Path chunks(CacheKey key) {
    return blobs.resolve(key.hex() + ".chunks");
  }

  /** Who has a key now. */
  public sealed interface Claim {}

  /** The content is there, and stays while this is held. */
  public record Present(Entry entry, LockFile.Hold hold) implements Claim {}

  /** The content is not there, and nobody else fetches it while this is held. */
  public record Vacant(LockFile.Hold hold) implements Claim {}

  /** A complete content. */
  public record Entry(String digest, long length) {}

  /** Claims a key; waits while another thread or process fetches it. */
  public Claim claim(CacheKey key) throws IOException {
    while (true) {
      Optional<Claim> claim = locks.withDirectory(() -> tryClaim(key));
      if (claim.isPresent()) {
        return claim.get();
      }
      locks.awaitKeyReleased();
    }
  }

  /** Claims a key whose content is there; does not wait for it. */
  public Optional<Present> claimIfPresent(CacheKey key) throws IOException {
    return locks.withDirectory(() -> present(key));
  }

  private Optional<Present> present(CacheKey key) throws IOException {
    if (locks.isLost()) {
      throw CacheProblems.changedByOthers(root);
    }
    Optional<Entry> entry = entry(key);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    // Nobody holds it alone: content appears and goes only while the directory is locked.
    touch(data(key));
    return Optional.of(new Present(entry.get(), locks.tryShared(key.position()).orElseThrow()));
  }

  private Optional<Claim> tryClaim(CacheKey key) throws IOException {
    Optional<Present> present = present(key);
    if (present.isPresent()) {
      return Optional.of(present.get());
    }
    Optional<LockFile.Hold> exclusive = locks.tryExclusive(key.position());
    if (exclusive.isPresent()) {
      // Bytes without a record that fits them are not to be trusted.
      Files.deleteIfExists(data(key));
      return Optional.of(new Vacant(exclusive.get()));
    }
    Optional<LockFile.Hold> user = locks.tryShared(key.position());
    if (user.isPresent()) {
      user.get().close();
      throw CacheProblems.changedByOthers(root);
    }
    return Optional.empty();
  }

  private Optional<Entry> entry(CacheKey key) throws IOException {
    if (!Files.isRegularFile(data(key), LinkOption.NOFOLLOW_LINKS)
        || !Files.isRegularFile(record(key), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Matcher record =
        RECORD.matcher(new String(Files.readAllBytes(record(key)), StandardCharsets.ISO_8859_1));
    return record.matches() && Long.parseLong(record.group(2)) == Files.size(data(key))
        ? Optional.of(new Entry(record.group(1), Long.parseLong(record.group(2))))
        : Optional.empty();
  }

  /** Files are used in an order, even where the clock stands still. */
  private void touch(Path file) throws IOException {
    Instant now = Instant.now();
    lastUse = now.isAfter(lastUse) ? now : lastUse.plus(1, ChronoUnit.MICROS);
    Files.setLastModifiedTime(file, FileTime.from(lastUse));
  }

  /**
   * Makes room for a file and begins it, or goes on with it. The key is claimed as vacant.
   *
   * @param shown how the file is named in messages
   */
  public PartialFile begin(CacheKey key, String shown, long length) throws IOException {
    return locks.withDirectory(
        () -> {
          new Occupancy(blobs, snapshots, locks, key).makeRoom(shown, length, capacity, evicted);
          PartialFile partial = PartialFile.open(part(key), chunks(key), length, chunkSize);
          touch(chunks(key));
          return partial;
        });
  }

  /**
   * Makes room for what is written here itself, in a folder of its own, until the key is discarded.
   * The key is claimed as vacant.
   *
   * @param shown how it is named in messages
   */
  public Path reserve(CacheKey key, String shown, long length) throws IOException {
    begin(key, shown, length).close();
    return Files.createDirectory(Occupancy.draft(blobs, key));
  }

  /** The bytes so far, to be looked at before they are published. */
  public Path unpublished(CacheKey key) {
    return part(key);
  }

  /** Gives a finished file to everyone, and turns the claim into a use without a gap. */
  public LockFile.Hold publish(CacheKey key, Entry entry, LockFile.Hold claim) throws IOException {
    write(record(key), entry.digest() + " " + entry.length() + "\n");
    return locks.withDirectory(
        () -> {
          touch(part(key));
          Files.move(part(key), data(key), StandardCopyOption.ATOMIC_MOVE);
          Files.deleteIfExists(chunks(key));
          claim.close();
          return locks.tryShared(key.position()).orElseThrow();
        });
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(
        file,
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        StandardOpenOption.DSYNC);
  }

  /** Removes what was fetched or written for a key that is claimed as vacant. */
  public void discard(CacheKey key) throws IOException {
    FileUtil.fullyDelete(Occupancy.draft(blobs, key).toFile());
    // Whoever makes room meanwhile looks at these files.
    locks.withDirectory(
        () -> {
          PartialFile.delete(part(key), chunks(key));
          return key;
        });
  }

  /**
   * A folder with links of the given names to contents that are all in use by the caller.
   *
   * @param viewKey names the folder; the same for the same names and contents
   */
  public Path view(CacheKey viewKey, SortedMap<String, CacheKey> members) throws IOException {
    return locks.withDirectory(
        () -> {
          Path view = snapshots.resolve(viewKey.hex() + ".view");
          if (!Files.isDirectory(view, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(view);
          }
          for (Map.Entry<String, CacheKey> member : members.entrySet()) {
            Path link = view.resolve(member.getKey());
            Path target = view.relativize(data(member.getValue()));
            if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(target)) {
              Files.deleteIfExists(link);
              Files.createSymbolicLink(link, target);
            }
          }
          return view;
        });
  }

  /** Gives up every lock; what was lent must not be used any more. */
  @Override
  public void close() {
    locks.close();
  }
}
