package org.mergetomix.data.template.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.syntax.Statement.Assign;
import org.mergetomix.data.template.syntax.Statement.Branch;
import org.mergetomix.data.template.syntax.Statement.Capture;
import org.mergetomix.data.template.syntax.Statement.For;
import org.mergetomix.data.template.syntax.Statement.Generation;
import org.mergetomix.data.template.syntax.Statement.If;
import org.mergetomix.data.template.syntax.Statement.Macro;
import org.mergetomix.data.template.syntax.Statement.Output;
import org.mergetomix.data.template.syntax.Statement.Parameter;
import org.mergetomix.data.template.syntax.Statement.Target;

/**
 * Finds the names that Jinja takes for a block's own from its start. If a loop, macro or other
 * block sets a name that it did not read before, and nothing around it has that name, then Jinja's
 * block does not see what the name stands for outside of the template, not even before it is set.
 * That is seldom what a template means, so such a read is refused.
 */
final class NameUse {

  /** What a name of a block is when the block begins. */
  private enum Beginning {
    /** What it is around the block, or outside of the template. */
    SEEN,
    /** Nothing. */
    UNSET
  }

  private final Map<String, Beginning> names = new HashMap<>();
  private final Set<String> stores = new HashSet<>();
  private final Optional<NameUse> around;
  private final Set<String> own;

  private NameUse(Optional<NameUse> around, Set<String> own) {
    this.around = around;
    this.own = own;
  }

  /** The names that are a block's own from its start, in any block of the template. */
  static Set<String> own(List<Statement> template) {
    Set<String> own = new HashSet<>();
    NameUse root = new NameUse(Optional.empty(), own);
    root.block(template);
    return own;
  }

  private NameUse inner() {
    return new NameUse(Optional.of(this), own);
  }

  private void block(List<Statement> statements) {
    statements.forEach(this::use);
    names.forEach(
        (name, beginning) -> {
          if (beginning == Beginning.UNSET) {
            own.add(name);
          }
        });
    statements.forEach(this::useInner);
  }

  private boolean isKnown(String name) {
    return names.containsKey(name) || around.filter(outer -> outer.isKnown(name)).isPresent();
  }

  private void load(String name) {
    if (!isKnown(name)) {
      names.put(name, Beginning.SEEN);
    }
  }

  private void store(String name) {
    stores.add(name);
    if (!names.containsKey(name)) {
      boolean outside = around.filter(outer -> outer.isKnown(name)).isPresent();
      names.put(name, outside ? Beginning.SEEN : Beginning.UNSET);
    }
  }

  /** What the statement does to the names of this block, without the blocks inside of it. */
  private void use(Statement statement) {
    if (statement instanceof Output output) {
      load(output.value());
    } else if (statement instanceof Assign assign) {
      load(assign.value());
      store(assign.target());
    } else if (statement instanceof Capture capture) {
      store(capture.target());
    } else if (statement instanceof Macro macro) {
      store(macro.name());
    } else if (statement instanceof For loop) {
      load(loop.sequence());
    } else if (statement instanceof If branches) {
      use(branches.branches(), branches.otherwise());
    }
  }

  private void use(List<Branch> branches, List<Statement> otherwise) {
    load(branches.get(0).condition());
    List<Branch> further = branches.subList(1, branches.size());
    List<NameUse> ways = List.of(copy(), copy(), copy());
    branches.get(0).body().forEach(ways.get(0)::use);
    further.forEach(branch -> ways.get(1).use(List.of(branch), List.of()));
    otherwise.forEach(ways.get(2)::use);
    Set<String> before = Set.copyOf(stores);
    ways.forEach(
        way -> {
          names.putAll(way.names);
          stores.addAll(way.stores);
        });
    for (String name : stores) {
      if (!before.contains(name) && !ways.stream().allMatch(way -> way.stores.contains(name))) {
        names.put(name, Beginning.SEEN);
      }
    }
  }

  private NameUse copy() {
    NameUse copy = new NameUse(around, own);
    copy.names.putAll(names);
    copy.stores.addAll(stores);
    return copy;
  }

  /** What the blocks inside of the statement do. */
  private void useInner(Statement statement) {
    if (statement instanceof If branches) {
      branches.branches().forEach(branch -> branch.body().forEach(this::useInner));
      branches.otherwise().forEach(this::useInner);
    } else if (statement instanceof For loop) {
      NameUse body = inner();
      body.parameters(loop.target());
      body.block(loop.body());
      inner().block(loop.otherwise());
    } else if (statement instanceof Macro macro) {
      NameUse body = inner();
      for (Parameter parameter : macro.parameters()) {
        body.names.put(parameter.name(), Beginning.SEEN);
      }
      macro.parameters().forEach(one -> one.otherwise().ifPresent(body::load));
      body.block(macro.body());
    } else if (statement instanceof Capture capture) {
      inner().block(capture.body());
    } else if (statement instanceof Generation generation) {
      inner().block(generation.body());
    }
  }

  private void parameters(Target target) {
    if (target instanceof Target.Variable variable) {
      names.put(variable.name(), Beginning.SEEN);
    } else if (target instanceof Target.Unpacked unpacked) {
      unpacked.targets().forEach(this::parameters);
    }
  }

  private void store(Target target) {
    if (target instanceof Target.Variable variable) {
      store(variable.name());
    } else if (target instanceof Target.NamespaceAttribute attribute) {
      load(attribute.name());
    } else if (target instanceof Target.Unpacked unpacked) {
      unpacked.targets().forEach(this::store);
    }
  }

  private void load(Expression expression) {
    Deque<Expression> left = new ArrayDeque<>(List.of(expression));
    while (!left.isEmpty()) {
      Expression next = left.pop();
      if (next instanceof Expression.Name name) {
        load(name.name());
      }
      next.parts().forEach(left::push);
    }
  }
}
