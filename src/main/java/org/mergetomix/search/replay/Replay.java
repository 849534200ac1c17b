package org.mergetomix.search.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Objective;
import org.mergetomix.search.Answer;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.search.Standing;

/**
 * A search against recorded scores, without any model. What the strategy asks for and the recording
 * lacks is answered as a mixture that failed, and costs nothing. For one thread.
 */
public final class Replay {

  /** So many rounds in a row of which nothing is recorded end a replay. */
  private static final int PATIENCE = 500;

  /** Of more mixtures a round is not walked through. */
  private static final long MOST_IN_A_ROUND = 1 << 20;

  private final Recording recording;
  private final SearchStrategy strategy;
  private final List<List<Answer>> rounds = new ArrayList<>();
  private final Map<Mixture, Integer> seen = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private double cost;
  private int unrecorded;

  private Replay(Recording recording, SearchStrategy strategy) {
    this.recording = recording;
    this.strategy = strategy;
  }

  /**
   * What a search would choose after a round.
   *
   * @param cost what was evaluated by then, in evaluations of a mixture on all examples
   * @param chosen the best of the mixtures that saw most examples
   * @param regret how much worse it is than the best recorded one, on all examples, in the
   *     recording's {@link Recording#regretUnit}
   */
  public record Step(double cost, Mixture chosen, double regret) {}

  /**
   * What became of a search.
   *
   * @param steps one a round in which something was recorded, at least one
   * @param tied whether what was chosen in the end is the best one, or cannot be told from it
   * @param mixtures how many were evaluated, on all examples or on some
   * @param unrecorded how many were asked for in vain
   * @param ended why, as a clause
   * @param slowestRound seconds that the slowest round took to propose
   */
  public record Outcome(
      List<Step> steps,
      boolean tied,
      int mixtures,
      int unrecorded,
      String ended,
      double slowestRound) {

    public Outcome {
      steps = List.copyOf(steps);
    }

    /** The last step. */
    public Step last() {
      return steps.get(steps.size() - 1);
    }
  }

  /**
   * Replays a search to its end.
   *
   * @throws UserException (input) if nothing that the strategy asks for is recorded, (usage) if it
   *     asks for more mixtures at once than can be walked through
   */
  public static Outcome run(Recording recording, SearchStrategy strategy) {
    return new Replay(recording, strategy).run();
  }

  private Outcome run() {
    double slowest = 0;
    int idle = 0;
    String ended = "";
    while (ended.isEmpty()) {
      long started = System.nanoTime();
      Optional<Round> round = strategy.next(known());
      slowest = Math.max(slowest, (System.nanoTime() - started) / 1e9);
      if (round.isEmpty()) {
        ended = strategy.ended(known());
      } else {
        idle = evaluate(round.get()) ? 0 : idle + 1;
        ended = idle == PATIENCE ? "what it asks for is not recorded" : "";
      }
    }
    if (steps.isEmpty()) {
      throw UserException.input(
          "None of the %s mixtures that %s asked for is recorded"
              .formatted(unrecorded, strategy.describe()),
          "search.strategy",
          "Choose another strategy, or bounds that fit the table");
    }
    Mixture chosen = steps.get(steps.size() - 1).chosen();
    return new Outcome(steps, recording.isTied(chosen), seen.size(), unrecorded, ended, slowest);
  }

  private boolean evaluate(Round round) {
    if (round.candidates().size() > MOST_IN_A_ROUND) {
      throw UserException.usage(
          "The strategy %s asks for %s mixtures at once, and %s are recorded"
              .formatted(strategy.id(), round.candidates().size(), recording.size()),
          "search.strategy",
          "Choose one that does not evaluate every mixture");
    }
    List<Answer> answers = new ArrayList<>();
    boolean any = false;
    for (IndexRange range : round.candidates().ranges()) {
      for (long index = range.start(); index < range.end(); index++) {
        Mixture mixture = round.space().at(index);
        answers.add(recording.answer(mixture, round.percent()));
        if (recording.has(mixture)) {
          any = true;
          int before = seen.getOrDefault(mixture, 0);
          int now = Math.max(before, round.percent());
          cost += recording.share(now) - (before == 0 ? 0 : recording.share(before));
          seen.put(mixture, now);
        } else {
          unrecorded++;
        }
      }
    }
    answers.sort(Comparator.comparing(answer -> answer.mixture().id()));
    rounds.add(List.copyOf(answers));
    if (any) {
      Mixture chosen = chosen();
      steps.add(new Step(cost, chosen, recording.regret(chosen)));
    }
    return any;
  }

  private Mixture chosen() {
    int most = seen.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    Objective objective = recording.objectiveOn(most);
    return seen.entrySet().stream()
        .filter(entry -> entry.getValue() == most)
        .map(Map.Entry::getKey)
        .min(
            Comparator.comparing(
                    (Mixture mixture) ->
                        objective.score(recording.answer(mixture, most).scores()).value(),
                    objective.bestFirst())
                .thenComparing(Mixture::id))
        .orElseThrow();
  }

  private Standing known() {
    return new Standing() {
      @Override
      public int rounds() {
        return rounds.size();
      }

      @Override
      public List<Answer> before() {
        return List.of();
      }

      @Override
      public List<Answer> of(int number) {
        return rounds.get(number - 1);
      }
    };
  }
}
