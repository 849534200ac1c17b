package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class MixtureTest {

  @Test
  void subsetHasEqualWeightsAndAscendingDatasets() {
    Mixture mixture = Mixture.subset(List.of("it", "es", "fr", "de"));

    assertThat(mixture.id()).isEqualTo("de+es+fr+it").isEqualTo(mixture.toString());
    assertThat(mixture.datasets()).containsExactly("de", "es", "fr", "it");
    assertThat(mixture.weights()).containsExactly(0.25, 0.25, 0.25, 0.25);
    assertThat(mixture.size()).isEqualTo(4);
    assertThat(mixture.equalWeights()).isTrue();
  }

  @Test
  void weightsAreNormalisedAndKeptByDataset() {
    Mixture mixture = Mixture.weighted(Map.of("it", 1.0, "es", 2.0, "fr", 1.0));

    assertThat(mixture.id()).isEqualTo("es:0.5+fr:0.25+it:0.25");
    assertThat(mixture.weights()).containsExactly(0.5, 0.25, 0.25);
    assertThat(mixture.weight("es")).isEqualTo(0.5);
    assertThat(mixture.weight("de")).isZero();
    assertThat(mixture.equalWeights()).isFalse();
  }

  @Test
  void equalWeightsMakeASubset() {
    assertThat(Mixture.weighted(Map.of("es", 0.3, "fr", 0.3, "it", 0.3)))
        .isEqualTo(Mixture.subset(List.of("es", "fr", "it")))
        .hasSameHashCodeAs(Mixture.subset(List.of("es", "fr", "it")));
    assertThat(Mixture.parse("es:7").id()).isEqualTo("es");
  }

  @Test
  void mergeWeightIsOneInASubset() {
    Mixture subset = Mixture.subset(List.of("es", "fr", "it"));
    Mixture weighted = Mixture.parse("es:0.75+fr:0.25");

    assertThat(subset.mergeWeight("fr")).isEqualTo(1.0);
    assertThat(subset.mergeWeight("de")).isZero();
    assertThat(weighted.mergeWeight("es")).isEqualTo(0.75);
    assertThat(weighted.mergeWeight("de")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "fr+es, es+fr",
    "fr:0.1+es:0.2+it:0.7, es:0.2+fr:0.1+it:0.7",
    "fr:1+es:3, es:0.75+fr:0.25",
    "es:1e-7+fr:0.9999999, es:1E-7+fr:0.9999999",
    "es:2.5E-7+fr:0.99999975, es:2.5E-7+fr:0.99999975",
  })
  void readsAnyWayOfWritingAMixture(String text, String id) {
    assertThat(Mixture.parse(text).id()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''        | '' is not a dataset id",
        "es+       | '' is not a dataset id",
        "es++fr    | '' is not a dataset id",
        "es fr     | 'es fr' is not a dataset id",
        "é         | 'é' is not a dataset id",
        "-es       | '-es' is not a dataset id",
        "es+fr+es  | Dataset 'es' is named 2 times",
        "es:1+es:2 | Dataset 'es' is named 2 times",
        "es:1+fr   | Some datasets have a weight and some have none",
        "es:       | The weight '' of dataset 'es' is not a positive number",
        "es:0+fr:1 | The weight '0' of dataset 'es' is not a positive number",
        "es:-1     | The weight '-1' of dataset 'es' is not a positive number",
        "es:NaN    | The weight 'NaN' of dataset 'es' is not a positive number",
        "es:1e999  | The weight '1e999' of dataset 'es' is not a positive number",
        "es:0x1p3  | The weight '0x1p3' of dataset 'es' is not a positive number",
        "es:1:2    | The weight '1:2' of dataset 'es' is not a positive number",
        "es:٣      | The weight '٣' of dataset 'es' is not a positive number",
      })
  void refusesAnIdThatIsNone(String id, String message) {
    assertThatThrownBy(() -> Mixture.parse(id))
        .isInstanceOfSatisfying(
            UserException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining(message)
        .hasMessageContaining("(mixture '" + id + "')");
  }

  @Test
  void tellsEveryProblemAtOnce() {
    assertThatThrownBy(() -> Mixture.parse("es:0+?:1+fr:1+fr:x"))
        .isInstanceOfSatisfying(
            UserException.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::what)
                    .containsExactly(
                        "'?' is not a dataset id",
                        "Dataset 'fr' is named 2 times",
                        "The weight '0' of dataset 'es' is not a positive number",
                        "The weight 'x' of dataset 'fr' is not a positive number"));
  }

  @Test
  void refusesWhatIsNoMixture() {
    assertThatThrownBy(() -> Mixture.subset(List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage("There is no dataset. Name at least one dataset.");
    assertThatThrownBy(() -> Mixture.subset(List.of("es", "es")))
        .isInstanceOf(UserException.class)
        .hasMessage("Dataset 'es' is named 2 times. Name each dataset once.");
    assertThatThrownBy(() -> Mixture.weighted(Map.of("es", Double.NaN, "fr", -1.0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The weight of dataset 'es' is NaN.")
        .hasMessageContaining("The weight of dataset 'fr' is -1.0.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"es:1e300+fr:1e-300", "es:1+fr:1e-320", "es:1+fr:1e-17", "es:9e7+fr:1"})
  void refusesAWeightThatNoSumInFloat32Feels(String id) {
    assertThatThrownBy(() -> Mixture.parse(id))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The weight of dataset 'fr' is too small beside the sum");
  }

  @Test
  void dividesWeightsWhoseSumOverflows() {
    assertThat(Mixture.parse("es:1.5e308+fr:0.5e308").id()).isEqualTo("es:0.75+fr:0.25");
    assertThat(Mixture.parse("es:1e-310+fr:1e-310").id()).isEqualTo("es+fr");
  }

  @Test
  void outlivesSerialisation() throws IOException, ClassNotFoundException {
    Mixture mixture = Mixture.parse("es:0.75+fr:0.25");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(mixture);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(mixture);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"es", "9", "Wiki-2.0_x", "a.b", "A-"})
  void acceptsDatasetIds(String id) {
    assertThat(DatasetId.isValid(id)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " es", "es\n", ".es", "_es", "-es", "a+b", "a:b", "a/b", "ñ", "٣"})
  void refusesOtherIds(String id) {
    assertThat(DatasetId.isValid(id)).isFalse();
  }

  @Property(seed = "1")
  void idReadsBackAsTheSameMixture(@ForAll("weights") Map<String, Double> weights) {
    Mixture mixture = Mixture.weighted(weights);

    assertThat(Mixture.parse(mixture.id())).isEqualTo(mixture).hasToString(mixture.id());
    assertThat(mixture.datasets()).isSorted().containsExactlyInAnyOrderElementsOf(weights.keySet());
  }

  @Property(seed = "1")
  void weightsSumToOneAndKeepTheirProportions(@ForAll("weights") Map<String, Double> weights) {
    Mixture mixture = Mixture.weighted(weights);

    double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(mixture.weights().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(1, within(1e-12));
    weights.forEach(
        (dataset, weight) ->
            assertThat(mixture.weight(dataset)).isCloseTo(weight / sum, within(1e-12)));
  }

  @Property(seed = "1")
  void subsetReadsBackAsTheSameMixture(@ForAll("ids") Set<String> datasets) {
    Mixture mixture = Mixture.subset(datasets);

    assertThat(Mixture.parse(mixture.id())).isEqualTo(mixture);
    assertThat(mixture.id()).doesNotContain(":");
  }

  @Provide
  Arbitrary<Map<String, Double>> weights() {
    Arbitrary<Double> shares = Arbitraries.integers().between(1, 9).map(tenths -> tenths / 10.0);
    Arbitrary<Double> anything =
        Arbitraries.doubles().between(-3, 3).map(exponent -> Math.pow(10, exponent));
    return Arbitraries.oneOf(
        Arbitraries.maps(id(), shares).ofMinSize(1).ofMaxSize(12),
        Arbitraries.maps(id(), anything).ofMinSize(1).ofMaxSize(12));
  }

  @Provide
  Arbitrary<Set<String>> ids() {
    return id().set().ofMinSize(1).ofMaxSize(12);
  }

  private static Arbitrary<String> id() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .numeric()
        .withChars("._-")
        .ofMinLength(1)
        .ofMaxLength(6)
        .filter(DatasetId::isValid);
  }
}
