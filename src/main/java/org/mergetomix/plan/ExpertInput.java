package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.PrefixMapping;
import org.mergetomix.family.TiedNames;
import org.mergetomix.manifest.ExpertForm;
import org.mergetomix.manifest.Manifest;

/**
 * An expert that the run reads, and how it is to be read.
 *
 * @param input the file or folder
 * @param policy what to make of its names and tensors
 */
public record ExpertInput(FileInput input, ExpertPolicy policy) implements Serializable {

  /** What the manifest says about an expert's form and names. */
  public static ExpertPolicy policy(Manifest manifest, Manifest.DatasetEntry dataset) {
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

  public ExpertInput fetched(InputFiles files) {
    return new ExpertInput(input.fetched(files), policy);
  }

  public String path() {
    return input.path();
  }

  public Path file() {
    return input.file();
  }

  /** Of the contents alone, as the manifest may give it. */
  public String digest() {
    return input.digest();
  }

  /** Everything that decides the delta: the contents, and the policy where it is a special one. */
  public String identity() {
    return policy.equals(ExpertPolicy.STRICT) ? digest() : digest() + " " + policy;
  }
}
