package sluice.proxy.goal;

import java.time.Instant;
import sluice.proxy.event.GatewayEvent.SwitchKind;

/**
 * A lane that is fed by another upstream from now on.
 *
 * @param from the name of the upstream before; empty for the first
 * @param since when its miners began to be without a usable upstream; for a planned switch, now
 */
public record SwitchReport(
        String goal, int lane, String from, String to, SwitchKind kind, String reason, Instant since) {}
