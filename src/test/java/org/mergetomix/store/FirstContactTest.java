package org.mergetomix.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.location.Location;

class FirstContactTest {

  private final Configuration hadoop = new Configuration(false);

  @BeforeEach
  void prepare() {
    Recorder.asked.clear();
    Recorder.failures.clear();
    hadoop.setClass("fs.s3a.impl", Recorder.class, Recorder.class);
    hadoop.setClass("fs.other.impl", Recorder.class, Recorder.class);
    hadoop.set("fs.s3a.endpoint", "http://127.0.0.1:1");
  }

  @Test
  void asksABucketOnceWithLittlePatienceAndTheSettingsOfTheJob() throws IOException {
    FirstContact.make(Location.of("s3a://once/run"), hadoop);
    FirstContact.make(Location.of("s3a://once/run"), hadoop);
    FirstContact.make(Location.of("s3a://once/inputs/base"), hadoop);

    assertThat(Recorder.asked)
        .singleElement()
        .satisfies(
            settings -> {
              assertThat(settings.get("fs.s3a.endpoint")).isEqualTo("http://127.0.0.1:1");
              assertThat(settings.get("fs.s3a.attempts.maximum")).isEqualTo("2");
              assertThat(settings.get("fs.s3a.retry.limit")).isEqualTo("1");
              assertThat(settings.get("fs.s3a.retry.throttle.limit")).isEqualTo("1");
              assertThat(settings.get("fs.s3a.connection.establish.timeout")).isEqualTo("15s");
            });
    assertThat(hadoop.get("fs.s3a.retry.limit")).isNull();
  }

  @Test
  void hasReachedABucketThatMissesTheFile() throws IOException {
    Recorder.failures.add(new FileNotFoundException("no such file"));

    FirstContact.make(Location.of("s3a://missing/run"), hadoop);
    FirstContact.make(Location.of("s3a://missing/run"), hadoop);

    assertThat(Recorder.asked).hasSize(1);
  }

  @Test
  void asksABucketAgainThatCouldNotBeReached() throws IOException {
    Recorder.failures.add(new ConnectException("refused"));

    assertThatThrownBy(() -> FirstContact.make(Location.of("s3a://away/run"), hadoop))
        .isInstanceOf(ConnectException.class)
        .hasMessage("refused");
    FirstContact.make(Location.of("s3a://away/run"), hadoop);

    assertThat(Recorder.asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/some/folder", "file:///some/folder", "other://host/folder"})
  void asksNothingButBuckets(String place) throws IOException {
    FirstContact.make(Location.of(place), hadoop);

    assertThat(Recorder.asked).isEmpty();
  }

  @Test
  void saysThatTheClassOfAConnectorIsMissing() {
    hadoop.set("fs.s3a.impl", "org.example.NoSuchFileSystem");

    assertThatThrownBy(() -> FirstContact.make(Location.of("s3a://classless/run"), hadoop))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasRootCauseInstanceOf(ClassNotFoundException.class);
    assertThatThrownBy(() -> Connector.fileSystem(Location.of("s3a://classless/run"), hadoop))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessage("s3a://classless/run");
  }

  /** A file system that answers every question, or fails as it is told. */
  private static final class Recorder extends RawLocalFileSystem {

    static final List<Configuration> asked = new ArrayList<>();
    static final Deque<IOException> failures = new ArrayDeque<>();

    @Override
    public void initialize(URI uri, Configuration settings) {
      setConf(settings);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      asked.add(getConf());
      IOException failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      return new FileStatus(1, false, 1, 1, 0, path);
    }
  }
}
