package org.mergetomix.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.evaluation.prompt.Prompting;

/**
 * Which of four names is the one that a country has in a language. The others are what it is called
 * in languages that nothing here is trained on either. Names that are held out of a language's
 * split are asked for nowhere: what is scored as text is no question.
 */
final class CountryQuestions {

  private static final List<String> OTHERS = List.of("en", "nl", "pt", "ro");
  private static final int CHOICES = 4;

  /** A name is judged as it stands, with nothing before it. */
  static final MultipleChoice KIND =
      new MultipleChoice(
          new ChoiceColumns(
              ChoiceColumns.UNSAID.context(),
              ChoiceColumns.UNSAID.choices(),
              ChoiceColumns.UNSAID.answer(),
              ""),
          Prompting.UNSAID);

  private CountryQuestions() {}

  /**
   * A question for each country that has enough other names in those languages, as JSON. Their
   * order, their other names, and the order of these are drawn.
   *
   * @param language an ISO 639 code
   * @param seed of the language's split, and of what is drawn
   */
  static List<String> rows(String language, long seed) {
    Set<String> heldOut = Set.copyOf(LanguageNames.split(language, seed).heldOut());
    List<String> languages = new ArrayList<>(List.of(language));
    languages.addAll(OTHERS);
    Random random = new Random(seed);
    List<String> rows = new ArrayList<>();
    for (List<String> names : LanguageNames.countries(languages)) {
      String right = names.get(0);
      List<String> others =
          new ArrayList<>(names.stream().distinct().filter(name -> !name.equals(right)).toList());
      if (others.size() < CHOICES - 1 || heldOut.contains(right)) {
        continue;
      }
      Collections.shuffle(others, random);
      List<String> choices = new ArrayList<>(others.subList(0, CHOICES - 1));
      choices.add(random.nextInt(CHOICES), right);
      rows.add(row(choices, choices.indexOf(right)));
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  private static String row(List<String> choices, int answer) {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("context", "");
    choices.forEach(row.putArray("choices")::add);
    return row.put("answer", answer).toString();
  }
}
