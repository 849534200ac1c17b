package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** The files of data, on this machine and in a store. */
class DataListingTest {

  private enum Place {
    LOCAL,
    REMOTE
  }

  @TempDir Path folder;
  private CacheFixture fixture;
  private InputFiles files;

  @BeforeEach
  void open() {
    fixture = new CacheFixture(folder);
    files =
        new InputFiles(
            new CacheSettings(folder.resolve("cache").toString(), 1 << 20, 2, 1000),
            FaultyFileSystem.configuration());
  }

  @AfterEach
  void close() {
    files.close();
  }

  @ParameterizedTest
  @EnumSource
  void listsAFileAFolderAndAGlob(Place place) throws IOException {
    Location data = data(place, "b.jsonl", "a.txt", "c.jsonl", "_SUCCESS", ".hidden");

    assertThat(files.dataFiles(data.child("a.txt"))).containsExactly(data.child("a.txt"));
    assertThat(files.dataFiles(data))
        .containsExactly(data.child("a.txt"), data.child("b.jsonl"), data.child("c.jsonl"));
    assertThat(files.dataFiles(data.child("*.jsonl")))
        .containsExactly(data.child("b.jsonl"), data.child("c.jsonl"));
    assertThat(files.dataFiles(data.child("[ab].{txt,jsonl}")))
        .containsExactly(data.child("a.txt"), data.child("b.jsonl"));
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatNamesNoFile(Place place) throws IOException {
    Location data = data(place, "a.txt", "inner/b.txt");

    assertRefused(data, "A folder of data holds the folder inner (%s)");
    assertRefused(data.child("*.jsonl"), "No file matches (%s)");
    assertRefused(data.child("b.txt"), "There is no data (%s)");
    assertRefused(data.child("none/*.txt"), "There is no data (%s)");
    assertRefused(data.child("[a"), "The wildcards make no sense: ");
    assertThat(files.dataProblems("The data", data.child("b.txt"), "Mend it"))
        .containsExactly(
            new Problem("The data does not exist", data.child("b.txt").text(), "Mend it"));
  }

  @ParameterizedTest
  @EnumSource
  void digestsContentsAndNotNames(Place place) throws IOException {
    Location data = data(place, "a.txt", "b.txt");

    assertThat(files.dataDigest(data.child("a.txt")))
        .isEqualTo(files.digest(data.child("a.txt"), ""));
    assertThat(files.dataDigest(data))
        .isEqualTo(files.dataDigest(data.child("*")))
        .isNotEqualTo(files.dataDigest(data.child("a.txt")));
  }

  private Location data(Place place, String... names) throws IOException {
    Location data =
        place == Place.LOCAL
            ? Location.of(Files.createDirectory(folder.resolve("data")))
            : fixture.at("data", "").location();
    Path origin = place == Place.LOCAL ? data.path() : fixture.origin("data");
    for (String name : List.of(names)) {
      Path file = origin.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
    return data;
  }

  private void assertRefused(Location data, String message) {
    assertThatThrownBy(() -> files.dataFiles(data))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message.formatted(data));
  }
}
