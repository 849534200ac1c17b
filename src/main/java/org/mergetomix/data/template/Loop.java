package org.mergetomix.data.template;

import java.util.List;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Fault;

/** What {@code loop} is inside of a loop. */
final class Loop implements Value {

  private final List<Value> elements;
  private int index;
  private List<Value> lastSeen = List.of();
  private boolean seen;

  Loop(List<Value> elements) {
    this.elements = elements;
  }

  /** Goes to the element at {@code index}. */
  void moveTo(int index) {
    this.index = index;
  }

  /** The attribute {@code name}, if loops have it. */
  Optional<Value> attribute(String name) {
    int size = elements.size();
    return Optional.ofNullable(
        switch (name) {
          case "index" -> Value.of(index + 1L);
          case "index0" -> Value.of(index);
          case "revindex" -> Value.of(size - index);
          case "revindex0" -> Value.of(size - index - 1L);
          case "first" -> Value.of(index == 0);
          case "last" -> Value.of(index == size - 1);
          case "length" -> Value.of(size);
          case "depth" -> Value.of(1);
          case "depth0" -> Value.of(0);
          case "previtem" ->
              index == 0 ? new Undefined("there is no previous item") : elements.get(index - 1);
          case "nextitem" ->
              index == size - 1 ? new Undefined("there is no next item") : elements.get(index + 1);
          case "cycle" -> new Function("loop.cycle", this::cycle);
          case "changed" -> new Function("loop.changed", this::changed);
          default -> null;
        });
  }

  private Value cycle(Arguments arguments) {
    List<Value> values = arguments.onlyPositional("loop.cycle");
    if (values.isEmpty()) {
      throw new Fault("loop.cycle needs something to go through");
    }
    return values.get(index % values.size());
  }

  private Value changed(Arguments arguments) {
    List<Value> values = arguments.onlyPositional("loop.changed");
    if (values.stream().anyMatch(value -> !(value instanceof Text))) {
      throw new Fault("loop.changed is known for texts only");
    }
    boolean changed = !seen || !values.equals(lastSeen);
    seen = true;
    lastSeen = values;
    return Value.of(changed);
  }
}
