package sluice.proxy.netty;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.PayoutConfig;
import sluice.config.PoolConfig;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.translation.PoolNames;
import sluice.proxy.translation.WorkerLogin;
import sluice.upstream.Upstream;
import sluice.upstream.netty.PoolConnection;
import sluice.upstream.netty.Sv1PoolConnection;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv1PoolSession;
import sluice.upstream.session.Sv1PoolSettings;

/**
 * Work from a configured pool.
 *
 * @param namesPerShare whether each share names its miner
 * @param firstWanted the easiest target we ask the pool for before miners say otherwise
 * @param patience with a pool that sends no work or takes none
 * @param payout whom its jobs have to pay
 * @param leastExtranonce2Size bytes of extranonce2 that an SV1 pool must leave
 * @param softwareVersion what the pool is told of this release
 */
public record PoolUpstream(
        String name,
        PoolConfig pool,
        boolean namesPerShare,
        Target firstWanted,
        PoolPatience patience,
        PayoutCheck payout,
        int leastExtranonce2Size,
        String softwareVersion,
        InstantSource clock)
        implements UpstreamFactory {
    // Pools crashed on the suggestions of miners, and every pool finds a difficulty for its clients anyway.
    private static final boolean SUGGESTS_DIFFICULTY = false;

    /** The pools that one gateway has in common. */
    public record Common(
            VardiffConfig vardiff,
            FailoverConfig failover,
            Sv1Config sv1,
            String softwareVersion,
            InstantSource clock) {
        /** With SV1 pools that leave as much extranonce2 as nearly all do. */
        public Common(VardiffConfig vardiff, FailoverConfig failover, String softwareVersion, InstantSource clock) {
            this(vardiff, failover, Sv1Config.DEFAULT, softwareVersion, clock);
        }
    }

    /** What {@code upstream} is made of; how it is used beside others makes no difference. */
    public static PoolUpstream of(UpstreamConfig upstream, Common common) {
        return new PoolUpstream(
                upstream.name(),
                upstream.pool(),
                upstream.identity() == IdentityMode.PER_SHARE,
                Difficulty.targetOf(common.vardiff().startDifficulty()),
                new PoolPatience(
                        common.failover().noJobTimeout(), common.failover().rejectsTimeout()),
                payout(upstream.payout()),
                common.sv1().poolExtranonce2Size(),
                common.softwareVersion(),
                common.clock());
    }

    private static PayoutCheck payout(PayoutConfig payout) {
        return new PayoutCheck(
                payout.accepted().stream().map(Descriptor::script).toList(), payout.leastPercent(), payout.failover());
    }

    /** Everything that an operator configured of upstreams and goals. */
    public static RoutingPlan plan(RoutingConfig routing, Common common) {
        List<UpstreamPlan> upstreams = new ArrayList<>();
        for (UpstreamConfig upstream : routing.upstreams()) {
            PoolUpstream pool = of(upstream, common);
            if (upstream.declaration().isPresent()) {
                UpstreamFactory declared = new DeclaredUpstream(
                        pool,
                        (Sv2PoolAddress) upstream.pool().address(),
                        upstream.declaration().get(),
                        tag(routing));
                upstreams.add(planned(declared, upstream));
                upstreams.add(planned(pool.named(DeclaredFirst.ownJobs(upstream.name())), upstream));
            } else {
                upstreams.add(planned(pool, upstream));
            }
        }
        routing.solo().ifPresent(solo -> upstreams.add(UpstreamPlan.simple(SoloUpstream.of(solo, common.clock()))));
        return new RoutingPlan(upstreams, DeclaredFirst.of(routing).goals(), routing.pins());
    }

    private static UpstreamPlan planned(UpstreamFactory factory, UpstreamConfig upstream) {
        return new UpstreamPlan(factory, upstream.identity(), upstream.aggregation(), upstream.warm());
    }

    private static Bytes tag(RoutingConfig routing) {
        return Bytes.of(routing.solo()
                .map(SoloConfig::tagBytes)
                .orElseGet(() -> SoloConfig.DEFAULT_TAG.getBytes(StandardCharsets.UTF_8)));
    }

    private PoolUpstream named(String other) {
        return new PoolUpstream(
                other,
                pool,
                namesPerShare,
                firstWanted,
                patience,
                payout,
                leastExtranonce2Size,
                softwareVersion,
                clock);
    }

    @Override
    public PoolNames names() {
        if (!namesPerShare || pool.template().isPlain()) {
            return PoolNames.OWN;
        }
        int most = switch (pool.address()) {
            case Sv1PoolAddress sv1 -> Sv1PoolSession.MAX_WORKER_NAME_BYTES;
            case Sv2PoolAddress sv2 -> WorkerIdentity.MAX_LENGTH;
        };
        return new PoolNames(pool.template(), most);
    }

    private String nameOfChannel(String userIdentity) {
        // The configuration lets nothing stand in such a template that miners of one name differ in.
        return pool.template().isPlain() ? userIdentity : wholeNames().of(userIdentity, MinerOrigin.LOCAL);
    }

    private String login() {
        String login = wholeNames().login();
        return login.isEmpty() ? PoolConfig.DEFAULT_USER : login;
    }

    private PoolNames wholeNames() {
        return new PoolNames(pool.template(), WorkerLogin.MAX_IDENTITY_BYTES);
    }

    @Override
    public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
        String user = user(userIdentity);
        return switch (pool.address()) {
            case Sv2PoolAddress sv2 ->
                connection(
                        sv2,
                        new PoolSettings(
                                name, user, firstWanted, namesPerShare, softwareVersion, patience, payout, false),
                        here);
            case Sv1PoolAddress sv1 ->
                new Sv1PoolConnection(
                        sv1.host(),
                        sv1.port(),
                        sv1.encrypted(),
                        new Sv1PoolSettings(
                                name,
                                user,
                                pool.password(),
                                namesPerShare,
                                SUGGESTS_DIFFICULTY,
                                leastExtranonce2Size,
                                softwareVersion,
                                patience,
                                payout),
                        here.loop(),
                        clock,
                        new SecureRandom());
        };
    }

    /** Whose channel it is at the pool. */
    String user(Optional<String> userIdentity) {
        return userIdentity.map(this::nameOfChannel).orElseGet(this::login);
    }

    /** To a pool of which we select the work; whom that pays is for those to look at who make it. */
    PoolConnection forOwnWork(Sv2PoolAddress address, String user, UpstreamSurroundings here) {
        return connection(
                address,
                new PoolSettings(
                        name, user, firstWanted, namesPerShare, softwareVersion, patience, PayoutCheck.NONE, true),
                here);
    }

    private PoolConnection connection(Sv2PoolAddress address, PoolSettings settings, UpstreamSurroundings here) {
        return new PoolConnection(address, settings, here.loop(), here.handshakes(), clock, new SecureRandom());
    }
}
