package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkerLaunchTest {

  private static final Path PACKAGE =
      Path.of("src", "main", "python", "worker", "merge_to_mix_worker");

  @Test
  void bringsEveryModuleOfThePackage() throws Exception {
    try (Stream<Path> files = Files.list(PACKAGE)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".py"))
          .containsExactlyInAnyOrderElementsOf(
              WorkerLaunch.MODULES.stream().map(module -> module + ".py").toList());
    }
  }
}
