package org.mergetomix.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.LiveModel;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * A real run in small: a TorchScript graph with seeded weights, four datasets of a few words each,
 * and a task. A search over its 15 mixtures takes seconds, nearly all of them Spark's.
 *
 * <p>Everything lies in one folder and is drawn from fixed seeds, so two folders hold the same
 * bytes.
 */
public final class SmallRun {

  /** The datasets. */
  public static final List<String> DATASETS = List.of("a", "b", "c", "d");

  /** How many mixtures there are. */
  public static final int MIXTURES = 15;

  /** What every command is given: few, small steps, a session of its own kind. */
  private static final List<String> SETTINGS =
      List.of(
          "training.steps=3",
          "training.batch-size=4",
          "training.warmup-steps=1",
          "evaluation.batch-size=8",
          "fidelity.mixtures=4",
          "fidelity.bootstrap-samples=50");

  private static final int CONTEXT = 16;
  private static final double SPREAD = 0.02;

  private final Path folder;

  private SmallRun(Path folder) {
    this.folder = folder;
  }

  /** Writes graph, base, texts and manifest; experts are still to be made. */
  public static SmallRun withoutExperts(Path folder) {
    SmallRun run = new SmallRun(folder.toAbsolutePath());
    try {
      Files.createDirectories(run.folder);
      Files.copy(ByteTransformer.GRAPH, run.graph(), StandardCopyOption.REPLACE_EXISTING);
      for (String dataset : DATASETS) {
        run.writeText(dataset, words(dataset, 12));
      }
      run.writeText("task", words("task", 10));
      run.writeText("confirm", words("confirm", 6));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    SortedMap<String, TensorSpec> tensors = tensors(run.graph());
    SafetensorsWriter.write(run.base(), tensors, Map.of(), new Weights(tensors));
    Manifest.write(run.describe(), run.manifestFile());
    return run;
  }

  /** Writes experts too: the base moved by seeded noise, a direction a dataset. */
  public static SmallRun of(Path folder) {
    SmallRun run = withoutExperts(folder);
    SortedMap<String, TensorSpec> tensors = tensors(run.graph());
    for (String dataset : DATASETS) {
      SafetensorsWriter.write(
          run.expert(dataset), tensors, Map.of(), new Weights(tensors).movedTowards(dataset));
    }
    return run;
  }

  /** A run whose files were made before, in another place. */
  public static SmallRun movedTo(Path folder) {
    return new SmallRun(folder.toAbsolutePath());
  }

  /** Where everything lies. */
  public Path folder() {
    return folder;
  }

  /** The TorchScript graph. */
  public Path graph() {
    return folder.resolve("graph.pt");
  }

  /** The base checkpoint. */
  public Path base() {
    return folder.resolve("base.safetensors");
  }

  /** The expert of a dataset. */
  public Path expert(String dataset) {
    return folder.resolve("experts").resolve(dataset + ".safetensors");
  }

  /** The text of a dataset, or of {@code task} or {@code confirm}. */
  public Path text(String name) {
    return folder.resolve(name + ".txt");
  }

  /** The manifest's file. */
  public Path manifestFile() {
    return folder.resolve("manifest.conf");
  }

  /** The output directory. */
  public Path output() {
    return folder.resolve("run");
  }

  /** The manifest as it is now. */
  public Manifest manifest() {
    return Manifest.read(manifestFile());
  }

  /** The configuration of this run, with settings of a test's own. */
  public Configuration configuration(String... settings) {
    return Configuration.load(List.of(), settings(settings));
  }

  /** A command line on this run, with options of a test's own. */
  public List<String> arguments(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    settings().forEach(setting -> arguments.addAll(List.of("--set", setting)));
    arguments.addAll(List.of(options));
    return arguments;
  }

  /** Replaces a text. */
  public void writeText(String name, List<String> lines) {
    try {
      Files.write(text(name), lines);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Replaces the expert of a dataset by one with NaN as the first element of its first tensor. */
  public void breakExpert(String dataset) {
    SortedMap<String, TensorSpec> tensors;
    try (SafetensorsFile expert = SafetensorsFile.open(expert(dataset))) {
      tensors = new TreeMap<>(expert.tensors());
      String first = tensors.firstKey();
      SafetensorsWriter.write(
          expert(dataset),
          tensors,
          Map.of(),
          (tensor, offset, destination, length) -> {
            expert.read(tensor, offset, destination, length);
            if (tensor.equals(first) && offset == 0) {
              destination[0] = Float.NaN;
            }
          });
    }
  }

  /** Replaces the base by one tensor of many elements, on disk a hole. */
  public void writeHugeBase(long elements) {
    long bytes = elements * Float.BYTES;
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, bytes)
            .getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file = new RandomAccessFile(base().toFile(), "rw")) {
      file.setLength(0);
      file.writeLong(Long.reverseBytes(header.length));
      file.write(header);
      file.setLength(Long.BYTES + header.length + bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<String> settings(String... more) {
    return Stream.of(
            Stream.of("manifest=" + manifestFile(), "output=" + output()),
            SETTINGS.stream(),
            Stream.of(more))
        .flatMap(list -> list)
        .toList();
  }

  private Manifest describe() {
    return new Manifest(
        Location.of(manifestFile()),
        new Manifest.Base(
            Location.of(graph()), Location.of(base()), "bytes", CONTEXT, Optional.empty()),
        DATASETS.stream()
            .map(
                id ->
                    new Manifest.DatasetEntry(
                        id,
                        Optional.of(Location.of(text(id))),
                        Location.of(expert(id)),
                        Optional.empty()))
            .toList(),
        List.of(
            new Manifest.TaskEntry(
                "task",
                LanguageModelling.KIND,
                Location.of(text("task")),
                Optional.of(Location.of(text("confirm"))),
                1)));
  }

  /** Words of a few letters; every name prefers other ones. */
  private static List<String> words(String name, int count) {
    Random random = new Random(name.hashCode());
    int first = random.nextInt(20);
    return IntStream.range(0, count)
        .mapToObj(
            line -> {
              StringBuilder word = new StringBuilder();
              int length = 3 + random.nextInt(18);
              for (int i = 0; i < length; i++) {
                word.append((char) ('a' + (first + random.nextInt(7)) % 26));
              }
              return word.toString();
            })
        .toList();
  }

  private static SortedMap<String, TensorSpec> tensors(Path graph) {
    try (LiveModel model = LiveModel.load(graph)) {
      return new TreeMap<>(model.tensors());
    }
  }

  /** Seeded weights, read in order as a writer does. */
  private static final class Weights implements TensorSource {

    private final SortedMap<String, TensorSpec> tensors;
    private final String direction;
    private Random start = new Random(0);
    private Random step = new Random(0);

    Weights(SortedMap<String, TensorSpec> tensors) {
      this(tensors, "");
    }

    private Weights(SortedMap<String, TensorSpec> tensors, String direction) {
      this.tensors = tensors;
      this.direction = direction;
    }

    Weights movedTowards(String dataset) {
      return new Weights(tensors, dataset);
    }

    @Override
    public void read(String tensor, long offset, float[] destination, int length) {
      if (offset == 0) {
        start = new Random(tensor.hashCode());
        step = new Random(31L * tensor.hashCode() + direction.hashCode());
      }
      for (int i = 0; i < length; i++) {
        double moved = direction.isEmpty() ? 0 : SPREAD * step.nextGaussian();
        destination[i] = (float) (initial(tensor) + moved);
      }
    }

    private double initial(String tensor) {
      if (tensors.get(tensor).shape().size() > 1) {
        return SPREAD * start.nextGaussian();
      }
      return tensor.endsWith("norm.weight") ? 1 : 0;
    }
  }
}
