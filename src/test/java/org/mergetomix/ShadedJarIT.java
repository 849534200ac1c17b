package org.mergetomix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar for spark-submit holds what we mean it to hold, and nothing that arrived unnoticed. */
class ShadedJarIT {

  private static final Path ACCEPTED =
      Path.of("src", "test", "resources", "shaded-jar-contents.txt");
  private static final Path FOUND = Path.of("target", "shaded-jar-contents.txt");

  private static final String SHADED = "org/mergetomix/shaded/";
  private static final List<String> RELOCATED =
      List.of("com/typesafe/config/", "com/google/gson/", "org/apache/commons/compress/");

  /** What Spark brings; a second copy would be ignored at best. */
  private static final List<String> PROVIDED =
      List.of(
          "org/apache/spark/",
          "org/apache/hadoop/",
          "org/apache/logging/",
          "org/apache/commons/",
          "org/slf4j/",
          "com/fasterxml/",
          "scala/");

  /** {@code group:artifact:type[:classifier]:version:scope}, as Maven lists it. */
  private static final Pattern ARTIFACT =
      Pattern.compile("^\\s+([\\w.-]+:[\\w.-]+:jar:[\\w.:-]+):(?:compile|runtime)\\b.*");

  private static final Pattern NATIVE_LIBRARY =
      Pattern.compile(".*\\.(so(\\.\\d+)*|dll|dylib|jnilib|a)");

  private static JarFile jar;
  private static List<String> files;

  @BeforeAll
  static void openTheJar() throws IOException {
    jar = new JarFile(System.getProperty("shaded.jar"));
    files = jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
  }

  @AfterAll
  static void closeTheJar() throws IOException {
    jar.close();
  }

  @Test
  void containsWhatTheCommittedListSays() throws IOException {
    TreeSet<String> found = new TreeSet<>();
    artifacts().forEach(artifact -> found.add("artifact " + artifact));
    for (String file : files) {
      if (file.endsWith(".class")) {
        found.add("package  " + packageOf(file));
      } else if (file.startsWith("META-INF/services/")) {
        for (String provider : lines(file)) {
          found.add("service  " + nameOf(file) + " = " + provider);
        }
      } else if (NATIVE_LIBRARY.matcher(file).matches()) {
        found.add("native   " + file);
      }
    }
    Files.write(FOUND, found);

    TreeSet<String> accepted = new TreeSet<>(Files.readAllLines(ACCEPTED));
    TreeSet<String> added = new TreeSet<>(found);
    added.removeAll(accepted);
    TreeSet<String> removed = new TreeSet<>(accepted);
    removed.removeAll(found);
    assertThat(Stream.concat(added.stream().map("+ "::concat), removed.stream().map("- "::concat)))
        .as(
            "The jar for spark-submit changed. If that is meant: cp %s %s, and commit it.%n",
            FOUND, ACCEPTED)
        .isEmpty();
  }

  @Test
  void relocatesWhatAClusterAlsoHolds() {
    for (String library : RELOCATED) {
      assertThat(files).as(library).anyMatch(file -> file.startsWith(SHADED + library));
      assertThat(files).as(library).noneMatch(file -> file.startsWith(library));
    }
  }

  @Test
  void leavesOutWhatSparkBrings() {
    assertThat(files).noneMatch(file -> PROVIDED.stream().anyMatch(file::startsWith));
  }

  @Test
  void keepsTheEnginesThatServiceLoaderFinds() throws IOException {
    assertThat(lines("META-INF/services/ai.djl.engine.EngineProvider"))
        .contains("ai.djl.pytorch.engine.PtEngineProvider");
    assertThat(files).contains("META-INF/services/ai.djl.repository.zoo.ZooProvider");
  }

  @Test
  void hasNoSignaturesAndNoModuleDescriptors() {
    assertThat(files)
        .noneMatch(file -> file.matches("META-INF/[^/]*\\.(SF|RSA|DSA)"))
        .noneMatch(file -> file.endsWith("module-info.class"));
  }

  @Test
  void documentsOurDefaults() throws IOException {
    assertThat(lines("reference.conf"))
        .as("reference.conf, of all libraries, with ours")
        .anyMatch(line -> line.matches("\\s*\"?merge-to-mix\"?[\\s.{:=].*"));
  }

  @Test
  void saysWhatItIs() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();

    assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS))
        .isEqualTo("org.mergetomix.MergeToMix");
    assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)).isNotBlank();
    assertThat(lines("META-INF/LICENSE")).anyMatch(line -> line.contains("Apache License"));
  }

  private static List<String> artifacts() throws IOException {
    List<String> artifacts =
        Files.readAllLines(Path.of(System.getProperty("shaded.artifacts"))).stream()
            .map(ARTIFACT::matcher)
            .filter(Matcher::matches)
            .map(line -> line.group(1).replace(":jar:", ":"))
            .toList();
    assertThat(artifacts).as("artifacts listed by the build").isNotEmpty();
    return artifacts;
  }

  /** Three names deep, enough to know whose it is; our own rooms change freely. */
  private static String packageOf(String file) {
    String path = file.replaceFirst("^META-INF/versions/\\d+/", "");
    String prefix = path.startsWith(SHADED) ? SHADED : "";
    List<String> names = List.of(path.substring(prefix.length()).split("/"));
    List<String> packages = names.subList(0, Math.min(3, names.size() - 1));
    String name = (prefix + String.join("/", packages)).replace('/', '.');
    return prefix.isEmpty() && name.startsWith("org.mergetomix") ? "org.mergetomix" : name;
  }

  private static String nameOf(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /**
   * The lines of a text file in the jar, without blank ones and comments; none if there is none.
   */
  private static List<String> lines(String file) throws IOException {
    ZipEntry entry = jar.getEntry(file);
    if (entry == null) {
      return List.of();
    }
    return new String(jar.getInputStream(entry).readAllBytes(), UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }
}
