package sluice.proxy.netty;

import java.security.SecureRandom;
import java.util.Optional;
import sluice.config.JobDeclarationConfig;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.Upstream;
import sluice.upstream.declaration.CustomJobs;
import sluice.upstream.declaration.CustomJobsSettings;
import sluice.upstream.declaration.DeclaratorSettings;
import sluice.upstream.netty.DeclaringUpstream;
import sluice.upstream.netty.JobDeclarator;

/**
 * Work for a pool on the gateway's own templates.
 *
 * @param pool that pays for it
 * @param address of {@code pool}
 * @param tag put into the coinbase
 */
public record DeclaredUpstream(PoolUpstream pool, Sv2PoolAddress address, JobDeclarationConfig declaration, Bytes tag)
        implements UpstreamFactory {
    @Override
    public String name() {
        return pool.name();
    }

    @Override
    public PoolNames names() {
        return pool.names();
    }

    @Override
    public boolean recordsBlocks() {
        return true;
    }

    @Override
    public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
        String user = pool.user(userIdentity);
        return new DeclaringUpstream(
                here.loop(),
                pool.forOwnWork(address, user, here),
                new JobDeclarator(
                        new DeclaratorSettings(
                                name(), declaration.server(), user, declaration.mode(), pool.softwareVersion()),
                        here.loop(),
                        here.handshakes(),
                        pool.clock(),
                        new SecureRandom()),
                declaration.paysProvider()
                        ? here.coinbase().subscribe()
                        : here.templates().subscribe(),
                new CustomJobs(new CustomJobsSettings(name(), declaration.mode(), tag, pool.payout())),
                pool.clock(),
                (block, merklePath, recorded) -> here.blocks()
                        .found(
                                BlockEntry.of(
                                        block, merklePath, name(), pool.clock().instant()),
                                recorded));
    }
}
