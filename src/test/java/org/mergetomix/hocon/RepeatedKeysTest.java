package org.mergetomix.hocon;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.Problem;

class RepeatedKeysTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 1\na = 2",
        "a = 1, a = 2",
        "{ a : 1, a : 1 }",
        "a = 1\n\"a\" = 2",
        "a { b = 1 }\na.b = 2",
        "a { b = 1 }, a { b = 2 }",
        "a { b { c = x y } }\na.b { c = z }",
        "a = [1]\na = [2]",
        "a = [{ b = 1, b = 2 }]",
        "a = [[{ b = 1 }], { b = 1\n b = 2 }]",
        "a = \"\"\"x\n\"}\"\"\"\na = 1",
        "a = http\na = x # }",
        "a =\n1\na =\n2",
        "a = 1 // a = 3\na = 2",
        "a = { b = 1 } { b = 2 }",
        "a = 1\na += 2\na = 3"
      })
  void findsAKeyThatIsGivenAgain(String text) {
    assertThat(problems(text)).singleElement().asString().contains(" is given twice (file:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a = 1\nb = 2",
        "a { b = 1 }\na { c = 2 }\nb = 1",
        "a.b = 1, a.c = 1, a.\"b.c\" = 1",
        "a = [{ b = 1 }, { b = 1 }]\nb = [{ a = 1 } { a = 2 }]",
        "a = [1]\na += 2\na = ${a} [3]",
        "a = \"a = 1\"\nb = \"\"\"a = 2\na = 3\"\"\"",
        "a = 1 # a = 2\n// a = 3"
      })
  void leavesWhatIsGivenOnceAlone(String text) {
    assertThat(problems(text)).isEmpty();
  }

  @Test
  void saysWhereBothAre() {
    assertThat(problems("x = 1\na { b = 1,\n  c = [{ d = 1 }, { d = 1\n d = 2 }] }"))
        .containsExactly("a.c.d is given twice (file:3, file:4). Leave one of them out.");
  }

  static Stream<Path> files() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of("."))) {
      files =
          all.filter(file -> file.toString().endsWith(".conf"))
              .filter(file -> !file.toString().contains("target"))
              .toList();
    }
    assertThat(files).hasSizeGreaterThan(3);
    return files.stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void findsNothingInTheFilesOfTheProject(Path file) throws IOException {
    assertThat(problems(Files.readString(file))).isEmpty();
  }

  private static List<String> problems(String text) {
    Findings findings = new Findings();
    findings.announce("file");
    ConfigFactory.parseString(text);
    RepeatedKeys.refuse(text, "file", findings);
    return findings.problems().stream().map(Problem::message).toList();
  }
}
