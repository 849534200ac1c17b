package org.mergetomix.expert;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.mergetomix.family.Family;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.family.TiedNames;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.WrapperNames;

/**
 * What to make of an expert whose names and tensors may differ from the base's. Immutable.
 *
 * @param kind the form that it must have
 * @param prefixes how its names become the base's; the first whose {@code from} fits is used, and
 *     no other; a name that none fits stays
 * @param missing what becomes of a tensor that only the base has; of a whole checkpoint or a delta,
 *     because adapters and sparse deltas name only what they change
 * @param extra what becomes of a tensor that only the expert has
 * @param ignored names of the expert that {@link Extra#IGNORE_LISTED} passes over: exact, or a
 *     prefix that ends with {@code *}
 * @param vocabulary what becomes of tokens that only one of the two has
 * @param tied names that stand for one tensor
 * @param layers what the base's family says
 */
public record ExpertPolicy(
    ExpertKind kind,
    List<PrefixMapping> prefixes,
    Missing missing,
    Extra extra,
    List<String> ignored,
    Vocabulary vocabulary,
    List<TiedNames> tied,
    KnownLayers layers)
    implements Serializable {

  /** Same names, the same tensors: everything else is refused. */
  public static final ExpertPolicy STRICT =
      new ExpertPolicy(ExpertKind.AUTO, List.of(), Missing.FAIL, Extra.FAIL, List.of(), List.of());

  /** A policy for a base whose family is not known, and experts with its vocabulary. */
  public ExpertPolicy(
      ExpertKind kind,
      List<PrefixMapping> prefixes,
      Missing missing,
      Extra extra,
      List<String> ignored,
      List<TiedNames> tied) {
    this(kind, prefixes, missing, extra, ignored, Vocabulary.FAIL, tied, KnownLayers.NONE);
  }

  /** What becomes of a tensor that the base has and the expert lacks. */
  public enum Missing {
    /** The expert is refused. */
    FAIL,
    /** The expert has the base's: its delta is zero. */
    BASE
  }

  /** What becomes of a tensor that the expert has and the base lacks. */
  public enum Extra {
    /** The expert is refused. */
    FAIL,
    /** It is passed over if it is listed; otherwise the expert is refused. */
    IGNORE_LISTED
  }

  /**
   * What becomes of tokens, the rows of embeddings, that only one of the two has. Those that the
   * expert lacks are averaged over the other experts of a mixture, those that have them.
   */
  public enum Vocabulary {
    /** Tables must have the base's shape, and row by row the same tokens are assumed. */
    FAIL,
    /** Tokens that the base lacks are left out. */
    BASE,
    /** The base has every token; an expert with another one is refused. */
    UNION
  }

  public ExpertPolicy {
    prefixes = List.copyOf(prefixes);
    ignored = List.copyOf(ignored);
    tied = List.copyOf(tied);
  }

  /** This policy for another form. */
  public ExpertPolicy of(ExpertKind otherKind) {
    return new ExpertPolicy(otherKind, prefixes, missing, extra, ignored, vocabulary, tied, layers);
  }

  /** This policy for experts that may have other tokens. */
  public ExpertPolicy vocabulary(Vocabulary other) {
    return new ExpertPolicy(kind, prefixes, missing, extra, ignored, other, tied, layers);
  }

  /** This policy with other ties. */
  public ExpertPolicy tied(List<TiedNames> others) {
    return new ExpertPolicy(kind, prefixes, missing, extra, ignored, vocabulary, others, layers);
  }

  /** This policy with what the base's family says, beside what the manifest does. */
  public ExpertPolicy with(Family family) {
    List<TiedNames> all = new ArrayList<>(tied);
    for (TiedNames pair : family.tied()) {
      if (partner(pair.first()).isEmpty() && partner(pair.second()).isEmpty()) {
        all.add(pair);
      }
    }
    return new ExpertPolicy(
        kind, prefixes, missing, extra, ignored, vocabulary, all, KnownLayers.of(family));
  }

  /**
   * The base's name for a name of the expert.
   *
   * @param base the base's tensors
   */
  String baseName(String expertName, SortedMap<String, TensorSpec> base) {
    String mapped =
        prefixes.stream()
            .filter(mapping -> mapping.applies(expertName))
            .findFirst()
            .map(mapping -> mapping.apply(expertName))
            .orElse(expertName);
    String found = layers.inBase(mapped, base);
    return hasOrTies(found, base) ? found : unwrapped(found, base);
  }

  /** The base's tensor for a name of the expert; of tied ones, the one that it has. */
  Optional<TensorSpec> inBase(String expertName, SortedMap<String, TensorSpec> base) {
    String name = baseName(expertName, base);
    return Optional.ofNullable(base.get(name))
        .or(() -> partner(name).map(other -> base.get(other)));
  }

  /**
   * The names that a tensor of the base may have in the expert's model, the base's own among them.
   */
  List<String> expertNames(String baseName) {
    String prefix = layers.basePrefix();
    Stream<String> beside =
        baseName.startsWith(prefix)
            ? Stream.of(baseName, baseName.substring(prefix.length()))
            : Stream.of(baseName, prefix + baseName);
    Stream<String> mapped = prefixes.stream().flatMap(mapping -> mapping.before(baseName).stream());
    return Stream.concat(beside, mapped).distinct().toList();
  }

  /** Without what wrappers put into a name, if that makes it one of the base's. */
  private String unwrapped(String name, SortedMap<String, TensorSpec> base) {
    String bare = layers.inBase(WrapperNames.takenOff(name), base);
    return hasOrTies(bare, base) ? bare : name;
  }

  private boolean hasOrTies(String name, SortedMap<String, TensorSpec> base) {
    return base.containsKey(name)
        || partner(name).filter(other -> base.containsKey(other)).isPresent();
  }

  /** The other name of a tied tensor. */
  Optional<String> partner(String baseName) {
    return tied.stream().flatMap(pair -> pair.partner(baseName).stream()).findFirst();
  }

  /** Whether a name of the expert may be passed over, if the base has no such weight. */
  boolean ignores(String expertName) {
    return extra == Extra.IGNORE_LISTED
        && ignored.stream().anyMatch(pattern -> fits(pattern, expertName));
  }

  /** Whether a tensor is no weight, though old checkpoints have it. */
  boolean isBuffer(TensorSpec tensor) {
    return KnownBuffers.include(tensor) || layers.isBuffer(tensor.name());
  }

  private static boolean fits(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }
}
