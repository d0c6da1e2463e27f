package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.AnnouncedJob;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmSnapshot;

/**
 * The answer to {@code /v1/decentralized_client_stats}: what upstreams made of the gateway's shares.
 *
 * @param rejectedShares stale ones included
 * @param rejectedSharesDiff their number, each for as much as those that went up on average
 * @param ready whether any miner has work
 * @param poolHost host and port; N/A for solo mining
 * @param poolTag what the pool's blocks say is the pool's to know: always empty
 * @param minerTag what our own blocks say, as DATUM gateways call it
 * @param workersMinerTag the same, as the worker's own tests call it
 * @param poolMinDiff what the pool asks of shares; 0 for solo mining
 * @param poolPubKey the authority key of an SV2 pool
 * @param uptime in seconds
 */
record ClientStatsBody(
        @JsonProperty("acceptedShares") long acceptedShares,
        @JsonProperty("acceptedSharesDiff") Number acceptedSharesDiff,
        @JsonProperty("rejectedShares") long rejectedShares,
        @JsonProperty("rejectedSharesDiff") Number rejectedSharesDiff,
        boolean ready,
        @JsonProperty("poolHost") String poolHost,
        @JsonProperty("poolTag") String poolTag,
        @JsonProperty("minerTag") String minerTag,
        @JsonProperty("MinerTag") String workersMinerTag,
        @JsonProperty("poolMinDiff") Number poolMinDiff,
        @JsonProperty("poolPubKey") String poolPubKey,
        long uptime) {

    static ClientStatsBody of(
            GatewayConfig config, Feeding feeding, FarmSnapshot farm, FarmBooks.Work work, Duration uptime) {
        FarmSnapshot.Upstream shares = farm.upstream();
        long rejected = shares.rejected() + shares.stale();
        Optional<PoolAddress> pool = feeding.upstream().map(one -> one.pool().address());
        return new ClientStatsBody(
                shares.accepted(),
                Units.plain(shares.workAccepted()),
                rejected,
                Units.estimated(rejected, shares.workForwarded(), shares.forwarded()),
                feeding.working(),
                pool.map(address -> address.host() + ":" + address.port()).orElse("N/A"),
                "",
                Feeding.tag(config),
                Feeding.tag(config),
                feeding.upstream().map(one -> asked(one, work)).orElse(0),
                pool.map(Feeding::publicKey).orElse(""),
                uptime.toSeconds());
    }

    private static Number asked(UpstreamConfig pool, FarmBooks.Work work) {
        return work.job()
                .map(GatewayEvent.MiningJobCreated::announced)
                .filter(job -> Feeding.isFrom(pool, job.upstream()))
                .map(AnnouncedJob::target)
                .filter(target -> !target.isZero())
                .map(target -> Units.plain(Difficulty.of(target)))
                .orElse(0);
    }
}
