package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.checkpoint.ExpertKind;
import org.mergetomix.checkpoint.ExpertPolicy;
import org.mergetomix.checkpoint.PrefixMapping;
import org.mergetomix.checkpoint.TiedNames;
import org.mergetomix.checkpoint.cache.InputFiles;
import org.mergetomix.manifest.ExpertForm;
import org.mergetomix.manifest.Manifest;

/**
 * An expert that the run reads, and how it is to be read.
 *
 * @param input the file or folder
 * @param policy what to make of its names and tensors
 */
record ExpertInput(FileInput input, ExpertPolicy policy) implements Serializable {

  /** What the manifest says about an expert's form and names. */
  static ExpertPolicy policy(Manifest manifest, Manifest.DatasetEntry dataset) {
    ExpertForm form = dataset.form();
    return new ExpertPolicy(
        switch (form.kind()) {
          case AUTO -> ExpertKind.AUTO;
          case FULL -> ExpertKind.FULL;
          case DELTA -> ExpertKind.DELTA;
          case LORA -> ExpertKind.LORA;
          case SPARSE -> ExpertKind.SPARSE;
        },
        form.prefixes().stream()
            .map(prefix -> new PrefixMapping(prefix.from(), prefix.to()))
            .toList(),
        switch (form.missing()) {
          case FAIL -> ExpertPolicy.Missing.FAIL;
          case BASE -> ExpertPolicy.Missing.BASE;
        },
        switch (form.extra()) {
          case FAIL -> ExpertPolicy.Extra.FAIL;
          case IGNORE_LISTED -> ExpertPolicy.Extra.IGNORE_LISTED;
        },
        form.ignored(),
        manifest.base().tied().stream()
            .map(tie -> new TiedNames(tie.first(), tie.second()))
            .toList());
  }

  ExpertInput fetched(InputFiles files) {
    return new ExpertInput(input.fetched(files), policy);
  }

  String path() {
    return input.path();
  }

  Path file() {
    return input.file();
  }

  /** Of the contents alone, as the manifest may give it. */
  String digest() {
    return input.digest();
  }

  /** Everything that decides the delta: the contents, and the policy where it is a special one. */
  String identity() {
    return policy.equals(ExpertPolicy.STRICT) ? digest() : digest() + " " + policy;
  }
}
