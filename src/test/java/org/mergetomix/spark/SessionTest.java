package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.config.Configuration;
import org.mergetomix.testing.SparkSessionExtension;
import scala.jdk.javaapi.CollectionConverters;

@ExtendWith(SparkSessionExtension.class)
class SessionTest {

  @Test
  void usesASessionThatIsThereAndLeavesItAsItWas(SparkSession present) {
    Map<String, String> before = settings(present);

    try (Session session =
        Session.open(new Configuration.Spark("local[7]", "another name", 0, 1))) {
      assertThat(session.spark()).isSameAs(present);
    }

    assertThat(present.sparkContext().isStopped()).isFalse();
    assertThat(settings(present)).isEqualTo(before);
    assertThat(present.range(3).count()).isEqualTo(3);
  }

  @Test
  void leavesAContextOpenThatIsThereWithoutASession(SparkSession present) {
    SparkSession.clearDefaultSession();
    SparkSession.clearActiveSession();
    try {
      Session.open(new Configuration.Spark("", "another name", 0, 1)).close();

      assertThat(present.sparkContext().isStopped()).isFalse();
    } finally {
      SparkSession.setDefaultSession(present);
    }
  }

  private static Map<String, String> settings(SparkSession session) {
    return Map.copyOf(CollectionConverters.asJava(session.conf().getAll()));
  }
}
