package org.mergetomix.output;

/**
 * A driver's file in the lease folder of an output.
 *
 * @param id whose it is, drawn at random; the file's name
 * @param term greater than those of all leases that this one took over; the greatest one counts
 * @param state whether its driver works, or asks to
 * @param owner the driver's process
 * @param since when the driver asked for it, by its own clock: for people to read
 * @param seconds how long it holds without being renewed
 * @param renewals how often it was renewed
 */
record LeaseEntry(
    String id,
    long term,
    State state,
    DriverProcess owner,
    String since,
    long seconds,
    long renewals) {

  /** What a driver does. */
  enum State {
    /** It waits until it is the only one. */
    ASKING,
    /** It works. */
    HOLDING
  }

  LeaseEntry renewed() {
    return new LeaseEntry(id, term, state, owner, since, seconds, renewals + 1);
  }

  LeaseEntry above(long other) {
    return new LeaseEntry(id, Math.max(term, other + 1), state, owner, since, seconds, renewals);
  }

  LeaseEntry holding() {
    return new LeaseEntry(id, term, State.HOLDING, owner, since, seconds, renewals + 1);
  }

  /** Whether this holds against another that holds too. */
  boolean beats(LeaseEntry other) {
    return term != other.term ? term > other.term : id.compareTo(other.id) < 0;
  }
}
