package org.mergetomix.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What this process takes of the machine, by Linux's and the JVM's own counts. Mapped files are in
 * the resident set too; the kernel takes their pages back when it needs them, so what counts is
 * {@link #anonymous}.
 */
final class ProcessMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path INPUT_OUTPUT = Path.of("/proc/self/io");

  private long peakAnonymous;
  private long peakDirect;

  /** Remembers the peaks of what the system keeps no peak of. */
  void sample() {
    peakAnonymous = Math.max(peakAnonymous, anonymous());
    peakDirect = Math.max(peakDirect, pool("direct"));
  }

  String peaks() {
    return text("heap", heapPeak())
        + text("outside the heap, allocated", peakDirect)
        + text("outside the heap, mapped files", pool("mapped"))
        + text("resident, without files (sampled)", peakAnonymous)
        + text("resident, with mapped files (VmHWM)", kilobytes(STATUS, "VmHWM:"))
        + text("read from disk so far", number(INPUT_OUTPUT, "read_bytes:"));
  }

  private static String text(String what, long bytes) {
    return String.format(Locale.ROOT, "    %-36s %,9.1f MB%n", what, bytes / 1e6);
  }

  /** Resident memory that no file stands behind. */
  private static long anonymous() {
    return kilobytes(STATUS, "RssAnon:");
  }

  private static long heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private static long pool(String name) {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals(name))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long kilobytes(Path file, String key) {
    return number(file, key) * 1024;
  }

  private static long number(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.substring(key.length()).replaceAll("\\D", "")))
          .sum();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
