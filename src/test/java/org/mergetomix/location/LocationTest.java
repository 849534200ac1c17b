package org.mergetomix.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {

  @ParameterizedTest
  @CsvSource({
    "/data/./a/../b/, /data/b",
    "file:///data/b, /data/b",
    "file:/data/b, /data/b",
    "FILE:///data/b, /data/b",
    "s3a://bucket/a//b/./c/../d/, s3a://bucket/a/b/d",
    "S3A://Bucket/A, s3a://Bucket/A",
    "s3a://bucket, s3a://bucket",
    "s3a://bucket/, s3a://bucket",
    "hdfs:///user/me, hdfs:///user/me",
    "abfss://container@account.dfs.core.windows.net/x,"
        + " abfss://container@account.dfs.core.windows.net/x",
    "s3a://bucket/50% off?x=1, s3a://bucket/50% off?x=1"
  })
  void hasOneSpelling(String written, String normal) {
    assertThat(Location.of(written).text()).isEqualTo(normal);
    assertThat(Location.of(normal)).isEqualTo(Location.of(written)).hasToString(normal);
  }

  @Test
  void startsARelativePathAtTheWorkingDirectory() {
    assertThat(Location.of("runs/one").path()).isEqualTo(Path.of("runs/one").toAbsolutePath());
  }

  @ParameterizedTest
  @CsvSource({
    "/data/x, file:///data/x",
    "s3a://bucket/x, s3a://bucket/x",
    "s3a://bucket, s3a://bucket/",
    "hdfs:///x, hdfs:///x"
  })
  void tellsHadoopTheScheme(String text, String uri) {
    assertThat(Location.of(text).uri()).isEqualTo(uri);
  }

  @ParameterizedTest
  @CsvSource({
    "/data, x/y.txt, /data/x/y.txt",
    "/data, ../y.txt, /y.txt",
    "/data, /other, /other",
    "/data, s3a://b/x, s3a://b/x",
    "s3a://b/data, x/y.txt, s3a://b/data/x/y.txt",
    "s3a://b/data, ../y.txt, s3a://b/y.txt",
    "s3a://b, y.txt, s3a://b/y.txt",
    "s3a://b/data, hdfs://n:8020/y, hdfs://n:8020/y",
    "s3a://b/data, file:///y, /y",
    "s3a://b/data, /y, /y"
  })
  void resolvesWhatAFileInItsFolderSays(String folder, String said, String meant) {
    assertThat(Location.of(folder).resolve(said)).isEqualTo(Location.of(meant));
  }

  @ParameterizedTest
  @CsvSource({
    "/data/x/y, /data, x/y",
    "/database/x, /data, /database/x",
    "/x, /, x",
    "s3a://b/data/x, s3a://b/data, x",
    "s3a://b/x, s3a://b, x",
    "s3a://b/x, /data, s3a://b/x"
  })
  void isNamedFromAFolder(String text, String folder, String said) {
    Location location = Location.of(text);
    assertThat(location.from(Location.of(folder))).isEqualTo(said);
    assertThat(Location.of(folder).resolve(said)).isEqualTo(location);
  }

  @ParameterizedTest
  @CsvSource({
    "/data/x, x, /data",
    "/, '', /",
    "s3a://b/x/y, y, s3a://b/x",
    "s3a://b/x, x, s3a://b",
    "s3a://b, '', s3a://b"
  })
  void hasANameInAParent(String text, String name, String parent) {
    assertThat(Location.of(text).name()).isEqualTo(name);
    assertThat(Location.of(text).parent()).isEqualTo(Location.of(parent));
  }

  @Test
  void onlyALocalOneHasAPath() {
    Location store = Location.of("s3a://b/x");
    assertThat(store.isLocal()).isFalse();
    assertThatThrownBy(store::path).hasMessage("Not on the local file system: s3a://b/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://KEY:SECRET@bucket/x", "hdfs://me:SECRET@host:1/x"})
  void refusesAPasswordAndDoesNotRepeatIt(String text) {
    assertThatThrownBy(() -> Location.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("holds a password: give credentials to Spark, as spark.hadoop.*, not here");
  }

  @ParameterizedTest
  @CsvSource({
    "s3a://b/../x, leads out of its store",
    "file://host/x, 'names a host for a local file: write file:/// with three slashes, or a plain"
        + " path'"
  })
  void refusesWhatNamesNoPlace(String text, String reason) {
    assertThatThrownBy(() -> Location.of(text)).hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "dbfs:/x, dbfs:///x",
    "hdfs:/user/me, hdfs:///user/me",
    "HDFS:/user/../me/, hdfs:///me",
    "viewfs:/x, viewfs:///x"
  })
  void takesASchemeWithOneSlashForTheStoreWhereItNeedsNoHost(String written, String normal) {
    assertThat(Location.of(written)).isEqualTo(Location.of(normal)).hasToString(normal);
    assertThat(Location.of("/data").resolve(written)).isEqualTo(Location.of(normal));
    assertThat(Location.of(written).isLocal()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "s3:/x, s3://bucket/path",
    "s3a:/x, s3a://bucket/path",
    "s3a:bucket/x, s3a://bucket/path",
    "s3a:///x, s3a://bucket/path",
    "GS:/x, gs://bucket/path",
    "abfss:/x, abfss://container@account/path"
  })
  void refusesAStoreWithoutItsBucket(String written, String example) {
    String reason = "names no bucket: write it as " + example;
    assertThatThrownBy(() -> Location.of(written)).hasMessage(reason);
    assertThatThrownBy(() -> Location.of("/data").resolve(written)).hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "~/x, ~",
    "~, ~",
    "~me/x, ~",
    "$HOME/x, $HOME",
    "${HOME}/x, ${HOME}",
    "/data/$USER/x, $USER",
    "s3a://b/run-$DATE, $DATE"
  })
  void refusesWhatOnlyAShellReplaces(String written, String what) {
    String reason =
        "holds " + what + ", which a shell replaces and nobody else: write the whole path";
    assertThatThrownBy(() -> Location.of(written)).hasMessage(reason);
    assertThatThrownBy(() -> Location.of("/data").resolve(written)).hasMessage(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run:1", "x/s3:/y", "./s3:/x", "a~", "x/~y", "price$5", "a$"})
  void leavesOtherNamesAlone(String written) {
    assertThat(Location.of(written).path())
        .isEqualTo(Path.of(written).toAbsolutePath().normalize());
  }

  @Test
  void takesNamesOfFilesThatAreThereAsTheyAre() {
    Location folder = Location.of("s3a://b/x");
    assertThat(folder.child("$HOME")).hasToString("s3a://b/x/$HOME");
    assertThat(Location.of(Path.of("s3:/x")).path()).isEqualTo(Path.of("s3:/x").toAbsolutePath());
  }

  @Test
  void refusesControlCharacters() {
    assertThatThrownBy(() -> Location.of("s3a://b/x\ny")).hasMessage("holds control characters");
  }
}
