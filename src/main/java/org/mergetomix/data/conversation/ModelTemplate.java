package org.mergetomix.data.conversation;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.data.template.ChatTemplate;
import org.mergetomix.data.template.Rendering;
import org.mergetomix.data.template.Span;
import org.mergetomix.data.template.Value;
import org.mergetomix.problem.UserException;

/**
 * A model's chat template with its special tokens: makes texts of conversations as transformers
 * does. The texts have the template's own tokens of beginning and end, so they are to be tokenised
 * without adding any. Immutable and safe to share between threads.
 */
public final class ModelTemplate {

  /** What a template that writes a date takes for today where texts have to repeat. */
  public static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final ChatTemplate template;
  private final SpecialTokens tokens;

  /**
   * A template with the tokens that it may name.
   *
   * @param template the template
   * @param tokens the model's special tokens
   */
  public ModelTemplate(ChatTemplate template, SpecialTokens tokens) {
    this.template = Objects.requireNonNull(template);
    this.tokens = Objects.requireNonNull(tokens);
  }

  /**
   * Reads the template of a model: {@code chat_template.jinja}, else the one in {@code
   * tokenizer_config.json}, of several the one named {@code default}.
   *
   * @param folder the model's folder
   * @throws UserException if there is none, or it is not one that we know
   */
  public static ModelTemplate read(Path folder) {
    return new TemplateFolder(folder).read();
  }

  /** Digests of the files that {@link #read} looks at; empty where none of them is there. */
  public static String identity(Path folder) {
    return new TemplateFolder(folder).identity();
  }

  /**
   * The text of a conversation.
   *
   * @param conversation the conversation
   * @param now the date and time that a template may write
   * @throws UserException if the template refuses it
   */
  public String text(Conversation conversation, LocalDateTime now) {
    return render(conversation, now, Map.of()).text();
  }

  /**
   * The text of a conversation with the beginning of the assistant's answer, which is what a model
   * goes on with.
   *
   * @param conversation the conversation
   * @param now the date and time that a template may write
   * @throws UserException if the template refuses it
   */
  public String prompt(Conversation conversation, LocalDateTime now) {
    return render(conversation, now, Map.of("add_generation_prompt", Value.of(true))).text();
  }

  /**
   * The text of a conversation and what the assistant wrote in it. Where the template has <code>
   * {% generation %}</code>, that is what it marks. Else it is each content with the special token
   * that ends the turn and the white space before that; a content is found as it is or stripped.
   *
   * @param conversation the conversation
   * @param now the date and time that a template may write
   * @throws UserException if the template refuses the conversation, or if it does more to what the
   *     assistant wrote than to strip it, so that it cannot be found
   */
  public Rendering marked(Conversation conversation, LocalDateTime now) {
    Rendering rendering = render(conversation, now, Map.of());
    return template.marksCompletions()
        ? rendering
        : new Rendering(rendering.text(), aligned(rendering.text(), conversation, now));
  }

  private List<Span> aligned(String text, Conversation conversation, LocalDateTime now) {
    List<String> contents = new ArrayList<>();
    for (Message message : conversation.messages()) {
      if (message.isCompletion()) {
        contents.add(
            message
                .onlyText()
                .orElseThrow(
                    () ->
                        notFound(
                            "A message of the assistant is not only a text, and the chat template"
                                + " does not mark what the assistant wrote")));
      }
    }
    CompletionAlignment alignment = new CompletionAlignment(text, contents);
    List<Message> sentinels = new ArrayList<>();
    int index = 0;
    for (Message message : conversation.messages()) {
      sentinels.add(
          message.isCompletion() ? message.withContent(alignment.sentinel(index++)) : message);
    }
    return rendered(new Conversation(sentinels), now)
        .flatMap(second -> alignment.spans(second, tokens.all()))
        .orElseThrow(
            () ->
                notFound(
                    "What the assistant wrote cannot be found in what the chat template makes of"
                        + " the conversation"));
  }

  /** The text, unless the template refuses it. */
  private Optional<String> rendered(Conversation conversation, LocalDateTime now) {
    try {
      return Optional.of(text(conversation, now));
    } catch (UserException refused) {
      return Optional.empty();
    }
  }

  private UserException notFound(String what) {
    return UserException.input(
        what,
        template.name(),
        "Leave the conversation out, take thoughts and tool calls out of it, or give the model a"
            + " chat template with {% generation %}");
  }

  private Rendering render(
      Conversation conversation, LocalDateTime now, Map<String, Value> beside) {
    Map<String, Value> variables = new LinkedHashMap<>();
    tokens.named().forEach((name, token) -> variables.put(name, Value.of(token)));
    variables.put("messages", messages(conversation));
    variables.put("tools", Value.None.NONE);
    variables.put("documents", Value.None.NONE);
    variables.put("add_generation_prompt", Value.of(false));
    variables.putAll(beside);
    return template.render(variables, now);
  }

  private static Value messages(Conversation conversation) {
    return Value.Sequence.list(
        conversation.messages().stream()
            .map(message -> Value.Mapping.ofNames(withReasoning(message.fields())))
            .toList());
  }

  /** Thoughts go by several names; a template finds them by the two that are common. */
  private static Map<String, Value> withReasoning(Map<String, Value> fields) {
    return Stream.of("reasoning_content", "thinking", "reasoning")
        .map(fields::get)
        .filter(Objects::nonNull)
        .findFirst()
        .map(
            reasoning -> {
              Map<String, Value> named = new LinkedHashMap<>(Map.of("thinking", reasoning));
              named.putAll(fields);
              named.put("reasoning_content", reasoning);
              return named;
            })
        .orElse(fields);
  }

  /**
   * The special tokens of a model.
   *
   * @param named those that a template may name, such as {@code bos_token}
   * @param others further ones, of which one may end a turn
   */
  public record SpecialTokens(Map<String, String> named, Set<String> others) {

    /** The tokens are copied. */
    public SpecialTokens {
      named = Map.copyOf(named);
      others = Set.copyOf(others);
    }

    private Set<String> all() {
      return Stream.concat(named.values().stream(), others.stream())
          .collect(Collectors.toUnmodifiableSet());
    }
  }
}
