package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;

/**
 * What a search without any knowledge evaluates first: each dataset alone, and all together. Where
 * bounds forbid that, the smallest mixtures with each dataset, filled up with those that follow it
 * in the circle, and the largest ones.
 */
final class FirstRound {

  private final AllowedSubsets allowed;
  private final Map<Integer, Mixture> smallest = new LinkedHashMap<>();
  private final Mixture largest;

  FirstRound(AllowedSubsets allowed) {
    this.allowed = allowed;
    Axes axes = allowed.axes();
    int[] free = allowed.free();
    for (int i = 0; i < free.length; i++) {
      int least = Math.max(allowed.minimum(), allowed.required().cardinality() + 1);
      smallest.put(free[i], axes.subset(filled(free, i, Math.min(least, allowed.maximum()))));
    }
    if (free.length == 0 || allowed.maximum() == allowed.required().cardinality()) {
      smallest.clear();
      largest = axes.subset(allowed.required());
    } else {
      largest = axes.subset(filled(free, 0, allowed.maximum()));
    }
  }

  private BitSet filled(int[] free, int from, int size) {
    BitSet members = allowed.required();
    for (int i = 0; members.cardinality() < size; i++) {
      members.set(free[(from + i) % free.length]);
    }
    return members;
  }

  /** The smallest mixture with each dataset that is free, by the dataset's coordinate. */
  Map<Integer, Mixture> smallest() {
    return smallest;
  }

  /** All of them. */
  List<Mixture> mixtures() {
    List<Mixture> mixtures = new ArrayList<>(smallest.values());
    mixtures.add(largest);
    return mixtures.stream().distinct().toList();
  }
}
