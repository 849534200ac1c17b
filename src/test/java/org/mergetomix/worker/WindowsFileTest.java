package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.LikelihoodQuestions;
import org.mergetomix.evaluation.TokenWindow;

class WindowsFileTest {

  @TempDir private Path folder;

  @Test
  void saysWhatIsAskedForInRanges() {
    BitSet marked = new BitSet();
    marked.set(1);
    marked.set(2);
    marked.set(4);
    List<TokenWindow> windows = new ArrayList<>();
    windows.addAll(TokenWindow.marked(0, new int[] {9, 8, 7, 6, 5}, marked, 8));
    windows.addAll(TokenWindow.of(1, new int[] {1, 2, 3, 4}, 2));
    Path file = folder.resolve("windows.jsonl");

    WindowsFile.write(file, new LikelihoodQuestions(LanguageModelling.KIND, List.of(), windows, 0));

    assertThat(file)
        .hasContent(
            """
            {"example":0,"tokens":[9,8,7,6,5],"asked":[[1,3],[4,5]]}
            {"example":1,"tokens":[1,2,3],"asked":[[1,3]]}
            {"example":1,"tokens":[3,4],"asked":[[1,2]]}
            """
                .strip());
  }
}
