package org.mergetomix.training;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.family.Family;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LowRankFactors;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorSource;

/**
 * The factors of a low-rank update that were attached to a live model, which owns their memory.
 * Elements are read by PEFT's names. One thread at a time.
 */
public final class LowRankAdapter implements TensorSource {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final FamilyModel model;
  private final LowRank method;
  private final SortedMap<String, NDArray> factors;
  private final Map<String, NDArray> stored = new TreeMap<>();

  /** What was read last. */
  private String present = "";

  private float[] elements = {};

  private LowRankAdapter(FamilyModel model, LowRank method) {
    this.model = model;
    this.method = method;
    this.factors = model.factors();
    factors.forEach((name, factor) -> stored.put(LowRank.stored(model.family(), name), factor));
  }

  /**
   * Attaches factors as PEFT begins: B is zero, so the model is unchanged at first, and A is drawn
   * evenly from within 1 / sqrt(inputs) around zero. What is drawn depends on the seed and the
   * layer's name alone.
   *
   * @throws UserException if the model lacks a target
   */
  public static LowRankAdapter attach(FamilyModel model, LowRank method, long seed) {
    List<LowRankFactors> updates = method.updates(model.family());
    model.attach(updates);
    for (LowRankFactors update : updates) {
      NDArray down = model.factors().get(update.down());
      Random random = Seeds.random(seed, model.family().graphName(update.module()));
      float[] drawn = new float[(int) down.size()];
      float bound = (float) (1 / Math.sqrt((double) down.getShape().get(1)));
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = (2 * random.nextFloat() - 1) * bound;
      }
      down.set(drawn);
    }
    return new LowRankAdapter(model, method);
  }

  /** What is trained, by the model's names. */
  SortedMap<String, NDArray> factors() {
    return factors;
  }

  /** A trainer of the factors, starting from what they are. */
  public FineTuner tuner(FineTuning recipe) {
    return new FineTuner(model, factors, recipe);
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    if (!present.equals(tensor)) {
      elements = stored.get(tensor).toFloatArray();
      present = tensor;
    }
    System.arraycopy(elements, (int) offset, destination, 0, length);
  }

  /**
   * The text of {@code adapter_config.json}.
   *
   * @param baseName what the base is called
   */
  public String configuration(String baseName) {
    Family family = model.family();
    ObjectNode json = JSON.createObjectNode();
    json.put("base_model_name_or_path", baseName);
    json.put("bias", "none");
    json.put(
        "fan_in_fan_out",
        family.transposed().stream().anyMatch(each -> family.linear().contains(each)));
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.put("lora_alpha", method.alpha());
    json.put("lora_dropout", 0.0);
    json.putNull("modules_to_save");
    json.put("peft_type", "LORA");
    json.put("r", method.rank());
    targets().forEach(json.putArray("target_modules")::add);
    json.put("task_type", "CAUSAL_LM");
    json.put("use_dora", false);
    json.put("use_rslora", false);
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("A tree of texts and numbers is always JSON", bug);
    }
  }

  /** All linear layers by the last parts of their names, which no other module has. */
  private SortedSet<String> targets() {
    SortedSet<String> targets = new TreeSet<>(method.targets());
    if (targets.isEmpty()) {
      method
          .updates(model.family())
          .forEach(
              update ->
                  targets.add(update.module().substring(update.module().lastIndexOf('.') + 1)));
    }
    return targets;
  }
}
