package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sluice.upstream.failover.UpstreamSelector.Entry;
import sluice.upstream.failover.UpstreamSelector.Settings;

/** A selector with a clock of its own, whose actions read as text: "failover a > b: mining: reset". */
final class SelectorBench {
    static final Duration FAILBACK_AFTER = Duration.ofMinutes(1);
    static final Duration LONGEST_FAILBACK = Duration.ofMinutes(5);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final Duration SWITCH_TIMEOUT = Duration.ofSeconds(30);
    static final Settings SETTINGS = new Settings(FAILBACK_AFTER, LONGEST_FAILBACK, PATIENCE, SWITCH_TIMEOUT);
    static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    final UpstreamSelector selector = new UpstreamSelector(SETTINGS);
    Instant now = START;

    /** In use is the first of the order, and the time in which a new order is taken at its word is over. */
    static SelectorBench mining(String... order) {
        SelectorBench bench = new SelectorBench();
        bench.listed(order);
        bench.ready(order[0]);
        bench.after(SWITCH_TIMEOUT);
        return bench;
    }

    List<String> on(SelectorInput input) {
        return selector.on(input, now).stream().map(SelectorBench::text).toList();
    }

    /** Upstreams with an asterisk are warm. */
    List<String> listed(String... order) {
        return on(new SelectorInput.Listed(entries(order)));
    }

    List<String> ready(String upstream) {
        return on(new SelectorInput.Ready(upstream.replace("*", ""), true));
    }

    List<String> readyForSome(String upstream) {
        return on(new SelectorInput.Ready(upstream, false));
    }

    List<String> lost(String upstream) {
        return on(new SelectorInput.Lost(upstream, "mining", "reset"));
    }

    List<String> drained(String upstream) {
        return on(new SelectorInput.Drained(upstream));
    }

    List<String> preferred(String upstream) {
        return on(new SelectorInput.Preferred(Optional.of(upstream)));
    }

    List<String> nonePreferred() {
        return on(new SelectorInput.Preferred(Optional.empty()));
    }

    List<String> prepare(String... order) {
        return on(new SelectorInput.Prepare(entries(order)));
    }

    List<String> abandon() {
        return on(new SelectorInput.Abandon());
    }

    List<String> after(Duration wait) {
        now = now.plus(wait);
        return on(new SelectorInput.TimePassed());
    }

    /** A moment less than a wait shows that it lasts so long. */
    static Duration justBefore(Duration wait) {
        return wait.minusMillis(1);
    }

    static final Duration A_MOMENT = Duration.ofMillis(1);

    Optional<Duration> untilDeadline() {
        return selector.nextDeadline().map(next -> Duration.between(now, next));
    }

    String inUse() {
        return selector.inUse().orElse("none");
    }

    static List<Entry> entries(String... order) {
        return Arrays.stream(order)
                .map(name -> new Entry(name.replace("*", ""), name.endsWith("*")))
                .toList();
    }

    static String text(SelectorAction action) {
        return switch (action) {
            case SelectorAction.Open(String upstream) -> "open " + upstream;
            case SelectorAction.Close(String upstream, String reason) -> "close " + upstream + ": " + reason;
            case SelectorAction.Keep(String upstream) -> "keep " + upstream;
            case SelectorAction.ConnectNow(String upstream) -> "connect now " + upstream;
            case SelectorAction.Use use ->
                use.kind().name().toLowerCase(Locale.ROOT) + " "
                        + use.from().map(from -> from + " > ").orElse("") + use.upstream() + ": " + use.reason();
            case SelectorAction.Hold(String reason) -> "hold: " + reason;
            case SelectorAction.Resume() -> "resume";
            case SelectorAction.Prepared(String upstream) -> "prepared " + upstream;
            case SelectorAction.PrepareFailed(String upstream, String step, String reason) ->
                "prepare failed " + upstream + ": " + step + ": " + reason;
        };
    }
}
