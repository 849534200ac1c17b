package org.mergetomix.cache;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the contents of remote files into the directory. Safe for use by several threads. */
final class RemoteFetcher {

  private static final Logger LOGGER = LoggerFactory.getLogger(RemoteFetcher.class);

  private final CacheDirectory directory;
  private final RemoteStore store;
  private final FetchCounter counter;
  private final Executor executor;
  private final int threads;

  /**
   * @param threads how many of the executor's a single file may use
   */
  RemoteFetcher(
      CacheDirectory directory,
      RemoteStore store,
      FetchCounter counter,
      Executor executor,
      int threads) {
    this.directory = directory;
    this.store = store;
    this.counter = counter;
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * A remote file and how its content is known.
   *
   * @param status when the store was asked already
   */
  record Wanted(RemoteFile file, CacheKey key, Optional<FileStatus> status) {}

  /** Asks the store only when no digest is promised. */
  Wanted wanted(RemoteFile file) {
    if (!file.sha256().isEmpty()) {
      return new Wanted(file, CacheKey.ofContent(file.sha256()), Optional.empty());
    }
    FileStatus status = store.status(file.location());
    return new Wanted(file, CacheKey.ofVersion(file, status), Optional.of(status));
  }

  /** The content if it is there; does not fetch it. */
  Optional<CachedFile> findPresent(Wanted wanted) {
    return local(() -> directory.claimIfPresent(wanted.key()))
        .map(present -> lendHit(wanted.key(), present));
  }

  /** The content, fetched if it is not there; waits while anyone else fetches it. */
  CachedFile fetch(Wanted wanted) {
    CacheKey key = wanted.key();
    CacheDirectory.Claim claim = local(() -> directory.claim(key));
    if (claim instanceof CacheDirectory.Present present) {
      return lendHit(key, present);
    }
    // Publishing releases it too; after a failure the next one may try.
    try (LockFile.Hold vacant = ((CacheDirectory.Vacant) claim).hold()) {
      RemoteFile file = wanted.file();
      FileStatus status = wanted.status().orElseGet(() -> store.status(file.location()));
      CacheDirectory.Present present = download(file, key, status, vacant);
      counter.miss();
      return lend(key, present);
    }
  }

  private CachedFile lendHit(CacheKey key, CacheDirectory.Present present) {
    counter.hit();
    return lend(key, present);
  }

  private CachedFile lend(CacheKey key, CacheDirectory.Present present) {
    CacheDirectory.Entry entry = present.entry();
    return new CachedFile(
        directory.data(key), entry::digest, entry.length(), present.hold()::close);
  }

  private CacheDirectory.Present download(
      RemoteFile file, CacheKey key, FileStatus status, LockFile.Hold vacant) {
    long length = status.getLen();
    LOGGER.info("Fetching {}, {} bytes", file.location().text(), length);
    PartialFile partial = local(() -> directory.begin(key, file.location().text(), length));
    try {
      local(partial::resume);
      Download.run(store, file.location(), status, partial, directory.root(), executor, threads);
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
          file.location().text(),
          "Run again when nothing writes to it any more");
    }
  }

  private <T> T local(IoSupplier<T> work) {
    try {
      return work.get();
    } catch (IOException failure) {
      throw CacheProblems.local(directory.root(), failure);
    }
  }

  private void local(IoAction work) {
    local(
        () -> {
          work.run();
          return work;
        });
  }
}
