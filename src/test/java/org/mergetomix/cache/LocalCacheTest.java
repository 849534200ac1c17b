package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.cache.CacheFixture.content;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

@Timeout(60)
class LocalCacheTest {

  private static final long LARGE = 1L << 30;

  @TempDir Path folder;
  private CacheFixture fixture;
  private Store store;

  @BeforeEach
  void begin() {
    fixture = new CacheFixture(folder);
    store = fixture.store;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 99, 100, 101, 250, 1000})
  void lendsTheBytesOfARemoteFileWithItsDigest(int length) throws IOException {
    RemoteFile remote = fixture.remote("model", length);

    try (LocalCache cache = fixture.open(LARGE);
        CachedFile file = cache.fetch(remote)) {
      assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      assertThat(file.path()).hasSize(length);
      assertThat(file.digest()).isEqualTo(Digests.sha256(fixture.origin("model")));
    }
    assertThat(fixture.extensions()).containsExactly("data", "record");
  }

  @Test
  void countsDraftsIntoItsCapacity() throws IOException {
    fixture.remote("old", 400);
    fixture.remote("model", 600);

    try (LocalCache cache = fixture.open(1000)) {
      cache.fetch(fixture.at("old", "")).close();
      try (Draft draft = cache.draft("s3a://bucket/run/a.safetensors", 500)) {
        assertThat(draft.folder()).isEmptyDirectory();
        assertThat(draft.folder().toString()).startsWith(folder.resolve("cache").toString());
        Files.write(draft.folder().resolve("a.safetensors"), content(500, 1));

        assertThatThrownBy(() -> cache.fetch(fixture.at("model", "")))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("of which 500 are in use");
        assertThatThrownBy(() -> cache.draft("s3a://bucket/run/b.safetensors", 501))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("(s3a://bucket/run/b.safetensors). Raise cache.capacity to");
      }
      assertThat(fixture.extensions()).containsExactly("data", "record");
      cache.fetch(fixture.at("model", "")).close();
    }
  }

  @Test
  void evictsTheDraftOfAProcessThatDied() throws IOException {
    fixture.remote("model", 900);
    String left = "0".repeat(64);
    try (LocalCache cache = fixture.open(1000)) {
      Path blobs;
      try (Draft draft = cache.draft("s3a://bucket/run/a.safetensors", 500)) {
        blobs = draft.folder().getParent();
        try (Stream<Path> files = Files.list(blobs)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            String name = file.getFileName().toString();
            Files.copy(file, blobs.resolve(left + name.substring(name.indexOf('.'))));
          }
        }
      }
      Path folder = Files.createDirectory(blobs.resolve(left + ".draft"));
      Files.write(folder.resolve("a.safetensors"), content(500, 1));

      cache.fetch(fixture.at("model", "")).close();

      assertThat(folder).doesNotExist();
      assertThat(fixture.extensions()).containsExactly("data", "record");
    }
  }

  @Test
  void readsEachByteOnceAndFindsTheFileAgain() {
    RemoteFile remote = fixture.remote("model", 950);

    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(remote).close();
      cache.fetch(remote).close();
      assertThat(cache.statistics())
          .isEqualTo(
              new FetchStatistics(new TreeMap<>(Map.of(remote.location().text(), 950L)), 1, 1, 0));
    }
    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(remote).close();
      assertThat(cache.statistics()).isEqualTo(new FetchStatistics(new TreeMap<>(), 1, 0, 0));
    }
    assertThat(store.bytesRead).hasValue(950);
    assertThat(store.closes).hasValue(store.opens.get());
  }

  @Test
  void asksTheStoreNothingAboutAPromisedFileThatIsThere() {
    fixture.remote("model", 500);
    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(fixture.promised("model")).close();
      int requests = store.statuses.get() + store.opens.get();
      cache.fetch(fixture.promised("model")).close();
      assertThat(store.statuses.get() + store.opens.get()).isEqualTo(requests);
    }
  }

  @Test
  void knowsAPromisedContentWhereverItLies() {
    fixture.remote("a", content(300, 7));
    fixture.remote("b", content(300, 7));
    try (LocalCache cache = fixture.open(LARGE);
        CachedFile one = cache.fetch(fixture.promised("a"));
        CachedFile two = cache.fetch(fixture.promised("b"))) {
      assertThat(two.path()).isEqualTo(one.path());
      assertThat(store.bytesRead).hasValue(300);
    }
  }

  @Test
  void fetchesAgainWhatHasAnotherEtag() {
    RemoteFile remote = fixture.remote("model", content(300, 1));
    store.etag("first");
    try (LocalCache cache = fixture.open(LARGE);
        CachedFile old = cache.fetch(remote)) {
      fixture.remote("model", content(300, 2));
      store.etag("second");
      try (CachedFile current = cache.fetch(remote)) {
        assertThat(old.path()).hasBinaryContent(content(300, 1));
        assertThat(current.path()).hasBinaryContent(content(300, 2));
      }
    }
  }

  @Test
  void trustsAnEtagMoreThanTheTimeOfChange() throws IOException {
    RemoteFile remote = fixture.remote("model", 300);
    store.etag("same");
    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(remote).close();
      Files.setLastModifiedTime(fixture.origin("model"), FileTime.fromMillis(5000));
      cache.fetch(remote).close();
    }
    assertThat(store.bytesRead).hasValue(300);
  }

  @Test
  void fetchesAgainWhatChangedAtAnotherTimeWhereThereAreNoEtags() throws IOException {
    RemoteFile remote = fixture.remote("model", content(300, 1));
    Files.setLastModifiedTime(fixture.origin("model"), FileTime.fromMillis(5000));
    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(remote).close();
      fixture.remote("model", content(300, 2));
      Files.setLastModifiedTime(fixture.origin("model"), FileTime.fromMillis(6000));
      try (CachedFile current = cache.fetch(remote)) {
        assertThat(current.path()).hasBinaryContent(content(300, 2));
      }
    }
  }

  @Test
  void refusesAFileThatChangesWhileItIsFetched() throws IOException {
    RemoteFile remote = fixture.remote("model", content(300, 1));
    store.etag("first").beforeRead((number, position) -> store.etag("second"));
    try (LocalCache cache = fixture.open(LARGE)) {
      assertThatThrownBy(() -> cache.fetch(remote))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The file changed while it was fetched (%s). Run again when nothing writes to it any"
                      .formatted(remote.location().text())
                  + " more.");
      assertThat(fixture.extensions()).isEmpty();
      cache.fetch(remote).close();
    }
  }

  @Test
  void refusesWrongBytesOfTheRightLength() {
    fixture.remote("model", 450);
    RemoteFile promised = fixture.promised("model");
    store.spoil(321);
    byte[] spoilt = content(450, "model".hashCode());
    spoilt[321] ^= 1;
    fixture.remote("spoilt", spoilt);
    try (LocalCache cache = fixture.open(LARGE)) {
      assertThatThrownBy(() -> cache.fetch(promised))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The file does not have the promised bytes: its sha256 is %s, not %s (%s). Upload it"
                      .formatted(
                          Digests.sha256(fixture.origin("spoilt")),
                          promised.sha256(),
                          promised.location().text())
                  + " again, or correct the sha256.");
      assertThat(fixture.extensions()).isEmpty();

      store.recover();
      try (CachedFile file = cache.fetch(promised)) {
        assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      }
    }
  }

  @Test
  void readsOnlyTheLostRangeAgainAfterACutOff() {
    RemoteFile remote = fixture.remote("model", 450);
    store.cutOnce(40);
    try (LocalCache cache = fixture.open(LARGE);
        CachedFile file = cache.fetch(remote)) {
      assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
    }
    assertThat(store.bytesRead).hasValue(450 + 40);
    assertThat(store.closes).hasValue(store.opens.get());
  }

  @Test
  void saysOnceThatAFileIsShorterThanItsStoreClaims() {
    RemoteFile remote = fixture.remote("model", 450);
    store.claimedLength(460);
    try (LocalCache cache = fixture.open(LARGE)) {
      UserException thrown = catchThrowableOfType(UserException.class, () -> cache.fetch(remote));
      assertThat(thrown)
          .hasMessage(
              "The file was cut off while it was read, 3 times (%s). Check that nothing writes to"
                      .formatted(remote.location().text())
                  + " it, and upload it again.");
      assertThat(thrown.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(fixture.extensions()).containsExactly("chunks", "part");
    }
  }

  @Test
  void triesAgainWhatMayPass() {
    RemoteFile remote = fixture.remote("model", 450);
    store
        .failOnce(() -> new IOException("503 Slow Down"))
        .failOnce(() -> new SocketTimeoutException("Read timed out"));
    try (LocalCache cache = fixture.open(LARGE);
        CachedFile file = cache.fetch(remote)) {
      assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
    }
    assertThat(store.statuses).hasValue(4);
  }

  @Test
  void givesUpAfterSeveralAttemptsAndGoesOnLater() {
    RemoteFile remote = fixture.remote("model", 450);
    store.beforeRead(
        (number, position) -> {
          if (position >= 200) {
            throw new IOException("500 Internal Error");
          }
        });
    try (LocalCache cache = fixture.open(LARGE, 1)) {
      assertThatThrownBy(() -> cache.fetch(remote))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The file cannot be read, after 3 attempts: 500 Internal Error (%s). Check that its"
                      .formatted(remote.location().text())
                  + " store can be reached from this machine.");
      assertThat(store.bytesRead).hasValue(200);

      store.beforeRead((number, position) -> {});
      try (CachedFile file = cache.fetch(remote)) {
        assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      }
      assertThat(store.bytesRead).hasValue(450);
      assertThat(cache.statistics().totalBytesRead()).isEqualTo(450);
    }
  }

  @Test
  void saysAtOnceWhatDoesNotPass() {
    RemoteFile remote = fixture.remote("model", 450);
    RemoteFile missing = fixture.at("missing", "");
    RemoteFile directory = new RemoteFile(Location.of("faulty://store" + folder), "");
    RemoteFile unknown = new RemoteFile(Location.of("nowhere://host/model"), "");
    try (LocalCache cache = fixture.open(LARGE)) {
      assertThatThrownBy(() -> cache.fetch(missing))
          .hasMessage(
              "The file does not exist (" + missing.location().text() + "). Check the location.");
      assertThatThrownBy(() -> cache.fetch(directory))
          .hasMessage("A file was expected, not a folder (" + directory.location().text() + ").");
      assertThatThrownBy(() -> cache.fetch(unknown))
          .hasMessage(
              "There is no file system for nowhere: (nowhere://host/model). Add its connector to"
                  + " the jars of the job, as hadoop-aws for s3a:.");
      int before = store.statuses.get();
      store.failAlways(() -> new AccessDeniedException("model"));
      assertThatThrownBy(() -> cache.fetch(remote))
          .hasMessage(
              "No permission to read the file (%s). Check the credentials in the Hadoop"
                      .formatted(remote.location().text())
                  + " configuration, spark.hadoop.*, of this job.");
      assertThat(store.statuses).hasValue(before + 1);
    }
  }

  @Test
  void refusesADigestThatIsNone() {
    assertThatThrownBy(() -> new RemoteFile(Location.of("s3a://bucket/model"), "abc"))
        .hasMessage("The sha256 is not 64 hexadecimal digits (s3a://bucket/model).");
  }

  @Test
  void fetchesOnceForManyThreads() throws Exception {
    RemoteFile remote = fixture.remote("model", 950);
    CountDownLatch started = new CountDownLatch(1);
    store.beforeRead((number, position) -> started.countDown());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (LocalCache cache = fixture.open(LARGE);
        LocalCache other = fixture.open(LARGE)) {
      List<Future<byte[]>> results =
          IntStream.range(0, 16)
              .mapToObj(
                  index ->
                      threads.submit(
                          () -> {
                            try (CachedFile file = (index % 2 == 0 ? cache : other).fetch(remote)) {
                              return Files.readAllBytes(file.path());
                            }
                          }))
              .toList();
      for (Future<byte[]> result : results) {
        assertThat(result.get()).isEqualTo(content(950, "model".hashCode()));
      }
      assertThat(cache.statistics().misses() + other.statistics().misses()).isEqualTo(1);
      assertThat(cache.statistics().hits() + other.statistics().hits()).isEqualTo(15);
    } finally {
      threads.shutdown();
    }
    assertThat(store.bytesRead).hasValue(950);
  }

  @Test
  void readsSeveralRangesAtOnceButNoMoreThanAllowed() throws Exception {
    RemoteFile remote = fixture.remote("model", 1200);
    CountDownLatch together = new CountDownLatch(3);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    store.beforeRead(
        (number, position) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          together.countDown();
          try {
            // Goes on only when three are here at the same time.
            together.await();
          } catch (InterruptedException interruption) {
            throw new IOException(interruption);
          }
          running.decrementAndGet();
        });
    try (LocalCache cache = fixture.open(LARGE, 3)) {
      cache.fetch(remote).close();
    }
    assertThat(most).hasValue(3);
    assertThat(store.opens).hasValue(3);
  }

  @Test
  void leavesAResumableFetchWhenItsThreadIsInterrupted() throws Exception {
    RemoteFile remote = fixture.remote("model", 950);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    store.beforeRead(
        (number, position) -> {
          if (number == 3) {
            reading.countDown();
            try {
              interrupted.await();
            } catch (InterruptedException interruption) {
              throw new IOException(interruption);
            }
          }
        });
    try (LocalCache cache = fixture.open(LARGE, 1)) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread = new Thread(() -> cache.fetch(remote));
      thread.setUncaughtExceptionHandler((unused, thrown) -> failure.set(thrown));
      thread.start();
      reading.await();
      thread.interrupt();
      interrupted.countDown();
      thread.join();
      assertThat(failure.get()).isInstanceOf(UncheckedIOException.class);

      cache.fetch(remote).close();
    }
    assertThat(store.bytesRead).hasValue(950);
  }

  @Test
  void letsTheNextOneFetchWhenTheFirstFails() throws Exception {
    RemoteFile remote = fixture.remote("model", 950);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    store.beforeRead(
        (number, position) -> {
          if (number == 1) {
            reading.countDown();
            try {
              waiting.await();
            } catch (InterruptedException interruption) {
              throw new IOException(interruption);
            }
          }
          if (number <= 3) {
            throw new EOFException();
          }
        });
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (LocalCache cache = fixture.open(LARGE, 1)) {
      Future<?> first = threads.submit(() -> cache.fetch(remote));
      reading.await();
      Future<CachedFile> second = threads.submit(() -> cache.fetch(remote));
      waiting.countDown();
      assertThatThrownBy(first::get).hasMessageContaining("The file was cut off");
      try (CachedFile file = second.get()) {
        assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void keepsItsFolderToTheUser() throws IOException {
    fixture.open(LARGE).close();
    Path root = fixture.files().get(0).getParent();
    assertThat(Files.getPosixFilePermissions(root))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));

    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> fixture.open(LARGE))
        .hasMessage(
            "The cache directory is a link, or anyone may write into it (%s). Remove it, or set"
                    .formatted(root)
                + " cache.directory to another folder.");
  }

  @Test
  void refusesACacheDirectoryThatCannotBe() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(
            () ->
                LocalCache.open(
                    new CacheSettings(file.toString(), LARGE, 1, 1),
                    FaultyFileSystem.configuration()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The cache directory cannot be used: ")
        .hasMessageEndingWith("Set cache.directory to a folder on a local disk.");
  }

  @Test
  void mendsAnEntryThatIsNotWhatItWas() throws IOException {
    RemoteFile remote = fixture.remote("model", 450);
    try (LocalCache cache = fixture.open(LARGE)) {
      cache.fetch(remote).close();
      Files.write(fixture.file("data"), new byte[10]);
      try (CachedFile file = cache.fetch(remote)) {
        assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      }
      Files.writeString(fixture.file("record"), "");
      try (CachedFile file = cache.fetch(remote)) {
        assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));

        Files.delete(file.path());
        assertThatThrownBy(() -> cache.fetch(remote))
            .hasMessageStartingWith(
                "Something else removed or changed files of the cache while they were in use (");
      }
    }
  }

  @Test
  void noticesThatItsLocksWereRemoved() throws IOException {
    RemoteFile remote = fixture.remote("model", 450);
    try (LocalCache cache = fixture.open(LARGE)) {
      Files.delete(fixture.files().get(0));
      assertThatThrownBy(() -> cache.fetch(remote))
          .hasMessageStartingWith("Something else removed or changed files of the cache");
    }
  }
}
