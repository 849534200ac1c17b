package org.mergetomix.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.family.TensorTable.Bias;

/** GPT-NeoX, which Pythia is. */
final class GptNeoXFamily implements Architecture {

  private static final String BASE = "gpt_neox.";
  private static final String HEAD = "embed_out.weight";

  /** Causal masks and frequencies, which old checkpoints have among the weights. */
  private static final Set<String> BUFFERS =
      Set.of(".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq");

  @Override
  public Family read(ConfigFields config) {
    long layers = config.size("num_hidden_layers", Limits.LAYERS);
    long heads = config.size("num_attention_heads", Limits.HEADS);
    long width = config.size("hidden_size", Limits.WIDTH);
    long inner = config.size("intermediate_size", Limits.WIDTH);
    long vocabulary = config.size("vocab_size", Limits.VOCABULARY);
    long positions = config.size("max_position_embeddings", Limits.POSITIONS);
    boolean tied = config.isOn("tie_word_embeddings");
    if (config.isSound() && width % heads != 0) {
      config.complain(
          "num_attention_heads",
          "hidden_size = %s does not divide into num_attention_heads = %s".formatted(width, heads),
          ConfigFields.DAMAGED);
    }
    long headSize = Math.max(width / heads, 1);
    Rope rope =
        RopeReader.read(
            config,
            new RopeReader.Layout(
                headSize,
                config.has("rotary_emb_base") ? "rotary_emb_base" : "rope_theta",
                10_000,
                Optional.of("rotary_pct"),
                0.25,
                Optional.empty()));
    if (rope.kind() != Rope.Kind.FIXED) {
      config.complain(
          "rope_scaling",
          "This rope type is not known for GPT-NeoX",
          "Known: default, linear, llama3, yarn");
    }
    GraphInputs inputs =
        new GraphInputs(
            "gpt_neox",
            List.of(
                layers,
                heads,
                Activation.read(config, "hidden_act", "gelu").number(),
                vocabulary,
                config.isOnUnlessOff("use_parallel_residual") ? 1L : 0L),
            List.of(
                config.positive("layer_norm_eps", 1e-5),
                Math.pow((double) headSize, -0.5),
                rope.scale()),
            GraphInputs.sorted(Map.of("rope.frequencies", rope.frequencies())));
    Bias bias = config.isOnUnlessOff("attention_bias") ? Bias.PRESENT : Bias.ABSENT;
    TensorTable table = new TensorTable();
    table.weight(BASE + "embed_in", vocabulary, width);
    for (long layer = 0; layer < layers; layer++) {
      String part = BASE + "layers." + layer;
      table.layerNorm(part + ".input_layernorm", width);
      table.linear(part + ".attention.query_key_value", 3 * width, width, bias);
      table.linear(part + ".attention.dense", width, width, bias);
      table.layerNorm(part + ".post_attention_layernorm", width);
      table.linear(part + ".mlp.dense_h_to_4h", inner, width, Bias.PRESENT);
      table.linear(part + ".mlp.dense_4h_to_h", width, inner, Bias.PRESENT);
    }
    table.layerNorm(BASE + "final_layer_norm", width);
    if (!tied) {
      table.weight("embed_out", vocabulary, width);
    }
    return new Family(
        "gpt_neox",
        inputs,
        table.shapes(),
        tied ? List.of(new TiedNames(HEAD, BASE + "embed_in.weight")) : List.of(),
        table.linear(),
        Set.of(),
        BUFFERS,
        BASE,
        HEAD,
        positions,
        vocabulary,
        2 * layers * width,
        FamilyReader.storedType(config));
  }
}
