package org.mergetomix.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class LocalOutputTest {

  private static final Location IN_A_STORE = Location.of("s3a://bucket/run/models/a+b.safetensors");

  @TempDir private Path folder;

  @Test
  void writesALocalFileInItsPlace() {
    Location place = Location.of(folder.resolve("model.safetensors"));

    try (InputFiles cache = cache(10);
        LocalOutput output = LocalOutput.of(place, 1000, cache, new Configuration())) {
      assertThat(output.path()).isEqualTo(place.path());
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void takesRoomInTheCacheForAFileOfAStoreAndGivesItBack() throws IOException {
    Path path;
    try (InputFiles cache = cache(1000);
        LocalOutput output = LocalOutput.of(IN_A_STORE, 1000, cache, new Configuration())) {
      path = output.path();
      Files.write(path, new byte[1000]);
      assertThat(path).startsWith(folder.resolve("cache")).hasFileName("a+b.safetensors");
    }
    assertThat(path.getParent()).doesNotExist();
  }

  @Test
  void refusesWhatTheCacheHasNoRoomFor() {
    try (InputFiles cache = cache(999)) {
      assertThatThrownBy(() -> LocalOutput.of(IN_A_STORE, 1000, cache, new Configuration()))
          .isInstanceOfSatisfying(
              UserException.class,
              refusal -> {
                assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(refusal)
                    .hasMessageContaining("(" + IN_A_STORE + "). Raise cache.capacity");
              });
    }
  }

  private InputFiles cache(long capacity) {
    return new InputFiles(
        new CacheSettings(folder.resolve("cache").toString(), capacity, 1, 100),
        new Configuration());
  }
}
