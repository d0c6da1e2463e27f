package sluice.proxy.api.pool;

import sluice.proxy.view.FarmSnapshot;

/**
 * The answer to {@code get_pool_stats}.
 *
 * @param minerCount connected now
 * @param totalShares judged since the start
 * @param rejectedShares stale ones included
 */
record PoolStatsAnswer(int minerCount, long totalShares, long acceptedShares, long rejectedShares) {
    static PoolStatsAnswer of(FarmSnapshot farm) {
        FarmSnapshot.Shares shares = farm.allDownstream();
        long rejected = shares.rejected() + shares.stale();
        return new PoolStatsAnswer(farm.connections(), shares.accepted() + rejected, shares.accepted(), rejected);
    }
}
