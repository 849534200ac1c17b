package org.mergetomix.output;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A driver's way to a lease: it puts down a file of its own, and holds the lease once it has looked
 * and seen no other that is alive. Of two drivers, one at least put its file down before the other
 * looked, so they never both see nobody; of two that see each other, one gives way.
 *
 * <p>A driver is dead when its process can be known to have ended, and otherwise when its file does
 * not change for longer than it is meant to hold, by this machine's stopwatch. Nobody's clock is
 * compared with another's. Used by one thread.
 */
final class LeaseRequest {

  private static final Logger LOGGER = LoggerFactory.getLogger(LeaseRequest.class);

  private static final int LOOKS = 40;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final LeaseFolder folder;
  private final Duration duration;
  private final Map<String, Sighting> sightings = new HashMap<>();
  private LeaseEntry own;
  private long renewed;
  private boolean waitingIsSaid;

  /** A request that has not begun. */
  LeaseRequest(LeaseFolder folder, LeaseEntry own) {
    this.folder = folder;
    this.own = own;
    this.duration = Duration.ofSeconds(own.seconds());
  }

  /**
   * Waits until the lease is held, or another driver is known to be alive.
   *
   * @return the file as it is now
   * @throws UserException usage, if another driver works on the output
   */
  LeaseEntry hold() throws IOException, InterruptedException {
    boolean held = false;
    try {
      put(own);
      while (!isAlone()) {
        if (System.nanoTime() - renewed > duration.toNanos() / OutputLease.RENEWALS) {
          put(own.renewed());
        }
        pause();
      }
      held = true;
      return own;
    } finally {
      if (!held) {
        folder.delete(own);
      }
    }
  }

  /** One look at the others; holds the lease if none of them is alive. */
  private boolean isAlone() throws IOException {
    List<LeaseEntry> ended = new ArrayList<>();
    boolean waiting = false;
    for (LeaseEntry other : others()) {
      Sighting sighting = see(other);
      if (sighting.hasEnded()) {
        ended.add(other);
      } else if (sighting.changed() && givesWayTo(other)) {
        throw refusal(other);
      } else {
        waiting = true;
        say(other);
      }
    }
    LeaseEntry above = own;
    for (LeaseEntry other : ended) {
      above = above.above(other.term());
    }
    if (above.term() != own.term()) {
      // Others have to see the term before it counts, so this look decides nothing.
      put(above);
      return false;
    }
    return !waiting && takeOver(ended);
  }

  private boolean takeOver(List<LeaseEntry> ended) throws IOException {
    put(own.holding());
    // One that slept since it looked may have thought itself alone, as this one may have.
    for (LeaseEntry other : others()) {
      if (other.state() == LeaseEntry.State.HOLDING && other.beats(own)) {
        throw refusal(other);
      }
    }
    for (LeaseEntry other : ended) {
      folder.delete(other);
    }
    return true;
  }

  private boolean givesWayTo(LeaseEntry other) {
    return other.state() == LeaseEntry.State.HOLDING || other.id().compareTo(own.id()) < 0;
  }

  private List<LeaseEntry> others() throws IOException {
    return folder.entries(own.seconds()).stream()
        .filter(entry -> !entry.id().equals(own.id()))
        .toList();
  }

  private void put(LeaseEntry entry) throws IOException {
    renewed = System.nanoTime();
    own = entry;
    folder.write(entry);
  }

  private Sighting see(LeaseEntry other) {
    Sighting before = sightings.get(other.id());
    Sighting now =
        before == null
            ? new Sighting(other, System.nanoTime(), false)
            : before.entry().equals(other) ? before : new Sighting(other, System.nanoTime(), true);
    sightings.put(other.id(), now);
    return now;
  }

  private void say(LeaseEntry other) {
    if (!waitingIsSaid) {
      waitingIsSaid = true;
      LOGGER.info(
          "{} holds the output: seeing for up to {} s whether it is alive",
          other.owner().name(),
          Sighting.patience(other).toSeconds());
    }
  }

  private UserException refusal(LeaseEntry other) {
    return UserException.usage(
        "Another driver works on this output: %s, since %s"
            .formatted(other.owner().name(), other.since()),
        folder.file(other.id()).toString(),
        ("Choose another output, or wait for that driver or end it: its lease expires %d s after"
                + " its end")
            .formatted(Sighting.patience(other).toSeconds()));
  }

  private void pause() throws InterruptedException {
    long pause = Math.min(duration.toNanos() / LOOKS, LONGEST_PAUSE.toNanos());
    if (new CountDownLatch(1).await(pause, TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("Nobody counts this down");
    }
  }

  /**
   * What is known of another driver.
   *
   * @param entry its file as it was last
   * @param since by the stopwatch, when the file was first seen so
   * @param changed whether it was seen in another way before: its driver lives
   */
  private record Sighting(LeaseEntry entry, long since, boolean changed) {

    /** A quarter longer than its owner trusts it. */
    static Duration patience(LeaseEntry entry) {
      return Duration.ofSeconds(entry.seconds()).multipliedBy(5).dividedBy(4);
    }

    boolean hasEnded() {
      return entry.owner().isGone() || System.nanoTime() - since > patience(entry).toNanos();
    }
  }
}
