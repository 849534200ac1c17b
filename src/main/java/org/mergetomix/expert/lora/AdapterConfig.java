package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code adapter_config.json} says about a LoRA adapter, as far as it decides the delta.
 *
 * @param rank the rank of modules that no pattern names, 1 or more
 * @param alpha the numerator of the scale of modules that no pattern names; finite
 * @param scaling what alpha is divided by
 * @param rankPatterns ranks of some modules, in the order of the file
 * @param alphaPatterns numerators of some modules, in the order of the file
 * @param layout how the base stores the weights that were adapted
 * @param biases whether biases were trained and saved
 * @param targets which modules have factors
 * @param parameters names of packed experts' tensors that have factors, or ends of them
 * @param savedModules ends of names of modules that were saved whole, with all modules in them
 * @param buffers what the kind of LoRA brings along that is of no use after training
 * @param baseName the model that the adapter was trained on
 */
public record AdapterConfig(
    int rank,
    double alpha,
    Scaling scaling,
    List<ModulePattern<Integer>> rankPatterns,
    List<ModulePattern<Double>> alphaPatterns,
    Layout layout,
    Biases biases,
    TargetModules targets,
    List<String> parameters,
    List<String> savedModules,
    Set<AdapterKey.Part> buffers,
    Optional<String> baseName) {

  /** What alpha is divided by. */
  enum Scaling {
    RANK,
    ROOT_OF_RANK
  }

  /** How the base stores a weight. */
  public enum Layout {
    /** A row for each output, as a linear layer does. */
    OUTPUTS_BY_INPUTS,
    /** A row for each input, as GPT-2's Conv1D does: {@code fan_in_fan_out}. */
    INPUTS_BY_OUTPUTS
  }

  /** Whether biases were trained and saved. */
  public enum Biases {
    NONE,
    /** Of all modules. */
    ALL,
    /** Of the modules that have factors. */
    ADAPTED
  }

  public AdapterConfig {
    rankPatterns = List.copyOf(rankPatterns);
    alphaPatterns = List.copyOf(alphaPatterns);
    parameters = List.copyOf(parameters);
    savedModules = List.copyOf(savedModules);
    buffers = Set.copyOf(buffers);
  }

  /** The rank of a module. */
  public int rank(String module) {
    return ModulePattern.first(rankPatterns, module).orElse(rank);
  }

  /** The factor of the product of a module's two matrices. */
  public float scale(String module) {
    double numerator = ModulePattern.first(alphaPatterns, module).orElse(alpha);
    int ofModule = rank(module);
    return (float)
        switch (scaling) {
          case RANK -> numerator / ofModule;
          case ROOT_OF_RANK -> numerator / Math.sqrt(ofModule);
        };
  }

  /** Whether a parameter that is no module's weight has factors. */
  public boolean adapts(String parameter) {
    return parameters.stream()
        .anyMatch(name -> parameter.equals(name) || parameter.endsWith("." + name));
  }

  /**
   * Whether a module was saved whole, alone or as a part of another. PEFT compares ends of names
   * without regard to dots: {@code norm} is {@code input_layernorm} too.
   */
  public boolean saved(String module) {
    return savedModules.stream().anyMatch(name -> saved(name, module));
  }

  private static boolean saved(String name, String module) {
    for (int end = module.length(); end > 0; end = module.lastIndexOf('.', end - 1)) {
      if (module.startsWith(name, end - name.length())) {
        return true;
      }
    }
    return false;
  }
}
