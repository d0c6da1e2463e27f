package sluice.proxy.cli.demo;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Supplier;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/**
 * Where a scenario is played, and with how many miners.
 *
 * @param duration how long there is mining, at least
 * @param sv1Miners CPU miners that speak SV1
 * @param sv2Miners CPU miners that speak SV2: standard and extended channels in turn
 * @param data a folder for what pools and gateway keep
 * @param seed of the simulated chains
 * @param leastSharesPerMinute of each miner, where a scenario asks for fewer: a machine that is busy finds a small part of them
 * @param softwareVersion what pools are told of this release
 * @param keys makes an authority key for each server
 * @param progress takes lines for people while it goes on
 */
public record Stage(
        Duration duration,
        int sv1Miners,
        int sv2Miners,
        Path data,
        long seed,
        InstantSource clock,
        double leastSharesPerMinute,
        String softwareVersion,
        Supplier<AuthoritySecretKey> keys,
        PrintWriter progress) {

    int miners() {
        return sv1Miners + sv2Miners;
    }

    /** As many shares a minute of each miner as a scenario wants, or more. */
    double sharesPerMinute(double wanted) {
        return Math.max(wanted, leastSharesPerMinute);
    }

    /** One line for people. */
    void say(String format, Object... values) {
        progress.printf(Locale.ROOT, format + "%n", values);
        progress.flush();
    }
}
