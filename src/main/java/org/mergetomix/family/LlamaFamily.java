package org.mergetomix.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.mergetomix.family.LlamaKin.Biases;
import org.mergetomix.family.LlamaKin.HeadNorms;
import org.mergetomix.family.LlamaKin.Norms;
import org.mergetomix.family.TensorTable.Bias;

/** Llama and its kin. */
final class LlamaFamily implements Architecture {

  private static final String BASE = "model.";
  private static final String HEAD = "lm_head.weight";

  /** Frequencies, which old checkpoints have among the weights. */
  private static final Set<String> BUFFERS = Set.of(".rotary_emb.inv_freq");

  private final LlamaKin kin;

  LlamaFamily(LlamaKin kin) {
    this.kin = kin;
  }

  @Override
  public Family read(ConfigFields config) {
    Sizes sizes = sizes(config);
    LlamaLayers layers = LlamaLayers.read(config, kin, sizes.layers);
    boolean tied =
        kin.tiesUnlessOff()
            ? config.isOnUnlessOff("tie_word_embeddings")
            : config.isOn("tie_word_embeddings");
    Rope rope = rope(config, sizes);
    Map<String, List<Float>> vectors = new TreeMap<>();
    vectors.put("rope.frequencies", rope.frequencies());
    if (rope.kind() == Rope.Kind.LONG) {
      vectors.put("rope.long_frequencies", rope.longFrequencies());
    }
    double localScale = 1;
    if (kin == LlamaKin.GEMMA3_TEXT) {
      Rope local = localRope(config, sizes);
      vectors.put("rope.local_frequencies", local.frequencies());
      localScale = local.scale();
    }
    List<Double> reals =
        List.of(
            config.positive("rms_norm_eps", kin.missingEpsilon()),
            Math.pow(attentionScalar(config, sizes), -0.5),
            kin.isGemma() ? Math.sqrt((double) sizes.width) : 1,
            cap(config, "attn_logit_softcapping", 50),
            cap(config, "final_logit_softcapping", 30),
            rope.scale(),
            localScale,
            rope.base(),
            rope.factor());
    GraphInputs inputs =
        new GraphInputs(
            "llama", integers(config, sizes, layers, rope), reals, GraphInputs.sorted(vectors));
    TensorTable tensors = tensors(config, sizes);
    if (!tied) {
      tensors.weight("lm_head", sizes.vocabulary, sizes.width);
    }
    double reach = rope.kind() == Rope.Kind.DYNAMIC ? rope.factor() : 1;
    return new Family(
        kin.modelType(),
        inputs,
        tensors.shapes(),
        tied ? List.of(new TiedNames(HEAD, BASE + "embed_tokens.weight")) : List.of(),
        tensors.linear(),
        Set.of(),
        BUFFERS,
        BASE,
        HEAD,
        (long) (sizes.positions * Math.max(reach, 1)),
        sizes.vocabulary,
        2L * sizes.layers * sizes.groups * sizes.head,
        FamilyReader.storedType(config));
  }

  private Sizes sizes(ConfigFields config) {
    int layers = (int) config.size("num_hidden_layers", Limits.LAYERS);
    long heads = config.size("num_attention_heads", Limits.HEADS);
    long groups = config.size("num_key_value_heads", heads, Limits.HEADS);
    long width = config.size("hidden_size", Limits.WIDTH);
    if (config.isSound() && heads % groups != 0) {
      config.complain(
          "num_key_value_heads",
          "num_attention_heads = %s is no multiple of num_key_value_heads = %s"
              .formatted(heads, groups),
          ConfigFields.DAMAGED);
    }
    long missing = kin.missingHeadSize(width, heads);
    if (config.isSound() && missing == width / heads && width % heads != 0) {
      config.complain(
          "num_attention_heads",
          "hidden_size = %s does not divide into num_attention_heads = %s".formatted(width, heads),
          ConfigFields.DAMAGED);
    }
    return new Sizes(
        layers,
        heads,
        groups,
        config.size("head_dim", missing, Limits.WIDTH),
        width,
        config.size("intermediate_size", Limits.WIDTH),
        config.size("vocab_size", Limits.VOCABULARY),
        config.size("max_position_embeddings", Limits.POSITIONS));
  }

  private List<Long> integers(ConfigFields config, Sizes sizes, LlamaLayers layers, Rope rope) {
    List<Long> integers =
        new ArrayList<>(
            List.of(
                (long) sizes.layers,
                sizes.heads,
                sizes.groups,
                sizes.head,
                activation(config).number(),
                kin.norm().number(),
                kin.headNorms() == HeadNorms.TOGETHER ? 1L : 0L,
                layers.window(),
                padding(config, sizes),
                sizes.vocabulary,
                rope.kind().number(),
                rope.positions()));
    integers.addAll(layers.windowed());
    integers.addAll(layers.ropes());
    return integers;
  }

  /** Gemma's older configurations say "gelu" and mean the one with tanh. */
  private Activation activation(ConfigFields config) {
    if (!kin.isGemma()) {
      return Activation.read(config, "hidden_act", "silu");
    }
    String key = config.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    Activation read = Activation.read(config, key, "gelu_pytorch_tanh");
    return kin == LlamaKin.GEMMA && read == Activation.GELU ? Activation.GELU_TANH : read;
  }

  /**
   * The token whose embedding gets no gradient, a negative one counted from the end; -1 for none.
   */
  private static long padding(ConfigFields config, Sizes sizes) {
    if (!config.has("pad_token_id")) {
      return -1;
    }
    long given = config.whole("pad_token_id", 0);
    long padding = given < 0 ? sizes.vocabulary + given : given;
    if (padding < 0 || padding >= sizes.vocabulary) {
      config.complain(
          "pad_token_id",
          "pad_token_id = %s is outside the vocabulary of %s tokens"
              .formatted(given, sizes.vocabulary),
          ConfigFields.DAMAGED);
    }
    return padding;
  }

  private double attentionScalar(ConfigFields config, Sizes sizes) {
    return kin == LlamaKin.GEMMA2 || kin == LlamaKin.GEMMA3_TEXT
        ? config.positive("query_pre_attn_scalar", 256)
        : sizes.head;
  }

  private double cap(ConfigFields config, String key, double missing) {
    boolean capped = kin == LlamaKin.GEMMA2 || kin == LlamaKin.GEMMA3_TEXT;
    boolean whenMissing = kin == LlamaKin.GEMMA2 && !config.isNull(key);
    return capped ? config.positive(key, whenMissing ? missing : 0) : 0;
  }

  private Rope rope(ConfigFields config, Sizes sizes) {
    if (kin == LlamaKin.GEMMA3_TEXT) {
      ConfigFields global =
          config
              .child("rope_scaling")
              .or(() -> layered(config, "full_attention"))
              .orElseGet(config::empty);
      return RopeReader.read(
          config, global, RopeReader.Layout.whole(sizes.head, kin.missingBase()));
    }
    return RopeReader.read(
        config,
        kin == LlamaKin.PHI3
            ? new RopeReader.Layout(
                sizes.head,
                "rope_theta",
                kin.missingBase(),
                Optional.of("partial_rotary_factor"),
                1,
                Optional.of(4096L))
            : RopeReader.Layout.whole(sizes.head, kin.missingBase()));
  }

  private static Rope localRope(ConfigFields config, Sizes sizes) {
    Rope local =
        RopeReader.read(
            config,
            layered(config, "sliding_attention").orElseGet(config::empty),
            new RopeReader.Layout(
                sizes.head, "rope_local_base_freq", 10_000, Optional.empty(), 1, Optional.empty()));
    if (local.kind() != Rope.Kind.FIXED) {
      config.complain(
          "rope_parameters",
          "This rope type is not known for layers with a window",
          "Known: default, linear, llama3, yarn");
    }
    return local;
  }

  private static Optional<ConfigFields> layered(ConfigFields config, String layers) {
    return config.child("rope_parameters").flatMap(all -> all.child(layers));
  }

  private TensorTable tensors(ConfigFields config, Sizes sizes) {
    Bias attention =
        kin.biases() == Biases.BY_KEY ? Bias.of(config, "attention_bias") : Bias.ABSENT;
    Bias inputs = kin.biases() == Biases.QUERY_KEY_VALUE ? Bias.PRESENT : attention;
    Bias forward =
        kin == LlamaKin.LLAMA || kin == LlamaKin.SMOLLM3
            ? Bias.of(config, "mlp_bias")
            : Bias.ABSENT;
    TensorTable table = new TensorTable();
    table.weight(BASE + "embed_tokens", sizes.vocabulary, sizes.width);
    for (int layer = 0; layer < sizes.layers; layer++) {
      String part = BASE + "layers." + layer;
      norms(table, part, sizes.width);
      attention(table, part + ".self_attn.", sizes, inputs, attention);
      if (kin.isFused()) {
        table.linear(part + ".mlp.gate_up_proj", 2 * sizes.inner, sizes.width, Bias.ABSENT);
      } else {
        table.linear(part + ".mlp.gate_proj", sizes.inner, sizes.width, forward);
        table.linear(part + ".mlp.up_proj", sizes.inner, sizes.width, forward);
      }
      table.linear(part + ".mlp.down_proj", sizes.width, sizes.inner, forward);
    }
    table.weight(BASE + "norm", sizes.width);
    return table;
  }

  private void norms(TensorTable table, String part, long width) {
    if (kin.norms() != Norms.BEHIND) {
      table.weight(part + ".input_layernorm", width);
    }
    table.weight(part + ".post_attention_layernorm", width);
    if (kin.norms() == Norms.AROUND) {
      table.weight(part + ".pre_feedforward_layernorm", width);
    }
    if (kin.norms() != Norms.BEFORE) {
      table.weight(part + ".post_feedforward_layernorm", width);
    }
  }

  private void attention(TensorTable table, String part, Sizes sizes, Bias inputs, Bias output) {
    long queries = sizes.heads * sizes.head;
    long keys = sizes.groups * sizes.head;
    if (kin.isFused()) {
      table.linear(part + "qkv_proj", queries + 2 * keys, sizes.width, Bias.ABSENT);
    } else {
      table.linear(part + "q_proj", queries, sizes.width, inputs);
      table.linear(part + "k_proj", keys, sizes.width, inputs);
      table.linear(part + "v_proj", keys, sizes.width, inputs);
    }
    table.linear(part + "o_proj", sizes.width, queries, output);
    switch (kin.headNorms()) {
      case NONE -> {}
      case EACH -> {
        table.weight(part + "q_norm", sizes.head);
        table.weight(part + "k_norm", sizes.head);
      }
      case TOGETHER -> {
        table.weight(part + "q_norm", queries);
        table.weight(part + "k_norm", keys);
      }
    }
  }

  /**
   * How large a model is.
   *
   * @param groups heads of keys and values
   * @param head features of a head
   * @param inner width within the feed-forward part
   */
  private record Sizes(
      int layers,
      long heads,
      long groups,
      long head,
      long width,
      long inner,
      long vocabulary,
      long positions) {}
}
