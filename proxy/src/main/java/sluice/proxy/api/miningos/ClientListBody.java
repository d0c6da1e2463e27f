package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import sluice.proxy.view.MinerRoster.Miner;
import sluice.proxy.view.MinerRoster.MinerChannel;
import sluice.proxy.view.ShareCounts;

/**
 * The answer to {@code /v1/stratum_client_list}.
 *
 * @param threads clients by their id, by the number of the port that they came in by
 */
record ClientListBody(@JsonAnyGetter Map<String, Map<String, Client>> threads) {
    private static final double PERCENT = 100;
    private static final double NEVER = -1;

    /** All miners of a gateway are given the same coinbase. */
    private static final String COINBASE = "Default";

    /**
     * One channel, or a connection that has none yet.
     *
     * @param sid of the session, in hexadecimal
     * @param sidTime seconds since it began
     * @param lastShare seconds since its last share was accepted; -1: there was none
     * @param rejectedDiff their number, each for as much as those that were accepted on average
     * @param hashRate in terahashes per second
     * @param hashRateAge as {@code lastShare}: the estimate fades from then on
     */
    record Client(
            String remoteHost,
            String authUsername,
            boolean subscribed,
            String sid,
            double sidTime,
            double lastShare,
            Number vdiff,
            Number acceptedDiff,
            long acceptedCount,
            Number rejectedDiff,
            long rejectedCount,
            double rejectedPercentage,
            double hashRate,
            double hashRateAge,
            String coinbase,
            String useragent) {

        static Client of(Miner miner, MinerChannel channel, double hashesPerSecond, Instant now) {
            ShareCounts.Counts shares = channel.shares();
            long rejected = shares.rejected() + shares.stale();
            long all = shares.accepted() + rejected;
            double lastShare = shares.lastAccepted().map(at -> seconds(at, now)).orElse(NEVER);
            return new Client(
                    host(miner.remoteAddress()),
                    channel.userIdentity(),
                    true,
                    sid(miner),
                    seconds(channel.since(), now),
                    lastShare,
                    Units.plain(channel.difficulty()),
                    Units.plain(shares.work()),
                    shares.accepted(),
                    Units.estimated(rejected, shares.work(), shares.accepted()),
                    rejected,
                    all == 0 ? 0 : PERCENT * rejected / all,
                    Units.terahashes(hashesPerSecond),
                    lastShare,
                    COINBASE,
                    channel.userAgent());
        }

        static Client unsubscribed(Miner miner, Instant now) {
            return new Client(
                    host(miner.remoteAddress()),
                    "",
                    false,
                    sid(miner),
                    seconds(miner.since(), now),
                    NEVER,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    NEVER,
                    COINBASE,
                    "");
        }

        private static String sid(Miner miner) {
            return "%08x".formatted(miner.connectionId());
        }

        private static double seconds(Instant from, Instant now) {
            return Math.max(0, Duration.between(from, now).toMillis() / 1000.0);
        }

        private static String host(String remoteAddress) {
            int colon = remoteAddress.lastIndexOf(':');
            String host = colon < 0 ? remoteAddress : remoteAddress.substring(0, colon);
            return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        }
    }
}
