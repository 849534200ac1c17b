package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Expression.Filter;
import org.mergetomix.data.template.syntax.Fault;
import org.mergetomix.data.template.syntax.ParsedTemplate;
import org.mergetomix.data.template.syntax.Statement;
import org.mergetomix.data.template.syntax.Statement.Assign;
import org.mergetomix.data.template.syntax.Statement.Branch;
import org.mergetomix.data.template.syntax.Statement.Break;
import org.mergetomix.data.template.syntax.Statement.Capture;
import org.mergetomix.data.template.syntax.Statement.Continue;
import org.mergetomix.data.template.syntax.Statement.Data;
import org.mergetomix.data.template.syntax.Statement.For;
import org.mergetomix.data.template.syntax.Statement.Generation;
import org.mergetomix.data.template.syntax.Statement.If;
import org.mergetomix.data.template.syntax.Statement.Macro;
import org.mergetomix.data.template.syntax.Statement.Output;
import org.mergetomix.data.template.syntax.Statement.Parameter;
import org.mergetomix.data.template.syntax.Statement.Target;

/** Runs a template's statements. One is for one rendering. */
final class Interpreter {

  private final Meter meter;
  private final Evaluator evaluator;
  private final Printer printer;
  private final Items items;
  private final Written root;
  private final List<Span> completions = new ArrayList<>();

  Interpreter(Meter meter) {
    this.meter = meter;
    this.evaluator = new Evaluator(meter);
    this.printer = new Printer(meter);
    this.items = new Items(meter);
    this.root = new Written(meter);
  }

  /** How a statement ended. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  /** The line that was reached, from 1. */
  int line() {
    return evaluator.line();
  }

  Rendering run(ParsedTemplate template, Map<String, Value> variables) {
    runAll(template.statements(), Scope.of(variables, template.ownNames()).inner(), root);
    return new Rendering(root.toString(), completions);
  }

  private Flow runAll(List<Statement> statements, Scope scope, Written written) {
    meter.enter();
    Flow flow = Flow.ON;
    for (int i = 0; i < statements.size() && flow == Flow.ON; i++) {
      flow = run(statements.get(i), scope, written);
    }
    meter.leave();
    return flow;
  }

  private Flow run(Statement statement, Scope scope, Written written) {
    meter.step();
    if (statement instanceof Data data) {
      written.append(data.text());
    } else if (statement instanceof Output output) {
      written.append(printer.text(evaluator.value(output.value(), scope)));
    } else if (statement instanceof If branches) {
      return decide(branches, scope, written);
    } else if (statement instanceof Assign assign) {
      assign(assign.target(), evaluator.value(assign.value(), scope), scope);
    } else if (statement instanceof For loop) {
      return repeat(loop, scope, written);
    } else if (statement instanceof Capture capture) {
      capture(capture, scope);
    } else if (statement instanceof Macro macro) {
      scope.set(
          macro.name(), new Function(macro.name(), arguments -> call(macro, arguments, scope)));
    } else if (statement instanceof Generation generation) {
      String body = captured(generation.body(), scope.inner());
      int start = written.codePoints();
      written.append(body);
      completions.add(new Span(start, written.codePoints()));
    } else if (statement instanceof Break) {
      return Flow.BREAK;
    } else if (statement instanceof Continue) {
      return Flow.CONTINUE;
    }
    return Flow.ON;
  }

  private String captured(List<Statement> body, Scope scope) {
    Written written = new Written(meter);
    runAll(body, scope, written);
    return written.toString();
  }

  private Flow decide(If branches, Scope scope, Written written) {
    for (Branch branch : branches.branches()) {
      if (Truth.of(evaluator.value(branch.condition(), scope))) {
        return runAll(branch.body(), scope, written);
      }
    }
    return runAll(branches.otherwise(), scope, written);
  }

  private Flow repeat(For loop, Scope scope, Written written) {
    List<Value> elements = chosen(loop, scope);
    Loop state = new Loop(elements);
    for (int i = 0; i < elements.size(); i++) {
      meter.step();
      Scope inside = scope.inner();
      state.moveTo(i);
      inside.set("loop", state);
      assign(loop.target(), elements.get(i), inside);
      if (runAll(loop.body(), inside, written) == Flow.BREAK) {
        return Flow.ON;
      }
    }
    return elements.isEmpty() ? runAll(loop.otherwise(), scope.inner(), written) : Flow.ON;
  }

  private List<Value> chosen(For loop, Scope scope) {
    List<Value> elements = items.elements(evaluator.value(loop.sequence(), scope));
    if (loop.condition().isEmpty()) {
      return elements;
    }
    List<Value> chosen = new ArrayList<>();
    for (Value element : elements) {
      Scope inside = scope.inner();
      assign(loop.target(), element, inside);
      if (Truth.of(evaluator.value(loop.condition().get(), inside))) {
        chosen.add(element);
      }
    }
    return chosen;
  }

  private void assign(Target target, Value value, Scope scope) {
    if (target instanceof Target.Variable variable) {
      scope.set(variable.name(), value);
    } else if (target instanceof Target.NamespaceAttribute attribute) {
      evaluator.reach(attribute.line());
      Optional<Value> found = scope.find(attribute.name());
      if (found.isPresent() && found.get() instanceof Namespace namespace) {
        namespace.set(attribute.attribute(), value);
      } else {
        throw new Fault("Only a namespace's attributes can be set: " + attribute.name());
      }
    } else if (target instanceof Target.Unpacked unpacked) {
      List<Value> elements = items.elements(value);
      if (elements.size() != unpacked.targets().size()) {
        throw new Fault(
            "%s values cannot be given to %s names"
                .formatted(elements.size(), unpacked.targets().size()));
      }
      for (int i = 0; i < elements.size(); i++) {
        assign(unpacked.targets().get(i), elements.get(i), scope);
      }
    }
  }

  private void capture(Capture capture, Scope scope) {
    Value text = new Value.Text(captured(capture.body(), scope.inner()));
    if (capture.filter().isPresent()) {
      Filter filter = capture.filter().get();
      Scope inside = scope.inner();
      inside.set(Capture.CAPTURED, text);
      text = evaluator.value(filter, inside);
    }
    assign(capture.target(), text, scope);
  }

  private Value call(Macro macro, Arguments arguments, Scope scope) {
    Arguments.Bound bound =
        arguments.bind(
            "The macro " + macro.name(),
            macro.parameters().stream().map(Parameter::name).toArray(String[]::new));
    Scope inside = scope.inner();
    for (Parameter parameter : macro.parameters()) {
      bound.find(parameter.name()).ifPresent(value -> inside.set(parameter.name(), value));
    }
    for (Parameter parameter : macro.parameters()) {
      if (bound.find(parameter.name()).isEmpty()) {
        inside.set(parameter.name(), otherwise(parameter, inside));
      }
    }
    return new Value.Text(captured(macro.body(), inside));
  }

  private Value otherwise(Parameter parameter, Scope scope) {
    return parameter
        .otherwise()
        .map(expression -> evaluator.value(expression, scope))
        .orElseGet(() -> new Undefined("parameter '" + parameter.name() + "' was not provided"));
  }
}
