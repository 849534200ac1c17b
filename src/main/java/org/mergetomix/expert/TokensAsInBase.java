package org.mergetomix.expert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.expert.ExpertPolicy.Vocabulary;
import org.mergetomix.family.VocabularyTables;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * An expert's tables in the base's vocabulary: a row for each token of the base, in the base's
 * order, and the base's own row where the expert has none. Owns the expert's checkpoint, not the
 * base. Safe for use by several threads.
 */
final class TokensAsInBase extends ForwardingCheckpoint {

  private static final int SHOWN = 5;

  private final Checkpoint base;
  private final TokenRows rows;
  private final List<Problem> remarks;
  private final SortedMap<String, TensorSpec> tensors;

  /** By the expert's names. */
  private final SortedMap<String, Table> tables;

  /** Rows that the expert lacks, by the base's names of tables. */
  private final SortedMap<String, NavigableSet<Long>> absent;

  /**
   * A table whose rows are not the base's.
   *
   * @param inBase its tensor in the base
   * @param rows how many the expert's has
   */
  private record Table(TensorSpec inBase, long rows) {}

  private TokensAsInBase(
      Checkpoint base,
      Checkpoint stored,
      TokenRows rows,
      SortedMap<String, Table> tables,
      SortedMap<String, NavigableSet<Long>> absent,
      List<Problem> remarks) {
    super(stored);
    this.base = base;
    this.rows = rows;
    this.tables = tables;
    this.absent = absent;
    this.remarks = remarks;
    SortedMap<String, TensorSpec> asInBase = new TreeMap<>(stored.tensors());
    tables.forEach(
        (name, table) ->
            asInBase.put(
                name,
                new TensorSpec(name, stored.tensors().get(name).dtype(), table.inBase().shape())));
    this.tensors = Collections.unmodifiableSortedMap(asInBase);
  }

  /**
   * The checkpoint itself, if its tables are the base's; it belongs to the result.
   *
   * @param base whose name is where it lies
   * @param folder where the expert lies
   * @param policy what to do with tokens that only one has
   * @param inBase the base's tensor for a name of the expert, if there is one
   * @throws UserException if the expert has tokens that it must not have
   */
  static Checkpoint of(
      Checkpoint base,
      Checkpoint stored,
      Path folder,
      ExpertPolicy policy,
      Function<String, Optional<TensorSpec>> inBase) {
    if (policy.vocabulary() == Vocabulary.FAIL) {
      return stored;
    }
    SortedMap<String, Table> tables = tables(stored, inBase);
    Optional<TokenRows> told = TokenRows.of(Path.of(base.name()), folder);
    if (told.isEmpty() && policy.vocabulary() == Vocabulary.UNION && !tables.isEmpty()) {
      throw UserException.input(
          "vocabulary = union needs the tokenizers of base and expert",
          folder.toString(),
          "Put the tokenizer.json into the folder of each, as save_pretrained writes it");
    }
    TokenRows rows = told.orElseGet(TokenRows::byNumber);
    refuseUnknown(rows, folder, policy);
    SortedMap<String, NavigableSet<Long>> absent = new TreeMap<>();
    base.tensors().values().stream()
        .filter(VocabularyTables::include)
        .forEach(table -> absent.put(table.name(), rows.absent(table.shape().get(0))));
    tables.forEach(
        (name, table) ->
            absent.put(
                table.inBase().name(), rows.absent(table.inBase().shape().get(0), table.rows())));
    tables.values().removeIf(table -> rows.same(table.inBase().shape().get(0), table.rows()));
    absent.values().removeIf(NavigableSet::isEmpty);
    boolean sameRows =
        base.tensors().values().stream()
            .filter(VocabularyTables::include)
            .map(table -> table.shape().get(0))
            .allMatch(count -> rows.same(count, count));
    return tables.isEmpty() && absent.isEmpty() && sameRows
        ? stored
        : new TokensAsInBase(
            base, stored, rows, tables, absent, remarks(told, folder, tables, absent));
  }

  /** Those of the expert, by its names. */
  private static SortedMap<String, Table> tables(
      Checkpoint stored, Function<String, Optional<TensorSpec>> inBase) {
    SortedMap<String, Table> tables = new TreeMap<>();
    stored
        .tensors()
        .forEach(
            (name, found) ->
                inBase
                    .apply(name)
                    .filter(VocabularyTables::include)
                    .filter(expected -> sameRows(expected, found))
                    .ifPresent(
                        expected -> tables.put(name, new Table(expected, found.shape().get(0)))));
    return tables;
  }

  private static boolean sameRows(TensorSpec expected, TensorSpec found) {
    int rank = expected.shape().size();
    return found.dtype().floating()
        && found.shape().size() == rank
        && found.shape().subList(1, rank).equals(expected.shape().subList(1, rank));
  }

  private static void refuseUnknown(TokenRows rows, Path folder, ExpertPolicy policy) {
    if (policy.vocabulary() == Vocabulary.UNION && !rows.unknown().isEmpty()) {
      throw UserException.input(
          "The base lacks %s tokens of the expert: %s"
              .formatted(rows.unknown().size(), shown(rows.unknown())),
          folder.toString(),
          "Write a base that has them with merge-to-mix vocabulary, and give that; or set"
              + " vocabulary = base to leave them out");
    }
  }

  private static String shown(List<String> tokens) {
    return tokens.stream()
        .limit(SHOWN)
        .map(TensorNames::shown)
        .collect(Collectors.joining(", ", "", tokens.size() > SHOWN ? ", ..." : ""));
  }

  private static List<Problem> remarks(
      Optional<TokenRows> told,
      Path folder,
      SortedMap<String, Table> tables,
      SortedMap<String, NavigableSet<Long>> absent) {
    List<Problem> remarks = new ArrayList<>();
    if (told.isEmpty()) {
      Table table = tables.get(tables.firstKey());
      remarks.add(
          new Problem(
              "The rows of %s are taken by their numbers, %s in the base and %s in the expert"
                  .formatted(
                      TensorNames.shown(table.inBase().name()),
                      table.inBase().shape().get(0),
                      table.rows()),
              folder.toString(),
              "Put a tokenizer.json beside base and expert if tokens are numbered otherwise"));
    }
    List<String> unknown = told.map(TokenRows::unknown).orElse(List.of());
    if (!unknown.isEmpty()) {
      remarks.add(
          new Problem(
              "%s tokens that the base lacks are left out: %s"
                  .formatted(unknown.size(), shown(unknown)),
              folder.toString(),
              ""));
    }
    if (!absent.isEmpty()) {
      remarks.add(
          new Problem(
              "%s rows of %s are left to the other experts, for this one lacks their tokens"
                  .formatted(
                      absent.get(absent.firstKey()).size(), TensorNames.shown(absent.firstKey())),
              folder.toString(),
              ""));
    }
    return remarks;
  }

  /** The rows of a tensor of the base that an expert has no say in. */
  static NavigableSet<Long> absent(Checkpoint expert, String tensor) {
    return expert instanceof TokensAsInBase tokens
        ? tokens.absent.getOrDefault(tensor, Collections.emptyNavigableSet())
        : Collections.emptyNavigableSet();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    Table table = tables.get(tensor);
    if (table == null) {
      stored.read(tensor, offset, destination, length);
      return;
    }
    Objects.checkFromIndexSize(offset, length, table.inBase().elements());
    long columns = VocabularyTables.rowLength(table.inBase());
    for (int done = 0; done < length; ) {
      long row = (offset + done) / columns;
      long column = (offset + done) % columns;
      int count = (int) Math.min(length - done, columns - column);
      float[] piece = new float[count];
      long found = rows.row(row, table.rows());
      if (found == TokenRows.ABSENT) {
        base.read(table.inBase().name(), offset + done, piece, count);
      } else {
        stored.read(tensor, found * columns + column, piece, count);
      }
      System.arraycopy(piece, 0, destination, done, count);
      done += count;
    }
  }

  @Override
  public List<Problem> warnings() {
    return Stream.concat(stored.warnings().stream(), remarks.stream()).toList();
  }
}
