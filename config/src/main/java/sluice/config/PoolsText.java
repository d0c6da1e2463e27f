package sluice.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import sluice.protocol.bitcoin.Descriptor;

/** Upstreams, goals and pins as an operator would write them; {@link PoolsReader} reads the same of it. */
public final class PoolsText {
    private PoolsText() {}

    /** Passwords included. */
    public static String of(RoutingConfig routing) {
        ConfigText text = new ConfigText();
        write(routing, text);
        return text.toString();
    }

    static void write(RoutingConfig routing, ConfigText text) {
        routing.upstreams().forEach(upstream -> write(upstream, text));
        for (GoalConfig goal : routing.goals()) {
            text.table("goal")
                    .key("name", goal.name())
                    .key("weight", goal.weight())
                    .key("upstreams", goal.upstreams());
        }
        for (PinConfig pin : routing.pins()) {
            text.table("pin").key("goal", pin.goal());
            if (!pin.users().isEmpty()) {
                text.key(
                        "users", pin.users().stream().map(UserPattern::toString).toList());
            }
            if (!pin.addresses().isEmpty()) {
                text.key(
                        "addresses",
                        pin.addresses().stream().map(AddressRange::toString).toList());
            }
            if (!pin.listeners().isEmpty()) {
                text.key("listeners", pin.listeners());
            }
        }
    }

    private static void write(UpstreamConfig upstream, ConfigText text) {
        PoolConfig pool = upstream.pool();
        text.table("upstream")
                .key("name", upstream.name())
                .key("url", pool.address().url());
        if (pool.address() instanceof Sv2PoolAddress sv2 && sv2.authorityKey().isEmpty()) {
            text.key("allow_unverified", true);
        }
        text.key("user", pool.user());
        if (pool.address() instanceof Sv1PoolAddress) {
            text.key("password", pool.password());
        }
        text.key("identity", upstream.identity().text())
                .key("aggregation", upstream.aggregation())
                .key("standby", upstream.warm() ? "warm" : "cold");
        upstream.declaration()
                .ifPresent(declaration -> text.key(
                                "job_declaration.url", declaration.server().url())
                        .key("job_declaration.mode", declaration.mode().text())
                        .key("job_declaration.coinbase_provider", declaration.paysProvider()));
        PayoutConfig payout = upstream.payout();
        if (!payout.accepted().isEmpty()) {
            text.key("payout", payout.accepted().stream().map(Descriptor::text).toList())
                    .key("payout_percent", payout.leastPercent())
                    .key("payout_mismatch", payout.failover() ? "failover" : "warn");
        }
    }

    /** The same for the same pools, goals and pins, and for no others. */
    static String fingerprint(RoutingConfig routing) {
        try {
            byte[] text = of(routing).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
