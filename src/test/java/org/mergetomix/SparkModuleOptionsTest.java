package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The JVMs that Maven starts get what Spark's launcher would have given them. */
class SparkModuleOptionsTest {

  @Test
  void listsWhatSparksOwnLauncherAdds() throws IOException {
    List<String> listed =
        Files.readAllLines(Path.of(".mvn", "spark-jvm.options")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();

    assertThat(listed).containsExactly(JavaModuleOptions.defaultModuleOptionArray());
  }

  @Test
  void reachesTheJvmOfTheTests() {
    assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments())
        .contains(JavaModuleOptions.defaultModuleOptionArray());
  }
}
