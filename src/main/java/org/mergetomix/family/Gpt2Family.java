package org.mergetomix.family;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** GPT-2. */
final class Gpt2Family implements Architecture {

  private static final String BASE = "transformer.";
  private static final String HEAD = "lm_head.weight";

  /** Causal masks, which old checkpoints have among the weights. */
  private static final Set<String> BUFFERS = Set.of(".attn.bias", ".attn.masked_bias");

  @Override
  public Family read(ConfigFields config) {
    long layers = config.size("n_layer", Limits.LAYERS);
    long heads = config.size("n_head", Limits.HEADS);
    long width = config.size("n_embd", Limits.WIDTH);
    long inner = config.size("n_inner", 4 * width, Limits.WIDTH);
    long vocabulary = config.size("vocab_size", Limits.VOCABULARY);
    long positions = config.size("n_positions", Limits.POSITIONS);
    boolean tied = config.isOnUnlessOff("tie_word_embeddings");
    config.refuseIfOn("reorder_and_upcast_attn");
    if (config.isSound() && width % heads != 0) {
      config.complain(
          "n_head",
          "n_embd = %s does not divide into n_head = %s heads".formatted(width, heads),
          ConfigFields.DAMAGED);
    }
    double scale =
        config.isOnUnlessOff("scale_attn_weights") ? Math.pow((double) width / heads, -0.5) : 1;
    GraphInputs inputs =
        new GraphInputs(
            "gpt2",
            List.of(
                layers,
                heads,
                Activation.read(config, "activation_function", "gelu_new").number(),
                vocabulary,
                config.isOn("scale_attn_by_inverse_layer_idx") ? 1L : 0L),
            List.of(config.positive("layer_norm_epsilon", 1e-5), scale),
            GraphInputs.sorted(Map.of()));
    TensorTable table = new TensorTable();
    table.weight(BASE + "wte", vocabulary, width);
    table.weight(BASE + "wpe", positions, width);
    for (long layer = 0; layer < layers; layer++) {
      String part = BASE + "h." + layer;
      table.layerNorm(part + ".ln_1", width);
      table.transposedLinear(part + ".attn.c_attn", 3 * width, width);
      table.transposedLinear(part + ".attn.c_proj", width, width);
      table.layerNorm(part + ".ln_2", width);
      table.transposedLinear(part + ".mlp.c_fc", inner, width);
      table.transposedLinear(part + ".mlp.c_proj", width, inner);
    }
    table.layerNorm(BASE + "ln_f", width);
    if (!tied) {
      table.weight("lm_head", vocabulary, width);
    }
    return new Family(
        "gpt2",
        inputs,
        table.shapes(),
        tied ? List.of(new TiedNames(HEAD, BASE + "wte.weight")) : List.of(),
        table.linear(),
        table.transposed(),
        BUFFERS,
        BASE,
        HEAD,
        positions,
        vocabulary,
        2 * layers * width,
        FamilyReader.storedType(config));
  }
}
