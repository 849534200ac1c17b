package org.mergetomix.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherRegionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the region 'us-east-1' is wrong; expecting 'eu-west-1' (Service: S3)",
        "The authorization header is malformed; the region is wrong; expecting 'eu-west-1'."
      })
  void namesTheRegionThatTheStoreExpects(String said) {
    assertThat(OtherRegion.problem(new IOException(said), "s3a://models/run"))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .hasMessageStartingWith("The bucket models lies in region eu-west-1, not in"));
  }

  @Test
  void doesWithoutTheNameOfTheRegion() {
    IOException failure = new IOException("the region is wrong");

    assertThat(OtherRegion.problem(failure, "s3a://models/run"))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .hasMessageStartingWith(
                        "The bucket models lies in another region than the one that was asked"
                            + " (s3a://models/run). Set spark.hadoop.fs.s3a.endpoint.region to the"
                            + " region of the bucket, or for this bucket alone"
                            + " spark.hadoop.fs.s3a.bucket.models.endpoint.region;"));
  }

  @Test
  void leavesOtherBadRequestsAlone() {
    assertThat(
            OtherRegion.problem(
                new IOException("a non-empty Access Key must be provided in the credential"),
                "s3a://models/run"))
        .isEmpty();
    assertThat(OtherRegion.problem(new IOException(), "s3a://models/run")).isEmpty();
  }
}
