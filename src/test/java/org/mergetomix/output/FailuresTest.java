package org.mergetomix.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class FailuresTest {

  @Test
  void findsTheUsersErrorThatEndedAJob(JavaSparkContext context) {
    Optional<UserException> found =
        Failures.mendable(
            failureOf(
                () ->
                    context
                        .parallelize(List.of(1), 1)
                        .foreach(
                            one -> {
                              throw UserException.input("Tensor x is missing", "a.file", "Add it");
                            })));

    assertThat(found)
        .hasValueSatisfying(
            mendable -> {
              assertThat(mendable.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(mendable).hasMessage("Tensor x is missing (a.file). Add it.");
            });
  }

  @Test
  void saysThatTheDiskIsFull() {
    Throwable full =
        new SparkException(
            "Job aborted",
            // As Hadoop does on a local disk.
            new Error("FSError", new IOException("No space left on device")));

    assertThat(Failures.mendable(full))
        .hasValueSatisfying(
            mendable -> {
              assertThat(mendable.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(mendable)
                  .hasMessage(
                      "The disk is full (No space left on device)."
                          + " Make room and start again: what is committed is kept.");
            });
    assertThat(Failures.mendable(new UncheckedIOException(new IOException("Disk quota exceeded"))))
        .hasValueSatisfying(
            mendable ->
                assertThat(mendable).hasMessageStartingWith("The disk is full (Disk quota"));
  }

  @Test
  void saysThatPermissionIsMissing() {
    for (IOException failure :
        List.of(
            new AccessDeniedException("/out"),
            new IOException("Mkdirs failed to create file:/out"),
            new IOException("/out: Read-only file system"),
            new IOException("/out (Permission denied)"))) {
      assertThat(Failures.mendable(new SparkException("Job aborted", failure)))
          .hasValueSatisfying(
              mendable ->
                  assertThat(mendable)
                      .hasMessageStartingWith("No permission to write (")
                      .hasMessageContaining("/out")
                      .hasMessageEndingWith(
                          "Choose an output that can be written, or mend its permissions."));
    }
  }

  @Test
  void takesNoBugForAUsersError() {
    assertThat(Failures.mendable(new IllegalStateException("bug"))).isEmpty();
    assertThat(Failures.mendable(new SparkException("Job aborted", new IOException("odd"))))
        .isEmpty();
    assertThat(Failures.mendable(new IOException((String) null))).isEmpty();
  }

  @Test
  void endsOnCausesThatGoRound() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);

    assertThat(Failures.mendable(one)).isEmpty();
  }

  @Test
  void describesAFailureInOneLine() {
    assertThat(Failures.describe(UserException.input("Wrong", "here", "Mend it")))
        .isEqualTo("Wrong (here). Mend it.");
    assertThat(Failures.describe(new IllegalStateException("first\nsecond")))
        .isEqualTo("IllegalStateException: first");
    assertThat(Failures.describe(new OutOfMemoryError())).isEqualTo("OutOfMemoryError: ");
  }

  private static Throwable failureOf(Runnable work) {
    return catchThrowable(work::run);
  }
}
