package org.mergetomix.testing;

import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.util.concurrent.TimeUnit;

/** A place in another JVM where its threads are stopped. Used by one thread. */
final class Breakpoint {

  private static final long LONGEST = TimeUnit.MINUTES.toMillis(4);

  private final VirtualMachine machine;
  private final String type;
  private final String method;
  private final String caller;
  private boolean set;

  /** The start of a method, when one of a class is among its callers. */
  Breakpoint(VirtualMachine machine, String type, String method, String caller) {
    this.machine = machine;
    this.type = type;
    this.method = method;
    this.caller = caller;
    ClassPrepareRequest loading = machine.eventRequestManager().createClassPrepareRequest();
    loading.addClassFilter(type);
    loading.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
    loading.enable();
    machine.classesByName(type).forEach(this::set);
  }

  private void set(ReferenceType loaded) {
    if (!set) {
      set = true;
      Method place = loaded.methodsByName(method).get(0);
      EventRequest request =
          machine.eventRequestManager().createBreakpointRequest(place.location());
      request.setSuspendPolicy(EventRequest.SUSPEND_ALL);
      request.enable();
    }
  }

  /** Waits until it is reached for the n-th time; the JVM stands still from then on. */
  void awaitHit(int times) throws InterruptedException {
    int hits = 0;
    while (true) {
      EventSet events = machine.eventQueue().remove(LONGEST);
      if (events == null) {
        throw new AssertionError(type + "." + method + " was not reached " + times + " times");
      }
      for (Event event : events) {
        if (event instanceof ClassPrepareEvent prepared) {
          set(prepared.referenceType());
        }
        if (event instanceof BreakpointEvent reached && isCalled(reached.thread())) {
          hits++;
        }
      }
      if (hits == times) {
        return;
      }
      events.resume();
    }
  }

  private boolean isCalled(ThreadReference thread) {
    try {
      return thread.frames().stream()
          .anyMatch(frame -> frame.location().declaringType().name().equals(caller));
    } catch (IncompatibleThreadStateException running) {
      throw new AssertionError(running);
    }
  }
}
