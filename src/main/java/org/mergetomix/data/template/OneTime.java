package org.mergetomix.data.template;

import java.util.List;

/**
 * Values that can be gone through once, as what {@code map} or {@code selectattr} give. It has no
 * length and counts as true even if it is empty; the second time nothing is left, as in Python.
 */
final class OneTime implements Value {

  private List<Value> left;

  OneTime(List<Value> elements) {
    this.left = List.copyOf(elements);
  }

  /** What is left, which is nothing from then on. */
  List<Value> takeAll() {
    List<Value> taken = left;
    left = List.of();
    return taken;
  }

  /** The first that is left, in a list, or an empty list. */
  List<Value> takeFirst() {
    List<Value> first = left.isEmpty() ? List.of() : List.of(left.get(0));
    left = left.isEmpty() ? left : left.subList(1, left.size());
    return first;
  }
}
