package org.mergetomix.expert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.mergetomix.folder.TokenizerTokens;

/**
 * Which row of an expert's tables each token of the base has. Tokens are told by their texts in the
 * two tokenizers; of checkpoints without them, by their numbers. Immutable.
 */
final class TokenRows {

  static final int ABSENT = -1;

  /** The expert's row for each token of the base; empty without tokenizers. */
  private final int[] ofToken;

  /** How many tokens the expert has; 0 without tokenizers. */
  private final int ofExpert;

  private final List<String> unknown;

  private TokenRows(int[] ofToken, int ofExpert, List<String> unknown) {
    this.ofToken = ofToken;
    this.ofExpert = ofExpert;
    this.unknown = List.copyOf(unknown);
  }

  /**
   * Compares two tokenizers.
   *
   * @param base the base's folder or file
   * @param expert the expert's
   * @return empty if one of them has none beside it
   * @throws org.mergetomix.problem.UserException if one is damaged
   */
  static Optional<TokenRows> of(Path base, Path expert) {
    Path ofBase = base.resolve(TokenizerTokens.FILE);
    Path ofExpert = expert.resolve(TokenizerTokens.FILE);
    if (!Files.exists(ofBase) || !Files.exists(ofExpert)) {
      return Optional.empty();
    }
    Map<String, Integer> numbers = new HashMap<>();
    int count = TokenizerTokens.read(ofExpert, token -> numbers.put(token.text(), token.number()));
    Map<Integer, Integer> rows = new HashMap<>();
    TreeSet<String> unknown = new TreeSet<>(numbers.keySet());
    int tokens =
        TokenizerTokens.read(
            ofBase,
            token -> {
              unknown.remove(token.text());
              rows.put(token.number(), numbers.getOrDefault(token.text(), ABSENT));
            });
    int[] ofToken = new int[tokens];
    Arrays.setAll(ofToken, number -> rows.getOrDefault(number, ABSENT));
    return Optional.of(new TokenRows(ofToken, count, List.copyOf(unknown)));
  }

  /** Each row stands for the token that it stands for in the base. */
  static TokenRows byNumber() {
    return new TokenRows(new int[0], 0, List.of());
  }

  /** The expert's tokens that the base lacks, sorted. */
  List<String> unknown() {
    return unknown;
  }

  /**
   * The expert's row for one of the base's.
   *
   * @param rows how many the expert's table has
   * @return {@link #ABSENT} if it has none
   */
  long row(long ofBase, long rows) {
    if (ofBase < ofToken.length) {
      int row = ofToken[(int) ofBase];
      return row < rows ? row : ABSENT;
    }
    // Rows beyond all tokens fill a table up.
    return ofBase < rows && ofBase >= ofExpert ? ofBase : ABSENT;
  }

  /** Whether a table of so many rows is the base's, row by row. */
  boolean same(long inBase, long inExpert) {
    return inBase == inExpert
        && LongStream.range(0, inBase).allMatch(row -> row(row, inExpert) == row);
  }

  /** The base's rows that a table of the expert lacks. */
  NavigableSet<Long> absent(long inBase, long inExpert) {
    return LongStream.range(0, inBase)
        .filter(row -> row(row, inExpert) == ABSENT)
        .boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The rows of tokens that an expert lacks which left the base's table alone. */
  NavigableSet<Long> absent(long inBase) {
    NavigableSet<Long> tokens = absent(inBase, Long.MAX_VALUE);
    return tokens.headSet((long) ofToken.length, false);
  }
}
