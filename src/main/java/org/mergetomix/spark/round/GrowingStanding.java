package org.mergetomix.spark.round;

import org.mergetomix.search.Round;
import org.mergetomix.search.Standing;

/** A standing that grows by a round once all of that is answered. */
public interface GrowingStanding extends Standing {

  /** One more round is answered. */
  void add(Round round);
}
