package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.UndividedManifest;

class CorpusExampleTest {

  @TempDir Path folder;

  @Test
  void mixesTheNamesOfEveryLanguageIntoOneCorpus() throws IOException {
    CorpusExample example = new CorpusExample(folder);

    example.prepare();

    List<String> spanish = new ArrayList<>();
    TreeSet<String> languages = new TreeSet<>();
    for (String line : Files.readAllLines(folder.resolve("corpus.jsonl"))) {
      JsonNode row = new ObjectMapper().readTree(line);
      languages.add(row.path("language").textValue());
      if (row.path("language").textValue().equals("es")) {
        spanish.add(row.path("text").textValue());
      }
    }
    assertThat(languages).containsExactlyElementsOf(Example.CANDIDATES);
    assertThat(spanish)
        .hasSize((LanguageNames.split("es", 1).training().size() + 15) / 16)
        .anyMatch(row -> row.contains("Afganistán"));
    Path manifest = folder.resolve("corpus.conf");
    assertThat(UndividedManifest.read(Location.of(manifest), manifest).corpus())
        .isEqualTo(Location.of(folder.resolve("corpus.jsonl")));
    assertThat(Configuration.load(List.of(), example.settings()).divide().parts()).isEqualTo(8);
  }

  @Test
  void isDividedAnewWhereThatIsNotCompleteOrWasDoneByOtherSettings() throws IOException {
    CorpusExample example = new CorpusExample(folder);
    example.prepare();
    Configuration eight = Configuration.load(List.of(), example.settings());
    List<String> fewer = new ArrayList<>(example.settings());
    fewer.add("divide.parts=4");
    assertThat(example.isDivided(eight)).isFalse();
    example.discardDivision();
    Path parts = Files.createDirectories(example.divided().path().resolve("parts"));
    assertThat(example.isDivided(eight)).isFalse();

    Files.writeString(example.divided().path().resolve("manifest.conf"), "");
    example.rememberDivision(eight);

    assertThat(example.isDivided(eight)).isTrue();
    assertThat(example.isDivided(Configuration.load(List.of(), fewer))).isFalse();
    Files.writeString(folder.resolve("corpus.jsonl"), "{\"text\": \"another corpus\"}\n");
    assertThat(example.isDivided(eight)).isFalse();
    example.discardDivision();
    assertThat(parts.getParent()).doesNotExist();
  }

  @Test
  void countsWhatCameTogetherForItsPurity() {
    CorpusExample.Recovery recovery =
        new CorpusExample.Recovery(
            new TreeMap<>(
                Map.of(
                    "p1", new TreeMap<>(Map.of("es", 8L, "it", 2L)),
                    "p2", new TreeMap<>(Map.of("fi", 10L)))));

    assertThat(recovery.purity()).isCloseTo(0.9, within(1e-12));
  }
}
