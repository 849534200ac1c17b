package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

/** The cache does what a small model of it says, for any order of fetching and giving back. */
class EvictionPropertiesTest {

  private static final int CAPACITY = 100;
  private static final int[] SIZES = {10, 25, 40, 55, 60, 100, 101};

  /** Even numbers fetch a file, odd ones give back what was lent longest. */
  @Property(tries = 60, seed = "1")
  void neverGoesOverItsCapacityAndNeverTakesWhatIsInUse(
      @ForAll @Size(max = 40) List<@IntRange(max = 13) Integer> actions) throws IOException {
    Path folder = Files.createTempDirectory("eviction");
    try {
      CacheFixture fixture = new CacheFixture(folder);
      List<RemoteFile> files = new ArrayList<>();
      for (int size : SIZES) {
        files.add(fixture.remote("file-" + size, size));
      }
      Model model = new Model();
      Deque<Map.Entry<Integer, CachedFile>> lent = new ArrayDeque<>();
      try (LocalCache cache = fixture.open(CAPACITY)) {
        for (int action : actions) {
          int index = action / 2;
          if (action % 2 == 0) {
            if (model.fetch(index)) {
              lent.add(Map.entry(index, cache.fetch(files.get(index))));
            } else {
              assertThat(
                      catchThrowableOfType(UserException.class, () -> cache.fetch(files.get(index)))
                          .exitCode())
                  .isEqualTo(ExitCode.USAGE);
            }
          } else if (!lent.isEmpty()) {
            Map.Entry<Integer, CachedFile> oldest = lent.remove();
            oldest.getValue().close();
            model.giveBack(oldest.getKey());
          }
          assertThat(sizes(fixture)).isEqualTo(model.sizes());
          assertThat(cache.statistics().evictions()).isEqualTo(model.evictions);
          assertThat(cache.statistics().misses()).isEqualTo(model.misses);
          for (Map.Entry<Integer, CachedFile> one : lent) {
            assertThat(one.getValue().path())
                .hasSameBinaryContentAs(fixture.origin("file-" + SIZES[one.getKey()]));
          }
        }
      }
    } finally {
      delete(folder);
    }
  }

  private static List<Long> sizes(CacheFixture fixture) throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (Path file : fixture.files()) {
      if (file.toString().endsWith(".data") || file.toString().endsWith(".part")) {
        sizes.add(Files.size(file));
      }
    }
    sizes.sort(Comparator.naturalOrder());
    assertThat(sizes.stream().mapToLong(Long::longValue).sum()).isLessThanOrEqualTo(CAPACITY);
    return sizes;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static final class Model {

    /** Users of each file that is there, least recently fetched first. */
    private final LinkedHashMap<Integer, Integer> users = new LinkedHashMap<>(16, 0.75f, true);

    private long evictions;
    private long misses;

    /** False when the file cannot be had. */
    boolean fetch(int index) {
      if (!users.containsKey(index)) {
        int inUse =
            users.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .mapToInt(entry -> SIZES[entry.getKey()])
                .sum();
        if (inUse + SIZES[index] > CAPACITY) {
          return false;
        }
        Iterator<Map.Entry<Integer, Integer>> oldest = users.entrySet().iterator();
        while (total() + SIZES[index] > CAPACITY) {
          if (oldest.next().getValue() == 0) {
            oldest.remove();
            evictions++;
          }
        }
        users.put(index, 0);
        misses++;
      }
      users.merge(index, 1, Integer::sum);
      return true;
    }

    void giveBack(int index) {
      // Not by a method that counts as a use.
      users.replaceAll((file, count) -> file == index ? count - 1 : count);
    }

    private int total() {
      return users.keySet().stream().mapToInt(index -> SIZES[index]).sum();
    }

    List<Long> sizes() {
      return users.keySet().stream().map(index -> (long) SIZES[index]).sorted().toList();
    }
  }
}
