package org.mergetomix.spark.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.search.ExhaustiveSearch;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.search.Standing;
import org.mergetomix.surface.Axes;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RoundsTest {

  private static final int DATASETS = 8;
  private static final int EXAMPLES = 40;
  private static final MixtureSpace SPACE = TrivialWork.space(DATASETS);

  @TempDir private Path folder;

  private JavaSparkContext context;
  private EvaluationsTable table;

  @BeforeEach
  void open(SparkSession spark, JavaSparkContext sparkContext) {
    context = sparkContext;
    table = new EvaluationsTable(spark, Location.of(folder));
  }

  @Test
  void commitsInPartsThatGrowWhileTheyAreShort() throws IOException {
    assertThat(run(new ExhaustiveSearch(SPACE))).isEqualTo(255);

    assertThat(table.read().rows().map(EvaluationRow::mixture).collect())
        .hasSize(255)
        .doesNotHaveDuplicates();
    assertThat(commits()).isBetween(2L, 4L);
  }

  @Test
  void keepsToAConfiguredRoundSize() throws IOException {
    run(new ExhaustiveSearch(SPACE), "search.round-size=51");

    assertThat(commits()).isEqualTo(5);
  }

  @Test
  void evaluatesOnlyWhatIsMissing() {
    IndexRanges some = IndexRanges.of(List.of(new IndexRange(3, 10), new IndexRange(100, 250)));
    run(new Once("some", new Round(SPACE, some, 100)));

    assertThat(run(new ExhaustiveSearch(SPACE))).isEqualTo(255 - 157);

    assertThat(table.read().rows().map(EvaluationRow::mixture).collect())
        .hasSize(255)
        .doesNotHaveDuplicates();
  }

  @Test
  void takesScatteredMixturesTogether() throws IOException {
    IndexRanges odd =
        IndexRanges.of(
            LongStream.range(0, 127).mapToObj(i -> new IndexRange(2 * i + 1, 2 * i + 2)).toList());
    run(new Once("odd", new Round(SPACE, odd, 100)), "search.round-size=1000");
    run(new ExhaustiveSearch(SPACE), "search.round-size=1000", "search.partition-size=64");

    assertThat(commits()).isEqualTo(2);
    int[] jobs = context.statusTracker().getJobIdsForGroup("exhaustive");
    int stage = context.statusTracker().getJobInfo(jobs[0]).stageIds()[0];
    assertThat(context.statusTracker().getStageInfo(stage).numTasks()).isEqualTo(2);
  }

  @Test
  void evaluatesOnlyTheBlocksThatAreMissing() {
    IndexRanges all = IndexRanges.of(List.of(new IndexRange(0, SPACE.size())));
    run(new Once("quarter", new Round(SPACE, all, 25)));

    run(new ExhaustiveSearch(SPACE));

    List<EvaluationRow> rows = table.read().rows().collect();
    assertThat(rows)
        .filteredOn(row -> row.strategy().equals("quarter"))
        .extracting(EvaluationRow::range)
        .containsOnly(new ExampleRange(0, 10));
    assertThat(rows)
        .filteredOn(row -> row.strategy().equals("exhaustive"))
        .hasSize(255)
        .extracting(EvaluationRow::range)
        .containsOnly(new ExampleRange(10, EXAMPLES));
  }

  @Test
  void takesNoNoticeOfRowsUnderAnotherKey() {
    Mixture first = SPACE.at(0);
    table.append(
        "exhaustive", 1, context.parallelize(List.of(EvaluationRows.scored(first, 1, 2)), 1));

    assertThat(run(new ExhaustiveSearch(SPACE))).isEqualTo(255);
  }

  /** Else a search that is started again would know more than it did when it asked. */
  @Test
  void anEarlierAnswerStaysWhereLaterExamplesFailed() {
    Round few = new Round(SPACE, IndexRanges.of(List.of(new IndexRange(0, 1))), 25);
    Mixture first = SPACE.at(0);
    table.append(
        "exhaustive",
        1,
        context.parallelize(
            List.of(
                EvaluationRows.scored(first, new double[10]),
                EvaluationRows.scoredFrom(10, first, 0, 0).failed("no memory")),
            1));
    TableStanding standing = standing(new Once("exhaustive", few));
    standing.answered(few);

    assertThat(standing.of(1).get(0).failed()).isFalse();
    assertThat(standing.of(1).get(0).scores().get("task").size()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({"climbing, 2", "surface, 9", "random, 9"})
  void proposesTheSameAfterEveryKill(String name, int apart) throws IOException {
    SearchStrategy strategy = name.equals("climbing") ? new ClimbingSearch(DATASETS) : named(name);
    run(strategy);
    SortedMap<String, String> undisturbed = proposals();
    List<Path> rounds = rounds();
    assertThat(rounds).hasSizeGreaterThan(3);

    for (int round = 0; round < rounds.size(); round += apart) {
      Path killed = rounds.get(round);
      // As after a kill in this round: it and what came later is not there.
      for (Path later : rounds()) {
        if (later.getFileName().toString().compareTo(killed.getFileName().toString()) >= 0) {
          FileUtils.deleteDirectory(later.toFile());
        }
      }
      run(name.equals("climbing") ? strategy : named(name));
      assertThat(proposals()).isEqualTo(undisturbed);
    }
  }

  @Test
  void aSurfaceFindsTheBestOfAllInPartOfTheirNumber() {
    SearchStrategy surface = named("surface");

    long evaluated = run(surface);

    assertThat(evaluated).isLessThan(60);
    assertThat(table.read().rows().map(row -> row.mixture().id()).collect())
        .doesNotHaveDuplicates()
        .contains(best());
  }

  @Test
  void aStrategyUsesWhatAnotherOneFound() {
    run(named("random"));
    List<String> there = table.read().names();
    SearchStrategy surface = named("surface");
    TableStanding standing = new TableStanding(table, there, surface, TrivialWork.tasks(EXAMPLES));
    long known = standing.before().size();

    long evaluated =
        TrivialWork.rounds(context, Configuration.load(List.of(), List.of()), table, EXAMPLES)
            .run(surface, standing, Progress.SILENT);

    assertThat(known).isEqualTo(30);
    assertThat(table.read().rows().map(row -> row.mixture().id()).collect())
        .hasSize((int) (known + evaluated))
        .doesNotHaveDuplicates();
  }

  /** A fresh strategy, as after a start. */
  private static SearchStrategy named(String name) {
    List<String> settings = new ArrayList<>(List.of("search.strategy=" + name));
    settings.add("search.width=8");
    if (name.equals("random")) {
      settings.add("search.budget=30");
    }
    return SearchPlan.of(
            Axes.of(SPACE.datasets()), Configuration.load(List.of(), settings), Optional.empty())
        .strategy(TrivialWork.objective(), TrivialWork.tasks(EXAMPLES).examples());
  }

  private static String best() {
    return LongStream.range(0, SPACE.size())
        .mapToObj(SPACE::at)
        .min(Comparator.comparingDouble(mixture -> TrivialWork.score(mixture, 0)))
        .orElseThrow()
        .id();
  }

  @Test
  void doesNotProposeOtherwiseWhereAnotherDriverWasFaster() throws IOException {
    ClimbingSearch climbing = new ClimbingSearch(DATASETS);
    run(climbing);
    SortedMap<String, String> undisturbed = proposals();
    rounds().forEach(round -> FileUtils.deleteQuietly(round.toFile()));

    // It evaluates everything after this strategy began.
    TableStanding standing = standing(climbing);
    run(new ExhaustiveSearch(SPACE));
    List<String> asked = new ArrayList<>();
    for (Optional<Round> round = climbing.next(standing);
        round.isPresent();
        round = climbing.next(standing)) {
      for (long i = 0; i < round.get().space().size(); i++) {
        asked.add(round.get().space().at(i).id());
      }
      standing.answered(round.get());
    }

    assertThat(asked).containsExactlyInAnyOrderElementsOf(undisturbed.keySet());
  }

  private TableStanding standing(SearchStrategy strategy) {
    return new TableStanding(table, List.of(), strategy, TrivialWork.tasks(EXAMPLES));
  }

  private long run(SearchStrategy strategy, String... settings) {
    Configuration configuration = Configuration.load(List.of(), List.of(settings));
    return TrivialWork.rounds(context, configuration, table, EXAMPLES)
        .run(strategy, standing(strategy), Progress.SILENT);
  }

  /** The number of the round that every mixture was asked for in. */
  private SortedMap<String, String> proposals() {
    return new TreeMap<>(
        table.read().rows().collect().stream()
            .collect(
                Collectors.toMap(
                    row -> row.mixture().id(), row -> row.strategy() + " " + row.number())));
  }

  private List<Path> rounds() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("round="))
          .sorted()
          .toList();
    }
  }

  private long commits() throws IOException {
    return rounds().size();
  }

  /** One round, whatever comes of it. */
  private record Once(String id, Round round) implements SearchStrategy {

    @Override
    public String describe() {
      return id;
    }

    @Override
    public long most() {
      return round.candidates().size();
    }

    @Override
    public boolean considers(Mixture mixture) {
      return true;
    }

    @Override
    public Failures failures() {
      return Failures.TRIED_AGAIN;
    }

    @Override
    public Optional<Round> next(Standing standing) {
      return standing.rounds() == 0 ? Optional.of(round) : Optional.empty();
    }
  }
}
