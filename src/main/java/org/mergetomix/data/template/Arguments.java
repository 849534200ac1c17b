package org.mergetomix.data.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Fault;

/** What a function, filter or test is called with. */
record Arguments(List<Value> positional, Map<String, Value> named) {

  /**
   * The arguments by the names of the parameters.
   *
   * @throws Fault if there are too many, or one that is given twice or that no parameter has
   */
  Bound bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new Fault(function + " takes at most " + parameters.length + " arguments");
    }
    Map<String, Value> bound = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      bound.put(parameters[i], positional.get(i));
    }
    named.forEach(
        (name, value) -> {
          if (!List.of(parameters).contains(name)) {
            throw new Fault(function + " has no argument " + name);
          }
          if (bound.put(name, value) != null) {
            throw new Fault("The argument " + name + " of " + function + " is given twice");
          }
        });
    return new Bound(function, bound);
  }

  /** The arguments if none has a name. */
  List<Value> onlyPositional(String function) {
    if (!named.isEmpty()) {
      throw new Fault(function + " has no argument " + named.keySet().iterator().next());
    }
    return positional;
  }

  /** The arguments without the first one by position. */
  Arguments withoutFirst() {
    return new Arguments(positional.subList(1, positional.size()), named);
  }

  static String text(String parameter, String function, Value value) {
    if (value instanceof Value.Text text) {
      return text.value();
    }
    throw new Fault(
        "The argument %s of %s has to be a text, not %s"
            .formatted(parameter, function, Kinds.of(value)));
  }

  /** Arguments that were matched to parameters. */
  record Bound(String function, Map<String, Value> values) {

    Optional<Value> find(String parameter) {
      return Optional.ofNullable(values.get(parameter));
    }

    /** The same, where none is as good as nothing. */
    Optional<Value> findSome(String parameter) {
      return find(parameter).filter(value -> value != Value.None.NONE);
    }

    Value require(String parameter) {
      return find(parameter)
          .orElseThrow(() -> new Fault(function + " needs the argument " + parameter));
    }

    String requireText(String parameter) {
      return text(parameter, function, require(parameter));
    }

    Optional<String> findText(String parameter) {
      return findSome(parameter).map(value -> text(parameter, function, value));
    }

    Optional<Long> findWhole(String parameter) {
      return findSome(parameter).map(value -> whole(parameter, value));
    }

    /** Whether the argument is given and true. */
    boolean isTrue(String parameter) {
      return find(parameter).filter(Truth::of).isPresent();
    }

    private long whole(String parameter, Value value) {
      if (value instanceof Value.Whole whole) {
        return whole.value();
      }
      throw new Fault(
          "The argument %s of %s has to be a whole number, not %s"
              .formatted(parameter, function, Kinds.of(value)));
    }
  }
}
