package org.mergetomix.expert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.family.QuantisedTensors;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.Pickles;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;

/** Finds out in which form an expert comes, and opens it as that. */
final class ExpertReader {

  private ExpertReader() {}

  static Delta open(Checkpoint base, Path expert, ExpertPolicy policy, Contents contents) {
    if (adapter(expert, policy.kind())) {
      return AdapterReader.open(base, expert, policy.of(ExpertKind.LORA), contents);
    }
    Checkpoint stored = Checkpoints.open(expert);
    Checkpoint checkpoint;
    ExpertKind kind;
    try {
      FamilyReader.refuseQuantised(expert);
      QuantisedTensors.refuse(stored.tensors(), expert.toString());
      kind = kind(stored, policy.kind());
      checkpoint = asInBase(base, stored, expert, policy, kind);
    } catch (RuntimeException failure) {
      stored.close();
      throw failure;
    }
    String name = expert.toString();
    return switch (kind) {
      case DELTA -> StoredDelta.of(base, checkpoint, name, policy.of(kind), contents);
      case SPARSE -> SparseDelta.of(base, checkpoint, name, policy.of(kind));
      default -> FullCheckpointDelta.of(base, checkpoint, name, policy.of(kind), contents);
    };
  }

  private static Checkpoint asInBase(
      Checkpoint base, Checkpoint stored, Path expert, ExpertPolicy policy, ExpertKind kind) {
    Checkpoint packed = ExpertsAsInBase.of(stored, base.tensors());
    if (policy.vocabulary() == ExpertPolicy.Vocabulary.FAIL) {
      return packed;
    }
    if (kind != ExpertKind.FULL) {
      throw UserException.input(
          "vocabulary = %s is for whole checkpoints and adapters, and this is a delta"
              .formatted(policy.vocabulary().name().toLowerCase(Locale.ROOT)),
          expert.toString(),
          "Give the fine-tuned model itself, or leave vocabulary out");
    }
    return TokensAsInBase.of(
        base, packed, expert, policy, name -> policy.inBase(name, base.tensors()));
  }

  private static boolean adapter(Path expert, ExpertKind asked) {
    if (!Files.isDirectory(expert)) {
      String file = String.valueOf(expert.getFileName());
      if (asked == ExpertKind.LORA || file.equals(CheckpointFolder.ADAPTER)) {
        Pickles.refuse(expert);
        throw UserException.input(
            "A LoRA adapter is a folder, not a file",
            expert.toString(),
            "Give the folder that holds %s and %s"
                .formatted(CheckpointFolder.ADAPTER_CONFIG, CheckpointFolder.ADAPTER));
      }
      return false;
    }
    CheckpointFolder folder = CheckpointFolder.of(expert);
    if (asked == ExpertKind.AUTO && folder.holdsAdapter() && folder.holdsModel()) {
      throw UserException.input(
          "The folder holds an adapter and a whole checkpoint",
          expert.toString(),
          "Say which is meant with the kind of the expert: full or lora");
    }
    return asked == ExpertKind.LORA || (asked == ExpertKind.AUTO && folder.holdsAdapter());
  }

  private static ExpertKind kind(Checkpoint checkpoint, ExpertKind asked) {
    Optional<String> said = Optional.ofNullable(checkpoint.metadata().get(ExpertKind.METADATA));
    if (said.isEmpty()) {
      return asked == ExpertKind.AUTO ? ExpertKind.FULL : asked;
    }
    ExpertKind found =
        ExpertKind.ofMetadata(said.get())
            .orElseThrow(
                () ->
                    UserException.input(
                        "The metadata gives an unknown %s, \"%s\""
                            .formatted(ExpertKind.METADATA, TensorNames.shown(said.get())),
                        checkpoint.name(),
                        "Known: " + ExpertKind.metadataTexts()));
    if (asked != ExpertKind.AUTO && asked != found) {
      throw UserException.input(
          "The metadata says %s = %s, but the expert's kind is given as %s"
              .formatted(ExpertKind.METADATA, found.text(), asked.text()),
          checkpoint.name(),
          "Correct the kind, or leave it out");
    }
    return found;
  }
}
