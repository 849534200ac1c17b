package org.mergetomix.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;

/** Leases on a local file system. */
class OutputLeaseTest extends OutputLeaseContract {

  @TempDir private Path folder;

  @Override
  Location output() {
    return Location.of(folder.resolve("run"));
  }

  @Override
  OutputFiles files() {
    return new OutputFiles(new Configuration());
  }

  @Override
  void disturbTheClock(Location file, String time) throws IOException {
    Files.setLastModifiedTime(file.path(), FileTime.from(Instant.parse(time)));
  }
}
