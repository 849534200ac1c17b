package org.mergetomix.store;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.problem.UserException;

/** A bucket that lies in another region than the one that S3A asks, as a store says it. */
public final class OtherRegion {

  /** By its name: the connector's own classes are not there without the connector. */
  private static final String REDIRECT = "AWSRedirectException";

  private static final Pattern OF_REDIRECT = Pattern.compile("to region \\[([a-z0-9-]+)]");

  private static final Pattern OF_SIGNATURE =
      Pattern.compile("the region (?:'[^']*' )?is wrong(?:; expecting '([a-z0-9-]+)')?");

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9]+://([^/]+).*");

  private OtherRegion() {}

  /**
   * What a failure says to the user, if it is this one; its causes are not looked at.
   *
   * @param where the location that was read or written
   */
  public static Optional<UserException> problem(IOException failure, String where) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    Matcher signature = OF_SIGNATURE.matcher(message);
    if (signature.find()) {
      return Optional.of(problem(failure, where, Optional.ofNullable(signature.group(1))));
    }
    if (failure.getClass().getSimpleName().equals(REDIRECT)) {
      Matcher redirect = OF_REDIRECT.matcher(message);
      Optional<String> region = redirect.find() ? Optional.of(redirect.group(1)) : Optional.empty();
      return Optional.of(problem(failure, where, region));
    }
    return Optional.empty();
  }

  private static UserException problem(IOException failure, String where, Optional<String> region) {
    String bucket = BUCKET.matcher(where).replaceFirst("$1");
    return UserException.input(
        "The bucket %s lies in %s"
            .formatted(
                bucket,
                region
                    .map(name -> "region " + name + ", not in the one that was asked")
                    .orElse("another region than the one that was asked")),
        where,
        "Set spark.hadoop.fs.s3a.endpoint.region to %s, or for this bucket alone"
                .formatted(region.orElse("the region of the bucket"))
            + " spark.hadoop.fs.s3a.bucket.%s.endpoint.region; fs.s3a.endpoint, if it is set, must"
                .formatted(bucket)
            + " be of that region too",
        failure);
  }
}
