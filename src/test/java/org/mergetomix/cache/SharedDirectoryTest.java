package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Digests;

/** Several JVMs with one cache directory, killed ones and full disks among them. */
@Timeout(60)
class SharedDirectoryTest {

  private static final long LARGE = 1L << 30;

  @TempDir Path folder;
  private CacheFixture fixture;

  @BeforeEach
  void begin() {
    // The same name as in the other processes: a location is part of a key.
    fixture = new CacheFixture(folder, "child");
    fixture.store.bytesRead.set(0);
  }

  @Test
  void readsEachFileOnceForSeveralProcesses() throws IOException {
    List<String> names = List.of("a", "b", "c");
    for (String name : names) {
      fixture.remote(name, 5000);
    }
    try (FetchProcess first = FetchProcess.start(folder, LARGE);
        FetchProcess second = FetchProcess.start(folder, LARGE);
        FetchProcess third = FetchProcess.start(folder, LARGE)) {
      assertThat(first.send("pause").answer()).isEqualTo("will pause");
      assertThat(first.send("fetch a").answer()).isEqualTo("reading");
      for (FetchProcess process : List.of(second, third)) {
        assertThat(process.send("announce").answer()).isEqualTo("will announce");
        assertThat(process.send("fetch a").answer()).isEqualTo("looking");
      }
      first.send("go");

      long read = 0;
      for (FetchProcess process : List.of(first, second, third)) {
        process.send("fetch b").send("fetch c").send("bytes");
      }
      for (FetchProcess process : List.of(first, second, third)) {
        for (String name : names) {
          assertThat(process.digest()).isEqualTo(Digests.sha256(fixture.origin(name)));
        }
        read += Long.parseLong(process.answer());
      }
      assertThat(read).isEqualTo(15_000);
    }
  }

  @Test
  void goesOnWhereAKilledProcessStopped() throws Exception {
    RemoteFile remote = fixture.remote("model", 5000);
    try (FetchProcess first = FetchProcess.start(folder, LARGE);
        FetchProcess second = FetchProcess.start(folder, LARGE)) {
      assertThat(first.send("hang 31").answer()).isEqualTo("will hang");
      assertThat(first.send("fetch model").answer()).isEqualTo("hanging");
      second.send("fetch model").send("bytes");
      first.kill();

      assertThat(second.answer()).isEqualTo(Digests.sha256(fixture.origin("model")));
      assertThat(second.answer()).isEqualTo("2000");
      try (LocalCache cache = fixture.open(LARGE)) {
        cache.fetch(remote).close();
        assertThat(cache.statistics().hits()).isEqualTo(1);
      }
    }
  }

  @Test
  void neverEvictsWhatAnotherProcessUses() throws Exception {
    fixture.remote("model", 600);
    RemoteFile other = fixture.remote("other", 500);
    try (FetchProcess process = FetchProcess.start(folder, 1000);
        LocalCache cache = fixture.open(1000)) {
      String digest = process.send("hold model").answer();
      assertThatThrownBy(() -> cache.fetch(other))
          .hasMessage(
              "A file of 500 bytes does not fit into a cache of 1000, of which 600 are in use (%s)."
                      .formatted(other.location().text())
                  + " Raise cache.capacity to at least 1100.");
      assertThat(process.send("hold model").answer()).isEqualTo(digest);

      assertThat(process.send("release").answer()).isEqualTo("released");
      cache.fetch(other).close();
      assertThat(cache.statistics().evictions()).isEqualTo(1);
      assertThat(process.send("bytes").answer()).isEqualTo("600");
    }
  }

  /** Closing a file for an interrupted thread must not let go of the locks of all the others. */
  @Test
  void keepsItsLocksWhenAnInterruptedThreadComesBy() throws Exception {
    RemoteFile held = fixture.remote("held", 600);
    RemoteFile other = fixture.remote("other", 300);
    fixture.remote("large", 500);
    try (FetchProcess process = FetchProcess.start(folder, 1000);
        LocalCache cache = fixture.open(1000);
        CachedFile file = cache.fetch(held)) {
      Thread.currentThread().interrupt();
      cache.fetch(held).close();
      assertThatThrownBy(() -> cache.fetch(other)).isInstanceOf(UncheckedIOException.class);
      assertThat(Thread.interrupted()).isTrue();

      assertThat(process.send("fetch large").answer()).contains("of which 600 are in use");
      assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("held"));
    }
  }

  @Test
  void mayEvictWhatAKilledProcessUsedOrLeftUnfinished() throws Exception {
    fixture.remote("model", 600);
    fixture.remote("unfinished", 400);
    RemoteFile other = fixture.remote("other", 1000);
    try (FetchProcess process = FetchProcess.start(folder, 1000);
        LocalCache cache = fixture.open(1000)) {
      process.send("hold model").answer();
      process.send("hang 8").answer();
      assertThat(process.send("fetch unfinished").answer()).isEqualTo("hanging");
      assertThatThrownBy(() -> cache.fetch(other)).hasMessageContaining("of which 1000 are in use");
      process.kill();

      cache.fetch(other).close();
      assertThat(fixture.extensions()).containsExactly("data", "record");
    }
  }

  /** The kernel refuses to let a file of this process grow, whoever runs the test. */
  @Test
  void keepsWhatItHasWhenTheKernelRefusesAWrite() throws Exception {
    RemoteFile remote = fixture.remote("model", 5000);
    try (FetchProcess process = FetchProcess.start("ulimit -f 2 && exec \"$@\"", folder, LARGE)) {
      assertThat(process.send("fetch model").answer())
          .startsWith("The disk of the cache is full: File too large (")
          .endsWith(". Free some space, or set cache.directory to a folder on a larger disk.");
    }
    assertThat(fixture.extensions()).containsExactly("chunks", "part");
    try (LocalCache cache = fixture.open(LARGE);
        CachedFile file = cache.fetch(remote)) {
      assertThat(file.path()).hasSameBinaryContentAs(fixture.origin("model"));
      assertThat(cache.statistics().totalBytesRead()).isEqualTo(3000);
    }
  }

  /** A disk of its own that another program fills; needs user namespaces. */
  @Test
  void goesOnWhenAFullDiskHasRoomAgain() throws Exception {
    fixture.remote("model", 20_000);
    String mounted =
        "exec unshare -Urm bash -c 'mkdir -p \"%s\" && mount -t tmpfs -o size=256k none \"%s\""
            + " && echo mounted && exec \"$@\"' bash \"$@\"";
    Path disk = folder.resolve("cache");
    try (FetchProcess process = FetchProcess.start(mounted.formatted(disk, disk), folder, LARGE)) {
      assumeThat(process.answer()).as("may mount a disk").isEqualTo("mounted");
      process.send("fill 51").answer();

      assertThat(process.send("fetch model").answer())
          .startsWith("The disk of the cache is full: No space left on device (");
      assertThat(process.send("free").answer()).isEqualTo("freed");
      assertThat(process.send("fetch model").answer())
          .isEqualTo(Digests.sha256(fixture.origin("model")));
      // At most what was read when the disk was full, in two threads, is read again.
      assertThat(Long.parseLong(process.send("bytes").answer())).isBetween(20_000L, 20_200L);
    }
  }

  @Test
  void refusesBeforeItReadsWhatTheDiskCannotTake() {
    RemoteFile remote = fixture.remote("model", 100);
    fixture.store.claimedLength(1L << 60);
    try (LocalCache cache = fixture.open(Long.MAX_VALUE)) {
      assertThatThrownBy(() -> cache.fetch(remote))
          .hasMessageMatching(
              "The disk of the cache has \\d+ bytes free, but .* needs 1152921504606846976"
                  + " \\(.*\\)\\. Free some space, or set cache.directory to a folder on a larger"
                  + " disk\\.");
      assertThat(fixture.store.bytesRead).hasValue(0);
      assertThat(fixture.extensions()).isEmpty();
    } finally {
      fixture.store.recover();
    }
  }
}
