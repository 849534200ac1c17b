package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.UserException;

class TrainerFolderTest {

  private static final String ONE = "1".repeat(64);
  private static final String OTHER = "2".repeat(64);

  @TempDir private Path workspace;

  @Test
  void isRemovedLaterIfAStopCameBefore() throws Exception {
    Path left;
    try (TrainerFolder folder = open(ONE)) {
      left = folder.path();
      Files.writeString(left.resolve("job.json"), "{}");
      TrainerFolder.removeLeft(workspace, ONE);
      assertThat(left).as("somebody has it").isNotEmptyDirectory();
    }

    TrainerFolder.removeLeft(workspace, OTHER);
    assertThat(left).isNotEmptyDirectory();
    TrainerFolder.removeLeft(workspace, ONE);
    assertThat(left).doesNotExist();
    assertThat(Files.exists(left.resolveSibling(OTHER))).isFalse();
  }

  @Test
  void leavesNoTraceOfWhatWasNeverThere() {
    TrainerFolder.removeLeft(workspace, ONE);

    assertThat(workspace).isEmptyDirectory();
  }

  @Test
  void isFreeAgainAfterItCouldNotBeMade() throws Exception {
    try (TrainerFolder other = open(OTHER)) {
      Path inTheWay = Files.createFile(other.path().resolveSibling(ONE));
      assertThatThrownBy(() -> open(ONE)).isInstanceOf(UserException.class);
      Files.delete(inTheWay);

      open(ONE).close();
    }
  }

  @Test
  void isNotWhereAGroupMayWrite() throws Exception {
    open(ONE).close();
    Path root;
    try (var found = Files.list(workspace)) {
      root = found.findFirst().orElseThrow();
    }
    for (String others : new String[] {"rwxrwx---", "rwx----w-"}) {
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(others));
      assertThatThrownBy(() -> open(ONE))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("another user's, or one that others may write into");
    }
  }

  /** Whoever would have to wait for it fails. */
  private TrainerFolder open(String digest) {
    int[] asked = {0};
    return TrainerFolder.open(workspace, digest, () -> assertThat(asked[0]++).as("waits").isZero());
  }
}
