package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

class CachedFolderTest {

  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path folder;
  private CacheFixture fixture;

  @BeforeEach
  void begin() {
    fixture = new CacheFixture(folder);
    fixture.remote(FIRST, 450);
    fixture.remote(SECOND, 350);
    fixture.remote("model.safetensors.index.json", 20);
  }

  @Test
  void lendsFilesUnderTheirNamesInOneFolder() throws IOException {
    try (LocalCache cache = fixture.open(1000);
        CachedFolder lent = cache.fetchFolder(remoteFolder(), shards())) {
      assertThat(names(lent.path())).containsExactly(FIRST, SECOND, "model.safetensors.index.json");
      assertThat(lent.path().resolve(FIRST)).hasSameBinaryContentAs(fixture.origin(FIRST));
      assertThat(lent.path().resolve(SECOND)).hasSameBinaryContentAs(fixture.origin(SECOND));
      assertThat(lent.bytes()).isEqualTo(820);
      assertThat(lent.files().get(FIRST).digest()).isEqualTo(Digests.sha256(fixture.origin(FIRST)));
      try (CachedFolder again = cache.fetchFolder(remoteFolder(), shards())) {
        assertThat(again.path()).isEqualTo(lent.path());
      }
    }
    assertThat(fixture.store.bytesRead).hasValue(820);
  }

  @Test
  void keepsAllFilesWhileTheFolderIsLentAndNoneLonger() throws IOException {
    RemoteFile large = fixture.remote("large", 700);
    try (LocalCache cache = fixture.open(1000)) {
      CachedFolder lent = cache.fetchFolder(remoteFolder(), shards());
      assertThatThrownBy(() -> cache.fetch(large))
          .hasMessage(
              "A file of 700 bytes does not fit into a cache of 1000, of which 820 are in use (%s)."
                      .formatted(large.location().text())
                  + " Raise cache.capacity to at least 1520.");
      assertThat(lent.path().resolve(FIRST)).hasSameBinaryContentAs(fixture.origin(FIRST));

      lent.close();
      lent.close();
      cache.fetch(large).close();
      assertThat(lent.path()).doesNotExist();
      assertThat(cache.statistics().evictions()).isEqualTo(2);
    }
  }

  @Test
  void fetchesOnlyWhatWasEvicted() throws IOException {
    RemoteFile other = fixture.remote("other", 500);
    try (LocalCache cache = fixture.open(1000)) {
      cache.fetchFolder(remoteFolder(), shards()).close();
      cache.fetch(other).close();
      long before = fixture.store.bytesRead.get();
      try (CachedFolder lent = cache.fetchFolder(remoteFolder(), shards())) {
        assertThat(names(lent.path())).hasSize(3);
        assertThat(lent.path().resolve(FIRST)).hasSameBinaryContentAs(fixture.origin(FIRST));
      }
      assertThat(fixture.store.bytesRead.get() - before).isEqualTo(450);
    }
  }

  @Test
  void givesBackEverythingWhenOneFileIsRefused() {
    RemoteFile large = fixture.remote("large", 1000);
    SortedMap<String, String> digests = shards();
    digests.put(SECOND, "0".repeat(64));
    try (LocalCache cache = fixture.open(1000)) {
      assertThatThrownBy(() -> cache.fetchFolder(remoteFolder(), digests))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("its sha256 is")
          .hasMessageContaining(SECOND);
      cache.fetch(large).close();
    }
  }

  @Test
  void makesAnotherFolderOfOtherContents() throws IOException {
    try (LocalCache cache = fixture.open(2000);
        CachedFolder old = cache.fetchFolder(remoteFolder(), shards())) {
      byte[] before = Files.readAllBytes(fixture.origin(FIRST));
      fixture.remote(FIRST, CacheFixture.content(450, 99));
      fixture.store.etag("new");
      try (CachedFolder current = cache.fetchFolder(remoteFolder(), shards())) {
        assertThat(current.path()).isNotEqualTo(old.path());
        assertThat(old.path().resolve(FIRST)).hasBinaryContent(before);
        assertThat(current.path().resolve(FIRST)).hasBinaryContent(CacheFixture.content(450, 99));
      }
    }
  }

  @Test
  void usesALocalFolderInPlace() {
    Path local = fixture.origin(FIRST).getParent();
    SortedMap<String, String> digests = shards();
    digests.put(FIRST, Digests.sha256(fixture.origin(FIRST)));
    try (LocalCache cache = fixture.open(1000);
        CachedFolder lent = cache.fetchFolder(Location.of(local.toUri().toString()), digests);
        CachedFolder plain = cache.fetchFolder(Location.of(local), digests)) {
      assertThat(lent.path()).isEqualTo(local);
      assertThat(plain.path()).isEqualTo(local);
      assertThat(lent.bytes()).isEqualTo(820);
    }
    assertThat(fixture.extensions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../model",
        "a/b",
        "/etc/passwd",
        ".hidden",
        "a\\b",
        "a b",
        "é",
        "-x"
      })
  void refusesNamesThatAreNotPlain(String name) {
    try (LocalCache cache = fixture.open(1000)) {
      assertThatThrownBy(() -> cache.fetchFolder(remoteFolder(), new TreeMap<>(Map.of(name, ""))))
          .hasMessage(
              "\"%s\" is not a plain file name (%s). Files of a checkpoint lie in its folder, under"
                      .formatted(name, remoteFolder())
                  + " names of letters, digits and . _ + = -.");
    }
    assertThat(fixture.extensions()).isEmpty();
  }

  private Location remoteFolder() {
    return fixture.at(FIRST, "").location().parent();
  }

  private static SortedMap<String, String> shards() {
    SortedMap<String, String> digests = new TreeMap<>();
    digests.put(FIRST, "");
    digests.put(SECOND, "");
    digests.put("model.safetensors.index.json", "");
    return digests;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
