package org.mergetomix.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

/** What a lease promises, wherever its files lie. */
@Timeout(60)
abstract class OutputLeaseContract {

  static final String SOMEWHERE_ELSE = "elsewhere";

  /** A new output. */
  abstract Location output();

  /** How it is reached. */
  abstract OutputFiles files();

  @Test
  void refusesASecondDriverAndSaysWhoIsThere() {
    try (OutputLease first = acquire(1)) {
      assertThatThrownBy(() -> acquire(1))
          .isInstanceOfSatisfying(
              UserException.class,
              refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
          .hasMessageMatching(
              "Another driver works on this output: process %d on .+, since \\d{4}-.*Z \\(.*/lease/.*\\.json\\)\\. Choose another output, or wait for that driver or end it: its lease expires 1 s after its end\\."
                  .formatted(ProcessHandle.current().pid()));
      assertThat(first.loss()).isEmpty();
      first.require();
    }
  }

  @Test
  void isFreeAgainAtOnceWhenItIsGivenBack() throws IOException {
    acquire(3600).close();
    assertThat(entries()).isEmpty();

    acquire(3600).close();
  }

  @Test
  void takesOverFromADriverThatIsNotHeardOf() throws IOException {
    LeaseEntry dead = entry("0", 7, "2020-01-01T00:00:00Z", 1);
    folder().write(dead);

    try (OutputLease lease = acquire(1)) {
      lease.require();
      assertThat(entries())
          .singleElement()
          .satisfies(entry -> assertThat(entry.term()).isEqualTo(8))
          .satisfies(entry -> assertThat(entry.state()).isEqualTo(LeaseEntry.State.HOLDING));
    }
  }

  @Test
  void takesOverAtOnceFromAProcessThatHasEnded() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    DriverProcess other =
        new DriverProcess("here", ended.pid(), DriverProcess.current().space(), "1");
    ended.waitFor();
    folder().write(new LeaseEntry("0", 1, LeaseEntry.State.HOLDING, other, "now", 3600, 5));

    acquire(3600).close();

    assertThat(entries()).isEmpty();
  }

  @Test
  void takesOverFromAFileThatSaysNothing() throws IOException {
    files().write(folder().file("broken"), new byte[0]);

    acquire(1).close();

    assertThat(entries()).isEmpty();
  }

  @Test
  void waitsForAnotherHostsWordHoweverItsClockGoes() throws Exception {
    for (String since : List.of("1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z")) {
      LeaseEntry[] other = {entry("0", 1, since, 2)};
      folder().write(other[0]);
      during(
          100,
          () -> {
            other[0] = other[0].renewed();
            folder().write(other[0]);
            disturbTheClock(folder().file("0"), since);
            return null;
          },
          () -> assertThatThrownBy(() -> acquire(2)).hasMessageContaining("since " + since));
      // The same driver, dead.
      acquire(1).close();
      assertThat(entries()).isEmpty();
    }
  }

  /** Gives a file a time by a wrong clock, where that can be done. */
  void disturbTheClock(Location file, String time) throws IOException {}

  @Test
  void letsOneOfSeveralInThatAskAtTheSameTime() throws Exception {
    int drivers = 5;
    ExecutorService threads = Executors.newFixedThreadPool(drivers);
    CyclicBarrier together = new CyclicBarrier(drivers);
    CountDownLatch decided = new CountDownLatch(drivers);
    List<Future<Optional<Throwable>>> outcomes = new ArrayList<>();
    for (int driver = 0; driver < drivers; driver++) {
      outcomes.add(
          threads.submit(
              () -> {
                together.await();
                OutputLease[] held = new OutputLease[1];
                Throwable refusal = catchThrowable(() -> held[0] = acquire(2));
                decided.countDown();
                if (refusal == null) {
                  decided.await();
                  held[0].require();
                  held[0].close();
                }
                return Optional.ofNullable(refusal);
              }));
    }
    int held = 0;
    for (Future<Optional<Throwable>> outcome : outcomes) {
      Optional<Throwable> refusal = outcome.get();
      held += refusal.isEmpty() ? 1 : 0;
      refusal.ifPresent(
          why -> assertThat(why).hasMessageStartingWith("Another driver works on this output"));
    }
    threads.shutdown();

    assertThat(held).isEqualTo(1);
    assertThat(entries()).isEmpty();
  }

  @Test
  void stopsTheDriverThatAnotherTookOverFrom() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    try (OutputLease slept = OutputLease.acquire(output(), files(), 1, lost::countDown)) {
      folder().write(entry("successor", 1, "2026-01-01T00:00:00Z", 1));

      assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(slept::require)
          .isInstanceOfSatisfying(
              UserException.class, loss -> assertThat(loss.exitCode()).isEqualTo(ExitCode.INPUT))
          .hasMessageStartingWith(
              "Another driver took over this output: process 1 on elsewhere, since 2026-01-01")
          .hasMessageEndingWith("What is committed is kept: let one driver go on.");
    }
    assertThat(entries()).extracting(LeaseEntry::id).containsExactly("successor");
  }

  @Test
  void doesNotMindAPredecessorThatWakesUp() throws Exception {
    LeaseEntry dead = entry("0", 7, "2020-01-01T00:00:00Z", 1);
    folder().write(dead);
    try (OutputLease lease = acquire(1)) {
      CountDownLatch renewed = new CountDownLatch(5);
      during(
          200,
          () -> {
            folder().write(dead);
            renewed.countDown();
            return null;
          },
          () -> assertThat(renewed.await(30, TimeUnit.SECONDS)).isTrue());
      lease.require();
    }
  }

  @Test
  void stopsTheDriverWhoseLeaseWasRemoved() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    try (OutputLease lease = OutputLease.acquire(output(), files(), 1, lost::countDown)) {
      String own = entries().get(0).id();
      // A renewal that had begun before puts it back.
      for (int attempt = 0; attempt < 100 && lost.getCount() > 0; attempt++) {
        files().delete(folder().file(own));
        if (lost.await(200, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
      assertThatThrownBy(lease::require)
          .hasMessageStartingWith("The lease of this driver on its output was removed");
    }
  }

  final OutputLease acquire(long seconds) {
    return OutputLease.acquire(output(), files(), seconds, () -> {});
  }

  final LeaseFolder folder() {
    return new LeaseFolder(files(), output().child("lease"));
  }

  final List<LeaseEntry> entries() throws IOException {
    return folder().entries(1);
  }

  /** The file of a driver that cannot be seen from here. */
  static LeaseEntry entry(String id, long term, String since, long seconds) {
    return new LeaseEntry(
        id,
        term,
        LeaseEntry.State.HOLDING,
        new DriverProcess(SOMEWHERE_ELSE, 1, "another kernel", "1"),
        since,
        seconds,
        0);
  }

  /** Does some work while other work is done every now and then. */
  private static void during(long milliseconds, Callable<Void> repeated, ThrowingCallable work)
      throws Exception {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    Future<?> repetition =
        thread.scheduleAtFixedRate(
            () -> {
              try {
                repeated.call();
              } catch (Exception failure) {
                throw new IllegalStateException(failure);
              }
            },
            0,
            milliseconds,
            TimeUnit.MILLISECONDS);
    try {
      assertThatCode(work).doesNotThrowAnyException();
      assertThat(repetition.isDone()).as("it failed").isFalse();
    } finally {
      thread.shutdown();
      assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
