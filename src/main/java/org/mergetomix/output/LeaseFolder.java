package org.mergetomix.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.location.Location;

/** The lease files of an output, one a driver; each is written by its owner alone. */
final class LeaseFolder {

  private static final String ENDING = ".json";
  private static final int ATTEMPTS = 5;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final OutputFiles files;
  private final Location folder;

  LeaseFolder(OutputFiles files, Location folder) {
    this.files = files;
    this.folder = folder;
  }

  /** Where a driver's file lies. */
  Location file(String id) {
    return folder.child(id + ENDING);
  }

  /** Every file as it is now; one that cannot be understood holds until it expires. */
  List<LeaseEntry> entries(long secondsOfUnknown) throws IOException {
    List<LeaseEntry> entries = new ArrayList<>();
    for (Location file : files.children(folder)) {
      if (file.name().endsWith(ENDING) && !file.name().startsWith(OutputFiles.UNFINISHED)) {
        Optional<byte[]> text = read(file);
        if (text.isPresent()) {
          entries.add(entry(file, text.get(), secondsOfUnknown));
        }
      }
    }
    return List.copyOf(entries);
  }

  /** S3 refuses to go on with a file that is replaced between two requests of one reading. */
  private Optional<byte[]> read(Location file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return files.read(file);
      } catch (IOException failure) {
        if (attempt == ATTEMPTS) {
          throw failure;
        }
      }
    }
  }

  private static LeaseEntry entry(Location file, byte[] text, long secondsOfUnknown)
      throws IOException {
    String id = file.name().substring(0, file.name().length() - ENDING.length());
    try {
      LeaseEntry entry = JSON.readValue(text, LeaseEntry.class);
      if (entry.id().equals(id)) {
        return entry;
      }
    } catch (JsonProcessingException broken) {
      // Such as the empty file of a machine that lost its power.
    }
    return new LeaseEntry(
        id,
        0,
        LeaseEntry.State.HOLDING,
        new DriverProcess("an unknown host", 0, "", ""),
        "an unknown time",
        secondsOfUnknown,
        0);
  }

  void write(LeaseEntry entry) throws IOException {
    files.write(file(entry.id()), JSON.writeValueAsString(entry).getBytes(StandardCharsets.UTF_8));
  }

  void delete(LeaseEntry entry) throws IOException {
    files.delete(file(entry.id()));
  }
}
