package org.mergetomix.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.UserException;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class WorkerProcessIT {

  @TempDir private Path folder;

  /** What a pipe holds is less, so that whoever writes it waits. */
  @Test
  void endsAWorkerThatDoesNotReadALongRequest() throws Exception {
    Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
    ObjectNode request = WorkerProcess.request("write").put("begun", "1".repeat(1 << 20));
    try (WorkerProcess worker = WorkerProcess.start(List.of("sleep", "600"), Map.of(), folder, 1)) {
      List<ProcessHandle> started =
          ProcessHandle.current().children().filter(one -> !others.contains(one)).toList();
      assertThat(started).hasSize(1);

      assertThatThrownBy(() -> worker.ask(request))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("The worker made no progress in 1 seconds, and was ended");
      started.get(0).onExit().get(30, SECONDS);
    }
  }

  /** One that answers before it has read what it was asked. */
  @Test
  void endsAWorkerThatNeverReadsWhenItIsClosed() {
    ObjectNode request = WorkerProcess.request("write").put("begun", "1".repeat(1 << 20));
    List<String> command = List.of("sh", "-c", "echo '{\"id\": 1, \"ok\": true}'; sleep 600");
    try (WorkerProcess worker = WorkerProcess.start(command, Map.of(), folder, 30)) {
      assertThat(worker.ask(request).path("ok").asBoolean()).isTrue();
    }
  }
}
