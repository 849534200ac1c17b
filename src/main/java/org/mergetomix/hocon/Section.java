package org.mergetomix.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.problem.Range;

/**
 * A group of keys, handed out one by one with the type they must have. A value is never converted:
 * {@code "10"} is no number and {@code 10} no text.
 *
 * <p>What is missing or wrong goes to the findings, and reading goes on with a placeholder (empty
 * text, zero, the first choice), so that one pass finds every problem; a caller looks at the
 * findings before it uses what it read. Not thread-safe.
 */
public final class Section {

  private final ConfigObject values;
  private final String path;
  private final Findings findings;

  /** Whether an absent key is a problem; not in a group that is itself absent or broken. */
  private final boolean present;

  private final Set<String> keys = new TreeSet<>();
  private final List<Section> children = new ArrayList<>();

  private Section(ConfigObject values, String path, Findings findings, boolean present) {
    this.values = values;
    this.path = path;
    this.findings = findings;
    this.present = present;
  }

  /** The whole of a resolved configuration. */
  public static Section root(Config config, Findings findings) {
    return new Section(config.root(), "", findings, true);
  }

  /** Required text, not blank; empty after a problem. */
  public String text(String key) {
    Optional<ConfigValue> value = required(key);
    Optional<String> text = value.flatMap(given -> asText(key, given));
    if (text.isPresent() && text.get().isBlank()) {
      findings.add(pathOf(key) + " is empty", value.orElseThrow().origin(), "");
      return "";
    }
    return text.orElse("");
  }

  /** Required text that may be empty. */
  public String textOrEmpty(String key) {
    return required(key).flatMap(value -> asText(key, value)).orElse("");
  }

  /** Text; absent and empty mean the same. */
  public Optional<String> optionalText(String key) {
    return find(key).flatMap(value -> asText(key, value)).filter(text -> !text.isEmpty());
  }

  /** Required whole number of 32 bits. */
  public int integer(String key, Range range) {
    long value = longInteger(key, range);
    if (value > Integer.MAX_VALUE || value < Integer.MIN_VALUE) {
      String limit = value > 0 ? "at most " + Integer.MAX_VALUE : "at least " + Integer.MIN_VALUE;
      findings.add(
          pathOf(key) + " must be " + limit + ", not " + value,
          find(key).orElseThrow().origin(),
          "");
      return 0;
    }
    return (int) value;
  }

  /** Whole number of 32 bits; empty where it is absent, or after a problem. */
  public OptionalInt optionalInteger(String key, Range range) {
    return find(key).isPresent() ? OptionalInt.of(integer(key, range)) : OptionalInt.empty();
  }

  /** Required whole number of 64 bits. */
  public long longInteger(String key, Range range) {
    Optional<ConfigValue> value = required(key);
    if (value.isEmpty()) {
      return 0;
    }
    Optional<Long> whole = Values.whole(value.get());
    if (whole.isEmpty()) {
      wrongType(key, value.get(), "a whole number");
    }
    return whole.filter(number -> isAllowed(key, value.get(), number, range)).orElse(0L);
  }

  /** Required whole number of 32 bits, or a word in its place: then empty, as after a problem. */
  public Optional<Integer> integerOr(String key, String word, Range range) {
    return required(key)
        .filter(value -> !word.equals(value.unwrapped()))
        .filter(value -> isType(key, value, ConfigValueType.NUMBER, "a whole number or " + word))
        .map(value -> integer(key, range))
        .filter(range::allows);
  }

  /** Required number of bytes, plain or as text with a unit: {@code 16 MiB}. */
  public long bytes(String key, Range range) {
    Optional<ConfigValue> value = required(key);
    Optional<Long> bytes = value.flatMap(Values::bytes);
    if (value.isPresent() && bytes.isEmpty()) {
      wrongType(key, value.get(), "a number of bytes such as 4096 or \"16 MiB\"");
    }
    return bytes.filter(number -> isAllowed(key, value.orElseThrow(), number, range)).orElse(0L);
  }

  /** Required finite number. */
  public double number(String key, Range range) {
    return required(key).flatMap(value -> asNumber(key, value, range)).orElse(0.0);
  }

  /** Finite number with a value for its absence. */
  public double number(String key, Range range, double absent) {
    return find(key).flatMap(value -> asNumber(key, value, range)).orElse(absent);
  }

  /** Required finite number, or a word in its place: then empty, as after a problem. */
  public Optional<Double> numberOr(String key, String word, Range range) {
    return required(key)
        .filter(value -> !word.equals(value.unwrapped()))
        .filter(value -> isType(key, value, ConfigValueType.NUMBER, "a number or " + word))
        .flatMap(value -> asNumber(key, value, range));
  }

  /** List of names of constants, as {@link #choice(String, Class)}; an absent list is empty. */
  public <E extends Enum<E>> List<E> choices(String key, Class<E> choices) {
    List<E> named = new ArrayList<>();
    for (ConfigValue item : items(key, find(key))) {
      asText(key, item)
          .map(name -> known(key, name, item, Choice.names(choices)))
          .flatMap(name -> Choice.named(name, choices))
          .ifPresent(named::add);
    }
    return named;
  }

  /** Required text that is one of these. */
  public String choice(String key, List<String> choices) {
    Optional<ConfigValue> value = required(key);
    return value
        .flatMap(given -> asText(key, given))
        .map(name -> known(key, name, value.orElseThrow(), choices))
        .filter(choices::contains)
        .orElse(choices.get(0));
  }

  /** The name, after a problem where it is none of these. */
  private String known(String key, String name, ConfigValue value, List<String> choices) {
    if (!choices.contains(name)) {
      findings.add(
          "Unknown " + pathOf(key) + " \"" + name + "\"",
          value.origin(),
          (choices.size() == 1 ? "The only choice is " : "Choices are ")
              + String.join(", ", choices));
    }
    return name;
  }

  /** Required name of a constant, written in lower case with hyphens. */
  public <E extends Enum<E>> E choice(String key, Class<E> choices) {
    return Choice.named(choice(key, Choice.names(choices)), choices).orElseThrow();
  }

  /** Required name of a constant, or a word in its place: then empty, as after a problem. */
  public <E extends Enum<E>> Optional<E> choiceOr(String key, String word, Class<E> choices) {
    List<String> names = new ArrayList<>(List.of(word));
    names.addAll(Choice.names(choices));
    return Choice.named(choice(key, names), choices);
  }

  /** Name of a constant as above, with a value for its absence. */
  public <E extends Enum<E>> E choice(String key, Class<E> choices, E absent) {
    return find(key).isPresent() ? choice(key, choices) : absent;
  }

  /** List of texts that are not empty; an absent list is empty. */
  public List<String> texts(String key) {
    return find(key).map(value -> texts(key, value)).orElse(List.of());
  }

  /** List of lists of texts; an absent list is empty. */
  public List<List<String>> textLists(String key) {
    return items(key, find(key)).stream().map(item -> texts(key, item)).toList();
  }

  /** Required group of keys. */
  public Section section(String key) {
    Optional<ConfigValue> value = required(key);
    Section section =
        value
            .filter(given -> isType(key, given, ConfigValueType.OBJECT, "a group of keys"))
            .map(given -> new Section((ConfigObject) given, pathOf(key), findings, true))
            .orElseGet(
                () -> new Section(ConfigFactory.empty().root(), pathOf(key), findings, false));
    children.add(section);
    return section;
  }

  /** Group of finite numbers under names of any kind; an absent group is empty. */
  public SortedMap<String, Double> numbers(String key) {
    SortedMap<String, Double> numbers = new TreeMap<>();
    if (has(key)) {
      Section group = section(key);
      group.values.keySet().forEach(name -> numbers.put(name, group.number(name, Range.ANY)));
    }
    return numbers;
  }

  /** Required list of groups of keys; what is no group is left out after a problem. */
  public List<Section> sections(String key) {
    return sections(key, required(key));
  }

  /** List of groups of keys as above; an absent list is empty. */
  public List<Section> optionalSections(String key) {
    return sections(key, find(key));
  }

  private List<Section> sections(String key, Optional<ConfigValue> list) {
    List<Section> sections = new ArrayList<>();
    for (ConfigValue item : items(key, list)) {
      if (item.valueType() == ConfigValueType.OBJECT) {
        sections.add(new Section((ConfigObject) item, pathOf(key), findings, true));
      } else {
        findings.add(
            pathOf(key) + " must hold groups of keys, not " + Values.show(item), item.origin(), "");
      }
    }
    children.addAll(sections);
    return sections;
  }

  private List<ConfigValue> items(String key, Optional<ConfigValue> list) {
    return list.filter(value -> isType(key, value, ConfigValueType.LIST, "a list"))
        .<List<ConfigValue>>map(value -> (ConfigList) value)
        .orElse(List.of());
  }

  private List<String> texts(String key, ConfigValue list) {
    List<String> texts = new ArrayList<>();
    for (ConfigValue item : items(key, Optional.of(list))) {
      Optional<String> text = asText(key, item);
      if (text.isPresent() && text.get().isEmpty()) {
        findings.add(pathOf(key) + " has an empty text", item.origin(), "");
      }
      text.ifPresent(texts::add);
    }
    return texts;
  }

  /** Where the key's value stands; where the group stands when the key is absent. */
  public ConfigOrigin origin(String key) {
    ConfigValue value = values.get(key);
    return value == null ? values.origin() : value.origin();
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /** Whether the key is there and holds a list. */
  public boolean isList(String key) {
    return find(key).filter(value -> value.valueType() == ConfigValueType.LIST).isPresent();
  }

  /** Whether the key is there and holds a group of keys. */
  public boolean isSection(String key) {
    return find(key).filter(value -> value.valueType() == ConfigValueType.OBJECT).isPresent();
  }

  /** The key's text if there is any; what is missing or wrong is passed over. */
  public Optional<String> textIfGiven(String key) {
    return find(key)
        .filter(value -> value.valueType() == ConfigValueType.STRING)
        .map(value -> (String) value.unwrapped());
  }

  /** Reports something about the key's value that its type and range do not tell. */
  public void problem(String key, String what, String remedy) {
    findings.add(what, origin(key), remedy);
  }

  /** The key with the groups around it, as messages name it. */
  public String pathOf(String key) {
    String quoted = ConfigUtil.joinPath(key);
    return path.isEmpty() ? quoted : path + "." + quoted;
  }

  /** Reports every key, here and in the groups below, that nobody has asked for by now. */
  public void refuseUnknownKeys() {
    UnknownKeys.refuse(this, findings);
  }

  ConfigObject values() {
    return values;
  }

  /** The keys asked for by now. */
  Set<String> keys() {
    return keys;
  }

  /** The groups asked for by now. */
  List<Section> children() {
    return children;
  }

  /** The group's own place; empty for the root. */
  String path() {
    return path;
  }

  private Optional<ConfigValue> find(String key) {
    keys.add(key);
    return Optional.ofNullable(values.get(key));
  }

  private Optional<ConfigValue> required(String key) {
    Optional<ConfigValue> value = find(key);
    if (value.isEmpty() && present) {
      ConfigOrigin origin = path.isEmpty() ? values.origin().withLineNumber(-1) : values.origin();
      findings.add(pathOf(key) + " is missing", origin, "");
    }
    return value;
  }

  private Optional<String> asText(String key, ConfigValue value) {
    return isType(key, value, ConfigValueType.STRING, "text")
        ? Optional.of((String) value.unwrapped())
        : Optional.empty();
  }

  private Optional<Double> asNumber(String key, ConfigValue value, Range range) {
    if (!isType(key, value, ConfigValueType.NUMBER, "a number")) {
      return Optional.empty();
    }
    double number = ((Number) value.unwrapped()).doubleValue();
    if (!Double.isFinite(number)) {
      wrongType(key, value, "a finite number");
      return Optional.empty();
    }
    return Optional.of(number).filter(given -> isAllowed(key, value, given, range));
  }

  private boolean isAllowed(String key, ConfigValue value, double number, Range range) {
    boolean allowed = range.allows(number);
    if (!allowed) {
      wrongType(key, value, range.words());
    }
    return allowed;
  }

  private boolean isType(String key, ConfigValue value, ConfigValueType type, String words) {
    boolean matches = value.valueType() == type;
    if (!matches) {
      wrongType(key, value, words);
    }
    return matches;
  }

  private void wrongType(String key, ConfigValue value, String words) {
    findings.add(
        pathOf(key) + " must be " + words + ", not " + Values.show(value), value.origin(), "");
  }
}
