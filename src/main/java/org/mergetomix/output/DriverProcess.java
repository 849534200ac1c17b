package org.mergetomix.output;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A process, known well enough to say for sure that it is gone.
 *
 * @param host the name of its machine, for people
 * @param process its number
 * @param space the user, the running kernel and the set of processes in which the number means
 *     something; empty where that cannot be known
 * @param start when it was started, in ticks of that kernel: a number may be used again
 */
record DriverProcess(String host, long process, String space, String start) {

  private static final Path PROCESSES = Path.of("/proc");

  /** This process. */
  static DriverProcess current() {
    long number = ProcessHandle.current().pid();
    try {
      return new DriverProcess(hostName(), number, currentSpace(), start(number));
    } catch (IOException notLinux) {
      return new DriverProcess(hostName(), number, "", "");
    }
  }

  /** Whether it has surely ended: it would be seen from here. */
  boolean isGone() {
    return isSeenFromHere() && !isThere();
  }

  /** How it is named to people. */
  String name() {
    return "process %d on %s".formatted(process, host);
  }

  private boolean isSeenFromHere() {
    return !space.isEmpty() && space.equals(current().space);
  }

  private boolean isThere() {
    try {
      return start.equals(start(process));
    } catch (NoSuchFileException ended) {
      return false;
    } catch (IOException unknown) {
      // It ended while its file was read, or the file cannot be read: nothing is sure.
      return true;
    }
  }

  /** Containers have kernels in common, and each may have processes 1, 2, 3 of its own. */
  private static String currentSpace() throws IOException {
    String kernel = Files.readString(PROCESSES.resolve("sys/kernel/random/boot_id")).strip();
    Path processes = Files.readSymbolicLink(PROCESSES.resolve("self/ns/pid"));
    return System.getProperty("user.name") + " " + kernel + " " + processes;
  }

  /** Not the time of day, which can be set: the ticks since the kernel was started. */
  private static String start(long process) throws IOException {
    String text = Files.readString(PROCESSES.resolve(Long.toString(process)).resolve("stat"));
    // The second field is a name that may hold spaces and brackets; the start is the 22nd.
    return text.substring(text.lastIndexOf(')') + 2).split(" ", -1)[19];
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "an unknown host";
    }
  }
}
