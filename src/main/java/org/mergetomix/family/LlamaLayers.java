package org.mergetomix.family;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.mergetomix.family.LlamaKin.Windows;

/**
 * What differs between the layers of one model: which see a window only, and which rope each has.
 *
 * @param windowed for each layer 1 if it sees a window only, otherwise 0
 * @param ropes for each layer 0 for the main rope, 1 for the local one, 2 for none
 * @param window how many tokens back a windowed layer sees; 0 if there is none
 */
record LlamaLayers(List<Long> windowed, List<Long> ropes, long window) {

  private static final String TYPES = "layer_types";
  private static final String NO_ROPE = "no_rope_layers";
  private static final long LOCAL = 1;
  private static final long NONE = 2;

  static LlamaLayers read(ConfigFields config, LlamaKin kin, int layers) {
    List<Long> ropes = kin == LlamaKin.SMOLLM3 ? ropes(config, layers) : zeros(layers);
    long window = window(config, kin);
    List<Long> windowed = zeros(layers);
    Optional<List<String>> types = types(config, kin, layers);
    for (int layer = 0; layer < layers; layer++) {
      int at = layer;
      boolean near =
          types
              .map(all -> all.get(at).equals("sliding_attention"))
              .orElseGet(() -> window > 0 && isWindowed(config, kin, at, ropes));
      windowed.set(layer, near ? 1L : 0L);
      if (near && kin == LlamaKin.GEMMA3_TEXT) {
        ropes.set(layer, LOCAL);
      }
    }
    if (window == 0 && windowed.contains(1L)) {
      config.complain(
          TYPES, "Layers have a window, but no sliding_window says its size", ConfigFields.DAMAGED);
    }
    return new LlamaLayers(windowed, ropes, windowed.contains(1L) ? window : 0);
  }

  private static List<Long> zeros(int layers) {
    return new ArrayList<>(Collections.nCopies(layers, 0L));
  }

  private static long window(ConfigFields config, LlamaKin kin) {
    boolean used =
        switch (kin.windows()) {
          case NONE -> false;
          case ALL, PATTERN -> !config.isNull("sliding_window");
          case FROM_LAYER, WITHOUT_ROPE -> config.isOn("use_sliding_window");
        };
    return used ? config.size("sliding_window", kin.missingWindow(), Limits.POSITIONS) : 0;
  }

  private static Optional<List<String>> types(ConfigFields config, LlamaKin kin, int layers) {
    Optional<List<String>> types = config.texts(TYPES);
    if (types.isEmpty()) {
      return types;
    }
    boolean known =
        types.get().stream()
            .allMatch(type -> type.equals("full_attention") || type.equals("sliding_attention"));
    if (!known || types.get().size() != layers) {
      config.complain(
          TYPES,
          "The key layer_types has to name full_attention or sliding_attention for each of the"
              + " %s layers".formatted(layers),
          ConfigFields.DAMAGED);
      return Optional.empty();
    }
    if (kin.windows() == Windows.ALL || kin.windows() == Windows.NONE) {
      boolean all = kin.windows() == Windows.ALL && window(config, kin) > 0;
      if (types.get().contains(all ? "full_attention" : "sliding_attention")) {
        config.complain(
            TYPES,
            "Layers that differ are not known for this model_type",
            "Correct the model_type: other types have such layers");
      }
      return Optional.empty();
    }
    return types;
  }

  private static boolean isWindowed(
      ConfigFields config, LlamaKin kin, int layer, List<Long> ropes) {
    return switch (kin.windows()) {
      case NONE -> false;
      case ALL -> true;
      case FROM_LAYER -> layer >= config.whole("max_window_layers", 28);
      case WITHOUT_ROPE -> ropes.get(layer) == NONE;
      case PATTERN -> (layer + 1) % pattern(config, kin) != 0;
    };
  }

  private static long pattern(ConfigFields config, LlamaKin kin) {
    return kin == LlamaKin.GEMMA2 ? 2 : config.size("sliding_window_pattern", 6, Limits.LAYERS);
  }

  private static List<Long> ropes(ConfigFields config, int layers) {
    Optional<List<Long>> given = config.wholes(NO_ROPE);
    if (given.isPresent() && given.get().size() < layers) {
      config.complain(
          NO_ROPE,
          "The key no_rope_layers has %s entries for %s layers"
              .formatted(given.get().size(), layers),
          ConfigFields.DAMAGED);
      return zeros(layers);
    }
    long interval = config.size("no_rope_layer_interval", 4, Limits.LAYERS);
    List<Long> ropes = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      boolean turned =
          given.isPresent() ? given.get().get(layer) != 0 : (layer + 1) % interval != 0;
      ropes.add(turned ? 0 : NONE);
    }
    return ropes;
  }
}
