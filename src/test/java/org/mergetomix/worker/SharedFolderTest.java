package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFolderTest {

  @TempDir private Path memory;

  @Test
  void isItsOwnersAloneAndGoesWithEverythingInIt() throws Exception {
    Path file = Files.writeString(memory.resolve("config.json"), "{}");
    SharedFolder folder = SharedFolder.in(memory);
    folder.link(List.of(file));
    Files.createDirectories(folder.path().resolve("python/package"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
    assertThat(folder.path().resolve("config.json")).hasContent("{}");

    folder.close();
    folder.close();

    assertThat(memory).isDirectoryContaining(path -> path.equals(file));
    assertThat(memory.toFile().list()).hasSize(1);
  }

  @Test
  void removesWhatAKilledProcessLeftAndNothingElse() throws Exception {
    SharedFolder alive = SharedFolder.in(memory);
    String name = alive.path().getFileName().toString();
    String[] parts = name.split("-", 7);
    Path killed = memory.resolve(name.replace(parts[4], "1"));
    Path elsewhere = memory.resolve(name.replace(parts[4], "1").replace(parts[5], "17"));
    Path foreign = memory.resolve("merge-to-mix-notes");
    for (Path folder : List.of(killed, elsewhere, foreign)) {
      Files.writeString(Files.createDirectory(folder).resolve("file"), "x");
    }

    SharedFolder.in(memory).close();

    assertThat(killed).as("a process of that number that began at another time").doesNotExist();
    assertThat(elsewhere).as("of another container").exists();
    assertThat(foreign).exists();
    assertThat(alive.path()).exists();
  }

  @Test
  void wantsAFolder() {
    assertThatThrownBy(() -> SharedFolder.in(memory.resolve("none")))
        .hasMessageContaining("worker.shared-memory");
  }
}
