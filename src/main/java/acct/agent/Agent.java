package acct.agent;

import acct.host.HostException;
import acct.policy.AgentConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The reconcile loop as a service. It is level-triggered: whatever wakes it, it compares what is
 * with what should be, and several causes at a time are one comparison.
 */
public final class Agent {
  /** How often the policies' files are looked at. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** A burst of changes is one. */
  private static final Duration BURST = Duration.ofMillis(100);

  private static final Duration SNAPSHOTS = Duration.ofMinutes(5);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final int MOST_DOUBLED = 8;
  private static final int MOST_NAMED = 5;

  private final AgentHost host;
  private final AgentConfig config;
  private final Clock clock;
  private final RandomGenerator random;
  private final long process;
  private final Supplier<Optional<Duration>> poll;
  private final Semaphore changes = new Semaphore(0);
  private final Contention contention = new Contention();
  private final Map<Condition.Type, Condition> conditions = new EnumMap<>(Condition.Type.class);
  private final Instant started;

  private String policies = "";
  private boolean loaded;
  private String inSync = "";
  private boolean due = true;
  private int failures;
  private Instant retry = Instant.MIN;
  private Instant looked;
  private Instant whole;
  private Instant snapshot;
  private Optional<Instant> compared = Optional.empty();
  private Optional<Instant> corrected = Optional.empty();
  private long corrections;
  private Optional<AgentStatus> published = Optional.empty();
  private Instant publishedAt = Instant.MIN;

  /**
   * An agent.
   *
   * @param process its id, for the status
   * @param poll how often to look at the rules; nothing where changes are told ({@link #changed})
   */
  public Agent(
      AgentHost host,
      AgentConfig config,
      Clock clock,
      RandomGenerator random,
      long process,
      Supplier<Optional<Duration>> poll) {
    this.host = host;
    this.config = config;
    this.clock = clock;
    this.random = random;
    this.process = process;
    this.poll = poll;
    this.started = clock.instant();
    this.looked = started;
    this.whole = started;
    this.snapshot = started;
    for (Condition.Type type : Condition.Type.values()) {
      conditions.put(type, new Condition(type, Condition.Status.UNKNOWN, "Starting", "", started));
    }
  }

  /** Tells that rules have changed; from any thread. */
  public void changed() {
    changes.release();
  }

  /**
   * Runs until its thread is interrupted.
   *
   * @throws InterruptedException then
   */
  public void run() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      step();
      if (changes.tryAcquire(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
        Thread.sleep(BURST.toMillis());
        changes.drainPermits();
        due = true;
      }
    }
    throw new InterruptedException();
  }

  /** Does what is due now. */
  void step() {
    Instant now = clock.instant();
    readPolicies(now);
    Optional<Duration> every = poll.get();
    boolean polls = every.isPresent() && !now.isBefore(looked.plus(every.get()));
    boolean late = !now.isBefore(whole.plus(config.interval()));
    due |= polls || late;
    Optional<Instant> paused = host.paused().filter(until -> until.isAfter(now));
    if (paused.isEmpty() && due && loaded && !now.isBefore(waits())) {
      due = false;
      looked = now;
      compare(now, late);
    }
    if (!now.isBefore(snapshot.plus(SNAPSHOTS))) {
      snapshot = now;
      keepTotals();
    }
    tellContention(now);
    publish(now, paused);
  }

  /** When the next comparison may begin. */
  private Instant waits() {
    Instant peace = contention.notBefore();
    return peace.isAfter(retry) ? peace : retry;
  }

  private void readPolicies(Instant now) {
    String found = host.policies();
    if (found.equals(policies)) {
      return;
    }
    policies = found;
    List<String> errors = host.load();
    if (errors.isEmpty()) {
      set(Condition.Type.POLICY_VALID, Condition.Status.TRUE, "Valid", "", now);
      loaded = true;
      due = true;
      inSync = "";
      retry = Instant.MIN;
      failures = 0;
      return;
    }
    String message = some(errors) + (loaded ? "; the last valid policies stay in force" : "");
    set(Condition.Type.POLICY_VALID, Condition.Status.FALSE, "Invalid", message, now);
    host.say("the policies are not valid: " + message);
  }

  private void compare(Instant now, boolean late) {
    try {
      if (!late && !inSync.isEmpty() && host.rules().equals(inSync)) {
        compared = Optional.of(now);
        return;
      }
      inSync = "";
      whole = now;
      AgentHost.Compared result = host.compare(config.mode());
      compared = Optional.of(now);
      take(result, now);
    } catch (HostException e) {
      fail("Failed", e.getMessage(), now);
    }
  }

  private void take(AgentHost.Compared result, Instant now) {
    if (result instanceof AgentHost.Compared.InSync same) {
      inSync = same.rules();
      failures = 0;
      retry = Instant.MIN;
      set(Condition.Type.SYNCED, Condition.Status.TRUE, "InSync", "", now);
    } else if (result instanceof AgentHost.Compared.Corrected done) {
      corrections++;
      corrected = Optional.of(now);
      contention.corrected(done.addresses(), now);
      host.say("corrected " + some(done.addresses()));
      // It is looked at once more, for what others wrote meanwhile.
      due = true;
      failures = 0;
      retry = Instant.MIN;
      if (done.damage().isEmpty()) {
        set(Condition.Type.SYNCED, Condition.Status.TRUE, "Corrected", "", now);
      } else {
        fail("Damaged", done.damage(), now);
      }
    } else if (result instanceof AgentHost.Compared.Drift drift) {
      String message = drift.addresses().size() + " differences: " + some(drift.addresses());
      if (!message.equals(conditions.get(Condition.Type.SYNCED).message())) {
        host.say(message);
      }
      set(Condition.Type.SYNCED, Condition.Status.FALSE, "Drift", message, now);
    } else if (result instanceof AgentHost.Compared.Refused refused) {
      fail("Refused", some(refused.errors()), now);
    } else if (result instanceof AgentHost.Compared.Failed failed) {
      fail("Failed", failed.message(), now);
    } else if (result instanceof AgentHost.Compared.Paused) {
      due = true;
    }
  }

  private void fail(String reason, String message, Instant now) {
    failures++;
    long doubled = 1L << Math.min(MOST_DOUBLED, failures - 1);
    Duration wait = Duration.ofSeconds(doubled);
    wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    retry = now.plus(wait.plusMillis(random.nextLong(wait.toMillis() / 4 + 1)));
    due = true;
    if (!message.equals(conditions.get(Condition.Type.SYNCED).message())) {
      host.say(message);
    }
    set(Condition.Type.SYNCED, Condition.Status.FALSE, reason, message, now);
  }

  private void keepTotals() {
    try {
      host.snapshot();
    } catch (HostException e) {
      host.say("the totals are not kept: " + e.getMessage());
    }
  }

  private void tellContention(Instant now) {
    Optional<String> worst = contention.worst(now);
    if (worst.isEmpty()) {
      set(Condition.Type.CONTENDED, Condition.Status.FALSE, "Peace", "", now);
      return;
    }
    Instant next = contention.notBefore();
    String message =
        "another program undoes "
            + worst.get()
            + " again and again"
            + (next.isAfter(now) ? "; it is not corrected before " + next : "");
    if (conditions.get(Condition.Type.CONTENDED).status() != Condition.Status.TRUE) {
      host.say(message);
    }
    set(Condition.Type.CONTENDED, Condition.Status.TRUE, "Undone", message, now);
    if (due && next.isAfter(now)) {
      set(
          Condition.Type.SYNCED,
          Condition.Status.FALSE,
          "Waiting",
          "rules have changed, and are looked at later: see Contended",
          now);
    }
  }

  private void set(
      Condition.Type type, Condition.Status status, String reason, String message, Instant now) {
    conditions.compute(type, (one, before) -> before.now(status, reason, message, now));
  }

  /** On every change, and at every interval, so that a status that is old can be told. */
  private void publish(Instant now, Optional<Instant> paused) {
    AgentStatus asPublished = status(paused, published.flatMap(AgentStatus::compared));
    boolean late = !now.isBefore(publishedAt.plus(config.interval()));
    if (late || !published.equals(Optional.of(asPublished))) {
      AgentStatus current = status(paused, compared);
      host.publish(current);
      published = Optional.of(current);
      publishedAt = now;
    }
  }

  private AgentStatus status(Optional<Instant> paused, Optional<Instant> lastComparison) {
    return new AgentStatus(
        process,
        started,
        config.mode(),
        config.policies(),
        paused,
        lastComparison,
        corrected,
        corrections,
        List.copyOf(conditions.values()));
  }

  private static String some(List<String> all) {
    List<String> named = all.subList(0, Math.min(MOST_NAMED, all.size()));
    String more = all.size() > named.size() ? " and " + (all.size() - named.size()) + " more" : "";
    return String.join(", ", named) + more;
  }
}
