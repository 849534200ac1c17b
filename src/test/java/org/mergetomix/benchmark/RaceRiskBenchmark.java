package org.mergetomix.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.mergetomix.score.Blocks;
import org.mergetomix.statistics.decision.Race;

/**
 * How often a race drops the best mixture where its looks begin with few examples: the risk that it
 * promises is 5 %. Mixtures are made up and as good as each other but for their examples, which is
 * where the best is dropped most easily; the best is the one with the lowest mean over all examples
 * in the end. Looks are those of a search: at 5, 10, 20, 40 and 70 % of the examples, from so many
 * examples on as a search wants. Printed per kind of examples, and of their number: on how many the
 * first look was, the share of races that dropped the best, and the share of examples that were
 * evaluated.
 *
 * <p>Arguments: how many races, how many mixtures, and numbers of examples.
 */
public final class RaceRiskBenchmark {

  private static final int[] LOOKS = {5, 10, 20, 40, 70};
  private static final int FEWEST = 8;
  private static final double RISK = 0.05;

  /** How the difference of a mixture from others is spread over examples. */
  public enum Kind {
    /** Normal: differences of many tokens' losses. */
    NORMAL,
    /** Skewed: a few examples differ much. */
    SKEWED,
    /** Three degrees of freedom: outliers both ways. */
    HEAVY,
    /** One example in ten flips, as of accuracy. */
    FLIPS
  }

  private RaceRiskBenchmark() {}

  /** Runs all races. */
  public static void main(String[] arguments) {
    int races = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
    int mixtures = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
    int[] sizes =
        arguments.length > 2
            ? Arrays.stream(arguments).skip(2).mapToInt(Integer::parseInt).toArray()
            : new int[] {12, 20, 40, 80, 160, 240, 320, 400, 1000};
    System.out.println("kind    examples  first look  dropped the best, %  evaluated, %");
    for (Kind kind : Kind.values()) {
      for (int examples : sizes) {
        Outcome outcome = races(kind, examples, mixtures, races);
        System.out.printf(
            Locale.ROOT,
            "%-7s %8d  %10d  %19.1f  %12.1f%n",
            kind.name().toLowerCase(Locale.ROOT),
            examples,
            first(examples),
            100 * outcome.dropped(),
            100 * outcome.evaluated());
      }
    }
  }

  /**
   * What became of many races.
   *
   * @param dropped the share of them that dropped the best
   * @param evaluated the share of all examples that were evaluated
   */
  public record Outcome(double dropped, double evaluated) {}

  /** Races between mixtures that are alike. */
  public static Outcome races(Kind kind, int examples, int mixtures, int races) {
    int dropped = 0;
    long evaluated = 0;
    for (int seed = 0; seed < races; seed++) {
      double[][] scores = scores(kind, examples, mixtures, new Random(seed));
      List<Integer> left = IntStream.range(0, mixtures).boxed().toList();
      int seen = 0;
      for (int percent : LOOKS) {
        int count = Blocks.upTo(examples, percent).to();
        evaluated += (long) left.size() * (count - seen);
        seen = count;
        if (count >= FEWEST && left.size() > 1) {
          left = survivors(scores, left, count, seed);
        }
      }
      evaluated += (long) left.size() * (examples - seen);
      dropped += left.contains(best(scores)) ? 0 : 1;
    }
    return new Outcome(
        dropped / (double) races, evaluated / ((double) races * mixtures * examples));
  }

  private static List<Integer> survivors(
      double[][] scores, List<Integer> left, int count, int seed) {
    double[] weights = new double[count];
    Arrays.fill(weights, 1);
    double[][] rows =
        left.stream().map(row -> Arrays.copyOf(scores[row], count)).toArray(double[][]::new);
    Race.Look look =
        new Race(LOOKS.length, RISK, seed)
            .look(List.of(Race.Seen.of(1, scores[0].length, weights, rows)));
    return look.survivors().stream().map(left::get).toList();
  }

  private static double[][] scores(Kind kind, int examples, int mixtures, Random random) {
    double[][] scores = new double[mixtures][examples];
    for (int e = 0; e < examples; e++) {
      double common = 3 * random.nextGaussian();
      for (double[] row : scores) {
        row[e] = common + difference(kind, random);
      }
    }
    return scores;
  }

  private static double difference(Kind kind, Random random) {
    return switch (kind) {
      case NORMAL -> random.nextGaussian();
      case SKEWED -> Math.exp(random.nextGaussian());
      case HEAVY ->
          random.nextGaussian()
              / Math.sqrt(
                  (Math.pow(random.nextGaussian(), 2)
                          + Math.pow(random.nextGaussian(), 2)
                          + Math.pow(random.nextGaussian(), 2))
                      / 3);
      case FLIPS -> random.nextInt(10) == 0 ? 1 : 0;
    };
  }

  private static int best(double[][] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .min((a, b) -> Double.compare(sum(scores[a]), sum(scores[b])))
        .orElseThrow();
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static int first(int examples) {
    return IntStream.of(LOOKS)
        .map(percent -> Blocks.upTo(examples, percent).to())
        .filter(count -> count >= FEWEST)
        .findFirst()
        .orElse(examples);
  }
}
