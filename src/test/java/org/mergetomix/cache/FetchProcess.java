package org.mergetomix.cache;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.UserException;

/**
 * Another executor of the same host: a JVM of its own that does what it is told line by line and
 * answers each line with one.
 */
final class FetchProcess implements AutoCloseable {

  private static final String STORE = "child";

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;

  private FetchProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts one.
   *
   * @param shell a shell command that ends in {@code "$@"}, which starts the JVM
   */
  static FetchProcess start(String shell, Path folder, long capacity) throws IOException {
    List<String> command =
        List.of(
            "bash",
            "-c",
            shell,
            "bash",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            FetchProcess.class.getName(),
            folder.toString(),
            Long.toString(capacity));
    return new FetchProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  static FetchProcess start(Path folder, long capacity) throws IOException {
    return start("exec \"$@\"", folder, capacity);
  }

  FetchProcess send(String order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
    return this;
  }

  /** The next answer; "ended" when the process is gone. */
  String answer() throws IOException {
    String line = answers.readLine();
    return line == null ? "ended" : line;
  }

  /** The next answer but for what was only announced. */
  String digest() throws IOException {
    String answer = answer();
    while (answer.equals("looking")) {
      answer = answer();
    }
    return answer;
  }

  /** As the out-of-memory killer does it. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    answers.close();
  }

  /**
   * Orders: fetch FILE, hold FILE, release, announce, pause, hang NUMBER, fill NUMBER, free, bytes.
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    CacheFixture fixture = new CacheFixture(folder, STORE);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<CachedFile> held = new ArrayList<>();
    try (LocalCache cache = fixture.open(Long.parseLong(arguments[1]))) {
      for (String order = input.readLine(); order != null; order = input.readLine()) {
        String[] words = order.split(" ", -1);
        System.out.println(
            switch (words[0]) {
              case "fetch", "hold" -> fetch(cache, fixture, words, held);
              case "release" -> release(held);
              case "announce" -> announce(fixture.store);
              case "pause" -> pause(fixture.store, input);
              case "hang" -> hang(fixture.store, Integer.parseInt(words[1]));
              case "fill" -> fill(fixture.store, folder, Integer.parseInt(words[1]));
              case "free" -> free(folder);
              case "bytes" -> Long.toString(fixture.store.bytesRead.get());
              default -> throw new IllegalArgumentException(order);
            });
      }
    }
  }

  private static String fetch(
      LocalCache cache, CacheFixture fixture, String[] words, List<CachedFile> held) {
    try {
      CachedFile file = cache.fetch(fixture.at(words[1], ""));
      String answer = Digests.sha256(file.path());
      if (words[0].equals("hold")) {
        held.add(file);
      } else {
        file.close();
      }
      return answer;
    } catch (UserException problem) {
      return problem.getMessage();
    }
  }

  private static String release(List<CachedFile> held) {
    held.forEach(CachedFile::close);
    held.clear();
    return "released";
  }

  /** Says when it is about to look whether a file is there. */
  private static String announce(Store store) {
    store.beforeStatus(() -> System.out.println("looking"));
    return "will announce";
  }

  /** The first read waits for a line. */
  private static String pause(Store store, BufferedReader input) {
    store.beforeRead(
        (number, position) -> {
          if (number == 1) {
            System.out.println("reading");
            input.readLine();
          }
        });
    return "will pause";
  }

  /** From that read on, nothing comes any more. */
  private static String hang(Store store, int read) {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    store.beforeRead(
        (number, position) -> {
          if (number >= read) {
            // The reads before are finished once both threads hang.
            if (hanging.incrementAndGet() == 2) {
              System.out.println("hanging");
            }
            try {
              never.await();
            } catch (InterruptedException interruption) {
              throw new IOException(interruption);
            }
          }
        });
    return "will hang";
  }

  /** At that read, something else takes the rest of the disk. */
  private static String fill(Store store, Path folder, int read) {
    store.beforeRead(
        (number, position) -> {
          if (number == read) {
            byte[] block = new byte[1 << 12];
            try (OutputStream filler = Files.newOutputStream(filler(folder))) {
              while (true) {
                filler.write(block);
              }
            } catch (IOException full) {
              store.beforeRead((later, unused) -> {});
            }
          }
        });
    return "will fill";
  }

  private static Path filler(Path folder) {
    return folder.resolve("cache").resolve("filler");
  }

  private static String free(Path folder) {
    try {
      Files.delete(filler(folder));
      return "freed";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
