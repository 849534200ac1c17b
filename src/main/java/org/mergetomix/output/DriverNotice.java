package org.mergetomix.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.mergetomix.location.Location;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in an output that says which driver is at work there, from its start to its end. It keeps
 * nobody away: two drivers waste work, and neither loses nor mixes any. It warns whoever comes
 * second. Safe for use by several threads.
 */
public final class DriverNotice implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(DriverNotice.class);

  private static final String ENDING = ".json";

  /** After Spark has stopped, before Hadoop closes its file systems. */
  private static final int HOOK_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final OutputFiles files;
  private final Location file;
  private final List<String> others;
  private final Runnable hook = this::close;
  private boolean closed;

  private DriverNotice(OutputFiles files, Location file, List<String> others) {
    this.files = files;
    this.file = file;
    this.others = others;
  }

  /**
   * Says that this driver is at work, and looks who else is. The notice of a process that has
   * surely ended is removed without a word.
   *
   * @param folder where drivers put their notices; made if it is not there
   * @throws IOException if it cannot be written
   */
  public static DriverNotice post(OutputFiles files, Location folder) throws IOException {
    Location file = folder.child(RandomName.next() + ENDING);
    Content own = new Content(DriverProcess.current(), Instant.now().toString());
    files.write(file, JSON.writeValueAsString(own).getBytes(StandardCharsets.UTF_8));
    DriverNotice notice = new DriverNotice(files, file, others(files, folder, file));
    ShutdownHookManager.get().addShutdownHook(notice.hook, HOOK_PRIORITY);
    notice.others.forEach(LOGGER::warn);
    return notice;
  }

  private static List<String> others(OutputFiles files, Location folder, Location own)
      throws IOException {
    List<String> others = new ArrayList<>();
    for (Location file : files.children(folder)) {
      boolean notice = file.name().endsWith(ENDING) && !OutputFiles.isUnfinished(file);
      Optional<byte[]> text =
          notice && !file.equals(own) ? files.read(file) : Optional.<byte[]>empty();
      if (text.isPresent()) {
        Content content = content(text.get());
        if (content.owner().isGone()) {
          files.delete(file);
        } else {
          others.add(warning(content, file));
        }
      }
    }
    return List.copyOf(others);
  }

  private static Content content(byte[] text) throws IOException {
    try {
      return JSON.readValue(text, Content.class);
    } catch (JsonProcessingException broken) {
      // Such as the empty file of a machine that lost its power.
      return new Content(new DriverProcess("an unknown host", 0, "", ""), "an unknown time");
    }
  }

  private static String warning(Content content, Location file) {
    return "Another driver is at work on this output, or ended without a word: %s, since %s (%s)."
            .formatted(content.owner().name(), content.since(), file)
        + " Two drivers lose nothing, but both evaluate what is missing."
        + " If it has ended, delete that file.";
  }

  /** Who else is or was at work when this driver came, a sentence or two each; often nobody. */
  public List<String> others() {
    return others;
  }

  /** Removes the notice. */
  @Override
  public void close() {
    remove();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }

  private synchronized void remove() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      files.delete(file);
    } catch (IOException | RuntimeException failure) {
      LOGGER.warn("{} could not be removed: {}", file, failure.getMessage());
    }
  }

  /**
   * What a notice says.
   *
   * @param owner the driver's process
   * @param since when it came, by its own clock
   */
  private record Content(DriverProcess owner, String since) {}
}
