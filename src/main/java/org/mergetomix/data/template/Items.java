package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.data.template.Value.Mapping;
import org.mergetomix.data.template.Value.None;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.Value.Whole;
import org.mergetomix.data.template.syntax.Fault;

/** Items, slices and elements of values, as Jinja takes them. */
final class Items {

  private final Meter meter;

  Items(Meter meter) {
    this.meter = meter;
  }

  /** The value of a key in a mapping. */
  static Optional<Value> find(Mapping mapping, Value key) {
    if (key instanceof Text || key instanceof Whole || key == None.NONE) {
      return Optional.ofNullable(mapping.entries().get(key));
    }
    if (key instanceof Undefined) {
      return Optional.empty();
    }
    throw Kinds.fault("Being a key", key);
  }

  /**
   * {@code target[key]}; undefined if there is none.
   *
   * @throws Fault if the target is undefined itself
   */
  Value item(Value target, Value key) {
    Optional<Value> found = Optional.empty();
    if (target instanceof Mapping mapping) {
      found = find(mapping, key);
    } else if (target instanceof Text text && Operators.isWhole(key)) {
      found = character(text.value(), Operators.whole(key));
    } else if (target instanceof Sequence sequence && Operators.isWhole(key)) {
      if (sequence.kind() == Sequence.Kind.VIEW) {
        throw new Fault("The keys, values or items of a mapping cannot be had by their place");
      }
      List<Value> elements = sequence.elements();
      found = place(Operators.whole(key), elements.size()).map(elements::get);
    } else if (!(key instanceof Text) && !Operators.isWhole(key) && !(key instanceof Undefined)) {
      throw Kinds.fault("Taking an item by " + Kinds.of(key), target);
    }
    if (found.isPresent()) {
      return found.get();
    }
    if (key instanceof Text name) {
      return new Attributes(meter).attribute(target, name.value());
    }
    return missing(target, key instanceof Whole place ? Long.toString(place.value()) : "this key");
  }

  /** What stands for something that {@code target} does not have. */
  static Value missing(Value target, String name) {
    if (target instanceof Undefined undefined) {
      throw new Fault(undefined.what());
    }
    return new Undefined(Kinds.of(target) + " has no " + name);
  }

  private Optional<Value> character(String text, long index) {
    meter.text(text.length());
    return place(index, CodePoints.length(text))
        .map(place -> new Text(CodePoints.between(text, place, place + 1)));
  }

  private static Optional<Integer> place(long index, int size) {
    long place = index < 0 ? index + size : index;
    return place < 0 || place >= size ? Optional.empty() : Optional.of((int) place);
  }

  /** {@code target[start:stop:step]}. */
  Value slice(Value target, Value start, Value stop, Value step) {
    if (target instanceof Text text) {
      meter.text(text.value().length());
      int[] characters = text.value().codePoints().toArray();
      StringBuilder slice = new StringBuilder();
      places(characters.length, start, stop, step)
          .forEach(place -> slice.appendCodePoint(characters[place]));
      return new Text(slice.toString());
    }
    if (target instanceof Sequence sequence && sequence.kind() != Sequence.Kind.VIEW) {
      meter.elements(sequence.elements().size());
      return new Sequence(
          sequence.kind(),
          places(sequence.elements().size(), start, stop, step).stream()
              .map(sequence.elements()::get)
              .toList());
    }
    throw Kinds.fault("Taking a slice", target);
  }

  private static List<Integer> places(int size, Value start, Value stop, Value step) {
    long stride = bound(step, 1);
    if (stride == 0) {
      throw new Fault("A slice cannot go on by steps of zero");
    }
    boolean forward = stride > 0;
    long lowest = forward ? 0 : -1;
    long highest = forward ? size : size - 1L;
    long from =
        start == None.NONE ? forward ? lowest : highest : clip(start, size, lowest, highest);
    long to = stop == None.NONE ? forward ? highest : lowest : clip(stop, size, lowest, highest);
    List<Integer> places = new ArrayList<>();
    for (long place = from;
        forward ? place < to : place > to;
        place += Math.max(-size - 1L, Math.min(size + 1L, stride))) {
      places.add((int) place);
    }
    return places;
  }

  private static long clip(Value bound, int size, long lowest, long highest) {
    long place = bound(bound, 0);
    return Math.max(lowest, Math.min(highest, place < 0 ? place + size : place));
  }

  private static long bound(Value value, long otherwise) {
    if (value == None.NONE) {
      return otherwise;
    }
    if (Operators.isWhole(value)) {
      return Operators.whole(value);
    }
    throw Kinds.fault("Being the end of a slice", value);
  }

  /** The elements that a loop goes through. */
  List<Value> elements(Value value) {
    if (value instanceof Sequence sequence) {
      meter.steps(sequence.elements().size());
      return sequence.elements();
    }
    if (value instanceof Mapping mapping) {
      meter.elements(mapping.entries().size());
      return List.copyOf(mapping.entries().keySet());
    }
    if (value instanceof Text text) {
      meter.elements(text.value().length());
      return CodePoints.split(text.value());
    }
    if (value instanceof OneTime once) {
      return once.takeAll();
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw Kinds.fault("Going through the elements", value);
  }

  /** How many elements, entries or code points there are. */
  long length(Value value) {
    if (value instanceof Text text) {
      meter.text(text.value().length());
      return CodePoints.length(text.value());
    }
    if (value instanceof OneTime
        || !(value instanceof Sequence || value instanceof Mapping || value instanceof Undefined)) {
      throw Kinds.fault("The length", value);
    }
    if (value instanceof Mapping mapping) {
      return mapping.entries().size();
    }
    return value instanceof Sequence sequence ? sequence.elements().size() : 0;
  }
}
