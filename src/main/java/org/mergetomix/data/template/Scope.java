package org.mergetomix.data.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.syntax.Fault;

/** Variables, and those around them that can be seen from here. */
final class Scope {

  private final Map<String, Value> variables = new HashMap<>();
  private final Optional<Scope> outer;

  private final Set<String> hidden;

  private Scope(Optional<Scope> outer, Set<String> hidden) {
    this.outer = outer;
    this.hidden = hidden;
  }

  /**
   * The outermost scope.
   *
   * @param variables what the template is given
   * @param hidden those of them that cannot be read, because some block has its own
   */
  static Scope of(Map<String, Value> variables, Set<String> hidden) {
    Scope scope = new Scope(Optional.empty(), hidden);
    scope.variables.putAll(variables);
    return scope;
  }

  /** A scope inside of this one: what it sets is not seen outside. */
  Scope inner() {
    return new Scope(Optional.of(this), Set.of());
  }

  /**
   * What the name stands for.
   *
   * @throws Fault if it would be what the template is given, and a block sets it without having
   *     read it before
   */
  Optional<Value> find(String name) {
    for (Optional<Scope> scope = Optional.of(this); scope.isPresent(); scope = scope.get().outer) {
      Value value = scope.get().variables.get(name);
      if (value != null && scope.get().hidden.contains(name)) {
        throw new Fault(
            "The name "
                + name
                + " is given to the template, and a block sets it without reading it before:"
                + " which one is meant is not known");
      }
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
