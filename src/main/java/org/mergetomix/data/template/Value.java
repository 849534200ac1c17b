package org.mergetomix.data.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a template works with: data as JSON has it, and what only templates have. Values never
 * change, but for namespaces, which live in one rendering.
 */
public sealed interface Value
    permits Value.None,
        Value.Bool,
        Value.Whole,
        Value.Real,
        Value.Text,
        Value.Sequence,
        Value.Mapping,
        Undefined,
        SafeText,
        Namespace,
        OneTime,
        Loop,
        Function {

  /** JSON's null. */
  enum None implements Value {
    /** The only one. */
    NONE
  }

  /** True or false. */
  record Bool(boolean value) implements Value {}

  /** A whole number; larger ones than a long are refused where they arise. */
  record Whole(long value) implements Value {}

  /** A number with a fraction. */
  record Real(double value) implements Value {}

  /** A text. Its length and places are counted in code points, as Python does. */
  record Text(String value) implements Value {}

  /** Several values in order. */
  record Sequence(Kind kind, List<Value> elements) implements Value {

    /** The elements are copied. */
    public Sequence {
      elements = List.copyOf(elements);
    }

    /** What Python would call it; that decides how it is printed and what it can be added to. */
    public enum Kind {
      /** A list, as JSON has. */
      LIST,
      /** A tuple. */
      TUPLE,
      /** What {@code range} gives. */
      RANGE,
      /** A mapping's keys, values or items. */
      VIEW
    }

    /** A list. */
    public static Sequence list(List<? extends Value> elements) {
      return new Sequence(Kind.LIST, List.copyOf(elements));
    }

    static Sequence tuple(Value... elements) {
      return new Sequence(Kind.TUPLE, List.of(elements));
    }
  }

  /** Values by key, in order. Keys are texts, whole numbers or none. */
  record Mapping(Map<Value, Value> entries) implements Value {

    /** The entries are copied, in their order. */
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** A mapping whose keys are texts. */
    public static Mapping ofNames(Map<String, ? extends Value> named) {
      Map<Value, Value> entries = new LinkedHashMap<>();
      named.forEach((name, value) -> entries.put(new Text(name), value));
      return new Mapping(entries);
    }
  }

  /** A text. */
  static Value of(String text) {
    return new Text(text);
  }

  /** True or false. */
  static Value of(boolean value) {
    return new Bool(value);
  }

  /** A whole number. */
  static Value of(long value) {
    return new Whole(value);
  }
}
