package org.mergetomix.data;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the columns of rows are called, as far as a manifest says it.
 *
 * @param named the columns' names by what they hold: some of {@link #KEYS}, of one kind of row
 */
public record RowColumns(SortedMap<String, String> named) implements Serializable {

  /** Nothing is said: columns are called by what they hold, and the rows show their kind. */
  public static final RowColumns UNSAID = new RowColumns(new TreeMap<>());

  /** What a column may hold. */
  public static final List<String> KEYS = List.of("text", "prompt", "completion", "messages");

  public RowColumns {
    named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
  }

  /** A kind of row. */
  enum Kind {
    TEXT("text"),
    COMPLETION("prompt", "completion"),
    CONVERSATION("messages");

    @SuppressWarnings("ImmutableEnumChecker") // The list is immutable.
    private final List<String> keys;

    Kind(String... keys) {
      this.keys = List.of(keys);
    }

    List<String> keys() {
      return keys;
    }
  }

  /** Whether the names are of one kind of row, or there are none. */
  public boolean agree() {
    return named.isEmpty() || kind().isPresent();
  }

  /** The kind of row that the names say. */
  Optional<Kind> kind() {
    return named.isEmpty()
        ? Optional.empty()
        : List.of(Kind.values()).stream()
            .filter(kind -> kind.keys().containsAll(named.keySet()))
            .findFirst();
  }

  /** What is looked for in a row: what the kind that is said has, or {@link #KEYS}. */
  public List<String> keys() {
    return kind().map(Kind::keys).orElse(KEYS);
  }

  /** The column that holds something: one of {@link #KEYS}. */
  public String column(String key) {
    return named.getOrDefault(key, key);
  }

  /** What decides how rows are understood; empty where nothing is said. */
  public String identity() {
    return named.isEmpty() ? "" : named.toString();
  }
}
