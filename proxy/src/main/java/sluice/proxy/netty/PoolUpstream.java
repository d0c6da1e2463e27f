package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import sluice.config.IdentityMode;
import sluice.config.PoolConfig;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.upstream.Upstream;
import sluice.upstream.netty.PoolConnection;
import sluice.upstream.netty.Sv1PoolConnection;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv1PoolSettings;

/**
 * Work from a configured pool.
 *
 * @param vardiff its start difficulty is the least we ask the pool for before miners say otherwise
 * @param softwareVersion what the pool is told of this release
 */
public record PoolUpstream(UpstreamConfig upstream, VardiffConfig vardiff, String softwareVersion, InstantSource clock)
        implements UpstreamFactory {
    // Pools crashed on the suggestions of miners, and every pool finds a difficulty for its clients anyway.
    private static final boolean SUGGESTS_DIFFICULTY = false;

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public Upstream create(EventLoop loop, Executor handshakes) {
        PoolConfig pool = upstream.pool();
        return switch (pool.address()) {
            case Sv2PoolAddress sv2 ->
                new PoolConnection(
                        sv2,
                        new PoolSettings(
                                name(),
                                pool.user(),
                                Difficulty.targetOf(vardiff.startDifficulty()),
                                pool.namesPerShare(),
                                softwareVersion,
                                PoolPatience.DEFAULT),
                        loop,
                        handshakes,
                        clock,
                        new SecureRandom());
            case Sv1PoolAddress sv1 ->
                new Sv1PoolConnection(
                        sv1.host(),
                        sv1.port(),
                        sv1.encrypted(),
                        new Sv1PoolSettings(
                                name(),
                                pool.user(),
                                pool.password(),
                                upstream.identity() == IdentityMode.PER_SHARE,
                                SUGGESTS_DIFFICULTY,
                                softwareVersion,
                                PoolPatience.DEFAULT),
                        loop,
                        clock,
                        new SecureRandom());
        };
    }
}
