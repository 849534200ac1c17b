package org.mergetomix.safetensors;

import java.nio.charset.StandardCharsets;
import org.mergetomix.problem.UserException;

/** Files that are taken for a checkpoint or its JSON, and are known by their first bytes. */
public enum OtherFormats {
  /** What a repository holds in the place of a large file. */
  LFS_POINTER(
      "version ",
      "The file is a pointer of Git LFS, not the file that it stands for",
      "Fetch the file itself: git lfs pull in the clone, or download it from the hub"),
  /** The weights of llama.cpp. */
  GGUF(
      "GGUF",
      "The file is GGUF, whose weights are mostly quantised",
      "Give the safetensors files that the GGUF file was made from"),
  /** An archive, as torch.save and torch.export write it. */
  ARCHIVE(
      "PK\u0003\u0004",
      "The file is an archive of torch.save or torch.export, which could run any code when read",
      "Convert it to safetensors with the library that wrote it: load it in Python and call"
          + " save_pretrained(folder, safe_serialization=True)");

  private final String start;
  private final String what;
  private final String remedy;

  OtherFormats(String start, String what, String remedy) {
    this.start = start;
    this.what = what;
    this.remedy = remedy;
  }

  /**
   * Refuses what is certainly another format.
   *
   * @param beginning the file's first bytes, 8 or more where it has them
   * @param file how messages call it
   * @throws UserException if it is known
   */
  public static void refuse(byte[] beginning, String file) {
    String found = new String(beginning, StandardCharsets.ISO_8859_1);
    for (OtherFormats format : values()) {
      if (found.startsWith(format.start)) {
        throw UserException.input(format.what, file, format.remedy);
      }
    }
  }
}
