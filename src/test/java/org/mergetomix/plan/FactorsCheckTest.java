package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class FactorsCheckTest {

  private static final InputFiles FILES =
      new InputFiles(
          new CacheSettings("", 1, 1, 1), new org.apache.hadoop.conf.Configuration(false));

  @TempDir private Path folder;

  @BeforeEach
  void prepare() throws IOException {
    for (String file :
        List.of(
            "adapter/adapter_config.json",
            "adapter/adapter_model.safetensors",
            "another/adapter_config.json",
            "whole/model.safetensors",
            "both/adapter_config.json",
            "both/model.safetensors",
            "file.safetensors")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "");
    }
    Files.createDirectories(folder.resolve("empty"));
  }

  @Test
  void takesAdaptersAlone() {
    assertThat(problems("adapter", "another")).isEmpty();
    assertThat(problems("whole", "adapter", "file.safetensors"))
        .extracting(Problem::what)
        .containsExactly(
            "worker.experts is factors, but the expert of a is no LoRA adapter",
            "worker.experts is factors, but the expert of c is no LoRA adapter");
  }

  @Test
  void goesByTheKindThatTheManifestSays() {
    assertThat(problems("both, kind = lora", "adapter")).isEmpty();
    assertThat(problems("both, kind = full", "adapter, kind = full")).hasSize(2);
  }

  @Test
  void leavesFoldersThatHoldNoExpertOrTwoToTheCheckOfInputs() {
    assertThat(problems("empty", "both")).isEmpty();
  }

  @Test
  void refusesToTrainWholeModels() {
    assertThat(problems("missing", "adapter", "gone"))
        .containsExactly(
            new Problem(
                "worker.experts is factors, but training.method is full, which makes whole models"
                    + " of the experts that are missing: a, c",
                "training.method",
                "Set training.method to lora, or worker.experts to merged"));
    assertThat(problems(List.of("training.method=lora"), "missing", "adapter")).isEmpty();
  }

  @Test
  void refusesMethodsThatDoNotOnlyAdd() {
    assertThat(problems(List.of("merge.method=ties"), "adapter", "another"))
        .extracting(Problem::where)
        .containsExactly("merge.method");
  }

  @Test
  void asksForNothingWhereSurrogatesAreMerged() {
    assertThat(problems(List.of("worker.experts=merged", "merge.method=ties"), "missing", "gone"))
        .isEmpty();
  }

  private List<Problem> problems(String... experts) {
    return problems(List.of(), experts);
  }

  private List<Problem> problems(List<String> settings, String... experts) {
    StringBuilder text = new StringBuilder("base { checkpoint = base }\ndatasets = [\n");
    for (int i = 0; i < experts.length; i++) {
      text.append("{ id = %s, expert = %s }\n".formatted((char) ('a' + i), experts[i]));
    }
    text.append("]\ntasks = [ { id = task, kind = language-modelling, data = task.txt } ]\n");
    Path file = folder.resolve("manifest.conf");
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    List<String> all =
        new ArrayList<>(List.of("evaluation.engine=worker", "worker.experts=factors"));
    all.addAll(settings);
    Configuration configuration = Configuration.load(List.of(), all);
    return Optional.ofNullable(
            catchThrowableOfType(
                UserException.class,
                () -> FactorsCheck.require(Manifest.read(file), configuration, FILES)))
        .map(UserException::problems)
        .orElse(List.of());
  }
}
