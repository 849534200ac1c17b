package org.mergetomix.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;

class DriverNoticeTest {

  private final OutputFiles files = new OutputFiles(new Configuration());

  @TempDir private Path folder;

  @Test
  void saysWhoIsThereSinceWhen() throws IOException {
    try (DriverNotice first = post();
        DriverNotice second = post()) {
      assertThat(first.others()).isEmpty();
      assertThat(second.others())
          .singleElement()
          .asString()
          .matches(
              ("Another driver is at work on this output, or ended without a word: process %d on"
                      + " .+, since \\d{4}-.*Z \\(.*\\.json\\)\\. Two drivers lose nothing, but both"
                      + " evaluate what is missing\\. If it has ended, delete that file\\.")
                  .formatted(ProcessHandle.current().pid()));
    }
    assertThat(files.children(Location.of(folder))).isEmpty();
  }

  @Test
  void forgetsAProcessThatHasEnded() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    write(ended.pid(), DriverProcess.current().space());

    try (DriverNotice notice = post()) {
      assertThat(notice.others()).isEmpty();
    }
    assertThat(files.children(Location.of(folder))).isEmpty();
  }

  @Test
  void keepsTheNoticeOfAProcessThatCannotBeSeen() throws Exception {
    write(1, "another kernel");

    try (DriverNotice notice = post()) {
      assertThat(notice.others())
          .singleElement()
          .asString()
          .contains("process 1 on elsewhere, since noon (" + folder.resolve("0.json") + ")");
    }
    assertThat(folder.resolve("0.json")).isRegularFile();
  }

  @Test
  void warnsOfANoticeThatSaysNothing() throws IOException {
    files.write(Location.of(folder.resolve("0.json")), new byte[0]);

    try (DriverNotice notice = post()) {
      assertThat(notice.others()).singleElement().asString().contains("on an unknown host");
    }
  }

  private DriverNotice post() throws IOException {
    return DriverNotice.post(files, Location.of(folder));
  }

  private void write(long process, String space) throws IOException {
    String text =
        """
        {"owner": {"host": "elsewhere", "process": %d, "space": "%s", "start": "1"},
         "since": "noon"}
        """
            .formatted(process, space);
    files.write(Location.of(folder.resolve("0.json")), text.getBytes(StandardCharsets.UTF_8));
  }
}
