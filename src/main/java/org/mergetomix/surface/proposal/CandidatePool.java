package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The subsets of the lowest means seen on a walk, each once, up to a number of them. */
final class CandidatePool {

  private record Candidate(BitSet members, double mean) {}

  private final int capacity;
  private final PriorityQueue<Candidate> worstFirst =
      new PriorityQueue<>(Comparator.comparingDouble(candidate -> -candidate.mean()));
  private final Set<BitSet> held = new HashSet<>();

  CandidatePool(int capacity) {
    this.capacity = capacity;
  }

  /** Whether a subset of this mean would be taken. */
  boolean wants(double mean) {
    return worstFirst.size() < capacity || mean < worstFirst.peek().mean();
  }

  /** Takes a subset, which the caller no longer changes, unless it is here or others are better. */
  void offer(BitSet members, double mean) {
    if (wants(mean) && held.add(members)) {
      worstFirst.add(new Candidate(members, mean));
      if (worstFirst.size() > capacity) {
        held.remove(worstFirst.remove().members());
      }
    }
  }

  /** The subsets, the lowest mean first. */
  List<BitSet> lowestFirst() {
    List<Candidate> candidates = new ArrayList<>(worstFirst);
    candidates.sort(Comparator.comparingDouble(Candidate::mean));
    return candidates.stream().map(Candidate::members).toList();
  }
}
