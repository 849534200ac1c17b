package org.mergetomix.output;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.location.Location;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;

/** Leases in S3, where nothing can be renamed, appended to or made only once. */
@ExtendWith(S3Extension.class)
class S3LeaseIT extends OutputLeaseContract {

  private Location output;
  private OutputFiles files;

  @BeforeEach
  void prepare(S3Server s3) {
    output = Location.of("s3a://" + s3.newBucket() + "/run");
    files = new OutputFiles(s3.hadoop());
  }

  @Override
  Location output() {
    return output;
  }

  @Override
  OutputFiles files() {
    return files;
  }
}
