package org.mergetomix;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the table of rooms and of what each may import. Whoever changes it here, changes the
 * README.
 */
class ArchitectureTest {

  private static final String ROOT = "org.mergetomix";

  /**
   * Every room but the root package, and what it may import beside {@code problem} and {@code
   * location}.
   */
  private static final List<Room> ROOMS =
      List.of(
          room(
              "cli",
              "spark",
              "report",
              "analysis",
              "table",
              "mixture",
              "manifest",
              "config",
              "score",
              "demo"),
          room(
              "spark",
              "config",
              "manifest",
              "mixture",
              "checkpoint",
              "merge",
              "surrogate",
              "evaluation",
              "training",
              "table",
              "analysis",
              "report",
              "score"),
          room("analysis", "table", "mixture", "score"),
          room("table", "mixture", "score", "store"),
          room("report", "analysis", "table", "score"),
          room("training", "surrogate", "evaluation", "mixture", "score"),
          room("evaluation", "surrogate", "score"),
          room("surrogate", "checkpoint"),
          room("model", "family", "surrogate", "checkpoint"),
          room("family", "checkpoint"),
          room("merge", "checkpoint", "mixture"),
          room("checkpoint", "store"),
          room("mixture"),
          room("manifest", "mixture", "hocon"),
          room("config", "mixture", "hocon"),
          room("hocon"),
          room("score"),
          room("problem"),
          room("store"),
          room("location"),
          room(
              "demo",
              "cli",
              "spark",
              "analysis",
              "table",
              "report",
              "training",
              "evaluation",
              "surrogate",
              "merge",
              "checkpoint",
              "mixture",
              "manifest",
              "config",
              "score"));

  private static final List<Door> DOORS =
      List.of(
          new Door("Spark", "org.apache.spark..", List.of("spark", "table", "demo")),
          new Door(
              "DJL", "ai.djl..", List.of("surrogate", "model", "merge", "evaluation", "training")),
          new Door(
              "Hadoop's file system",
              "org.apache.hadoop.fs..",
              List.of("checkpoint", "table", "store")),
          new Door("picocli", "picocli..", List.of("MergeToMix", "cli")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> importsOnlyTheRoomsThatTheTableAllows() {
    return Stream.concat(Stream.of(room("", "cli")), ROOMS.stream())
        .map(room -> dynamicTest(room.label(), () -> checkImports(room)));
  }

  @TestFactory
  Stream<DynamicTest> usesALibraryOnlyBehindItsDoor() {
    return DOORS.stream().map(door -> dynamicTest(door.library(), () -> checkDoor(door)));
  }

  @Test
  void hasNoRoomOutsideTheTable() {
    String[] known =
        Stream.concat(Stream.of(ROOT), ROOMS.stream().map(Room::packages)).toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .resideInAnyPackage(known)
        .because("every room is in the table, here and in the README")
        .check(CLASSES);
  }

  @Test
  void hasNoCyclesBetweenRooms() {
    slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static void checkImports(Room room) {
    Set<String> allowed = new HashSet<>(room.mayImport());
    allowed.add("problem");
    allowed.add("location");
    allowed.add(room.name());
    String[] forbidden =
        Stream.concat(Stream.of(room("")), ROOMS.stream())
            .filter(other -> !allowed.contains(other.name()))
            .map(Room::packages)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(room.packages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .as(room.label() + " imports of our packages only " + new TreeSet<>(allowed))
        .allowEmptyShould(true)
        .check(CLASSES);
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

  private static Room room(String name, String... mayImport) {
    return new Room(name, Set.of(mayImport));
  }

  /** A package below the root, with its sub-packages; the empty name is the root package alone. */
  private record Room(String name, Set<String> mayImport) {

    String packages() {
      return name.isEmpty() ? ROOT : ROOT + "." + name + "..";
    }

    String label() {
      return name.isEmpty() ? "the root package" : name;
    }
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
