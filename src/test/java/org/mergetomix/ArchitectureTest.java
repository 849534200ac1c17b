package org.mergetomix;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the table of rooms. Whoever changes it here, changes the README. */
class ArchitectureTest {

  private static final String ROOT = "org.mergetomix";

  /**
   * Every room, from the ground up, a floor a row. A room imports only from the floors below it,
   * and from its own.
   */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("problem", "location", "store", "pattern"),
          List.of("score"),
          List.of("mixture"),
          List.of("tensor", "safetensors", "folder"),
          List.of("family"),
          List.of("expert", "expert.lora"),
          List.of("cache", "cache.disk"),
          List.of("merge", "merge.combine", "merge.sparsify"),
          List.of("preflight", "mergekit"),
          List.of("model"),
          List.of("data", "data.template.syntax", "data.template", "data.conversation"),
          List.of("evaluation.prompt", "evaluation.answer", "evaluation.harness", "evaluation"),
          List.of("training", "worker"),
          List.of("mlflow"),
          List.of("hocon", "config", "manifest"),
          List.of("output", "table"),
          List.of("surface", "surface.proposal"),
          List.of(
              "statistics",
              "statistics.attribution",
              "statistics.decision",
              "statistics.correction"),
          List.of("search", "search.replay"),
          List.of("report", "report.chart"),
          List.of("plan", "executor", "memory", "rank"),
          List.of("export"),
          List.of("spark", "spark.round", "spark.divide"),
          List.of("cli", "demo", ""));

  private static final List<Door> DOORS =
      List.of(
          new Door(
              "Spark",
              "org.apache.spark..",
              List.of(
                  "table",
                  "output",
                  "rank",
                  "plan",
                  "executor",
                  "memory",
                  "spark",
                  "spark.round",
                  "spark.divide",
                  "demo")),
          new Door("DJL", "ai.djl..", List.of("model", "merge", "evaluation", "training")),
          new Door(
              "Hadoop's file system",
              "org.apache.hadoop.fs..",
              List.of("store", "folder", "cache", "output", "table")),
          new Door("picocli", "picocli..", List.of("MergeToMix", "cli")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> importsOnlyFromItsFloorAndThoseBelow() {
    return IntStream.range(0, FLOORS.size())
        .boxed()
        .flatMap(
            floor ->
                FLOORS.get(floor).stream()
                    .map(room -> dynamicTest(label(room), () -> checkImports(room, floor))));
  }

  @TestFactory
  Stream<DynamicTest> usesALibraryOnlyBehindItsDoor() {
    return DOORS.stream().map(door -> dynamicTest(door.library(), () -> checkDoor(door)));
  }

  @Test
  void hasNoRoomOutsideTheTable() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .resideInAnyPackage(packages(FLOORS))
        .because("every room is in the table, here and in the README")
        .check(CLASSES);
  }

  @Test
  void hasNoCirclesBetweenRooms() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  private static void checkImports(String room, int floor) {
    noClasses()
        .that()
        .resideInAPackage(packageOf(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(FLOORS.subList(floor + 1, FLOORS.size())))
        .as(label(room) + " imports nothing from the floors above it")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static String[] packages(List<List<String>> floors) {
    return floors.stream()
        .flatMap(List::stream)
        .map(ArchitectureTest::packageOf)
        .toArray(String[]::new);
  }

  private static String packageOf(String room) {
    return room.isEmpty() ? ROOT : ROOT + "." + room;
  }

  private static String label(String room) {
    return room.isEmpty() ? "the root package" : room;
  }

  private static void checkDoor(Door door) {
    noClasses()
        .that()
        .haveNameNotMatching(door.behind())
        .should()
        .dependOnClassesThat()
        .resideInAPackage(door.packages())
        .as(door.library() + " is used only in " + door.places())
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /**
   * A library, and the only places that may use it: whole rooms, or single classes with what is
   * nested in them.
   */
  private record Door(String library, String packages, List<String> places) {

    String behind() {
      return places.stream().map(Door::namesIn).collect(Collectors.joining("|"));
    }

    private static String namesIn(String place) {
      String name = Pattern.quote(ROOT + "." + place);
      return Character.isUpperCase(place.charAt(place.lastIndexOf('.') + 1))
          ? name + "(\\$.*)?"
          : name + "\\..*";
    }
  }
}
