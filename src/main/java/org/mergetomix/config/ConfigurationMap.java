package org.mergetomix.config;

import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mergetomix.hocon.Choice;
import org.mergetomix.merge.MergeSettings;

/** A configuration as plain keys and values, which follow from the names of its components. */
final class ConfigurationMap {

  private ConfigurationMap() {}

  static SortedMap<String, String> of(Record configuration) {
    SortedMap<String, String> map = new TreeMap<>();
    collect("", configuration, map);
    return Collections.unmodifiableSortedMap(map);
  }

  private static void collect(String prefix, Record group, SortedMap<String, String> map) {
    for (RecordComponent component : group.getClass().getRecordComponents()) {
      String key = prefix + kebab(component.getName());
      Object value = value(group, component);
      if (value instanceof MergeSettings settings) {
        settings.asMap().forEach((name, text) -> map.put(prefix + name, text));
      } else if (value instanceof Record nested) {
        collect(key + ".", nested, map);
      } else if (value instanceof Optional<?> given) {
        map.put(key, given.map(ConfigurationMap::text).orElse(MergeSettings.AUTO));
      } else if (value instanceof List<?> list) {
        map.put(key, list.stream().map(Object::toString).collect(Collectors.joining(",")));
      } else {
        map.put(key, text(value));
      }
    }
  }

  private static String text(Object value) {
    return value instanceof Enum<?> choice ? Choice.name(choice) : value.toString();
  }

  private static Object value(Record group, RecordComponent component) {
    try {
      return component.getAccessor().invoke(group);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
