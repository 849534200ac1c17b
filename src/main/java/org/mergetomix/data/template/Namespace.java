package org.mergetomix.data.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Fault;

/** Variables that can be set from within a loop: the only value that changes. */
final class Namespace implements Value {

  private final Map<String, Value> attributes = new LinkedHashMap<>();

  Optional<Value> get(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  void set(String name, Value value) {
    if (name.startsWith("_")) {
      throw new Fault("A namespace has no attribute " + name + ": it begins with an underscore");
    }
    attributes.put(name, value);
  }
}
