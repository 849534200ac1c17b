package org.mergetomix.data.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Variables, and those around them that can be seen from here. */
final class Scope {

  private final Map<String, Value> variables = new HashMap<>();
  private final Optional<Scope> outer;

  private Scope(Optional<Scope> outer) {
    this.outer = outer;
  }

  /** The outermost scope, with what every template is given. */
  static Scope of(Map<String, Value> variables) {
    Scope scope = new Scope(Optional.empty());
    scope.variables.putAll(variables);
    return scope;
  }

  /** A scope inside of this one: what it sets is not seen outside. */
  Scope inner() {
    return new Scope(Optional.of(this));
  }

  Optional<Value> find(String name) {
    for (Optional<Scope> scope = Optional.of(this); scope.isPresent(); scope = scope.get().outer) {
      Value value = scope.get().variables.get(name);
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }
}
