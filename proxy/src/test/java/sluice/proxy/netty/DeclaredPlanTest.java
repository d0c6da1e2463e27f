package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.config.JobDeclarationConfig;
import sluice.config.PayoutConfig;
import sluice.config.PoolConfig;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;

class DeclaredPlanTest {
    private static final PoolUpstream.Common COMMON =
            new PoolUpstream.Common(VardiffConfig.DEFAULT, FailoverConfig.DEFAULT, "test", InstantSource.system());
    private static final SoloConfig SOLO = new SoloConfig(
            Descriptor.parse("raw(0014e23e2b669a32d26474731a16c0ada0b3ab54e18c)", Network.REGTEST),
            Network.REGTEST,
            "/farm/");

    private static UpstreamConfig upstream(String name, boolean declares) {
        Sv2PoolAddress address = new Sv2PoolAddress(name + ".example", 3333, Optional.empty());
        return new UpstreamConfig(
                name,
                new PoolConfig(address, "farm.gw1"),
                IdentityMode.GATEWAY,
                UpstreamConfig.ALL_MINERS,
                true,
                PayoutConfig.NONE,
                declares
                        ? Optional.of(new JobDeclarationConfig(address, DeclarationMode.FULL_TEMPLATE))
                        : Optional.empty());
    }

    private static RoutingPlan plan(String... order) {
        return PoolUpstream.plan(
                new RoutingConfig(
                        List.of(upstream("a", true), upstream("b", false), upstream("c", true)),
                        List.of(new GoalConfig("default", 100, List.of(order))),
                        List.of(),
                        Optional.of(SOLO)),
                COMMON);
    }

    @Test
    void aPoolWithDeclaredJobsIsTwoUpstreamsUsedAlike() {
        RoutingPlan plan = plan("a", "b", "c");

        assertThat(plan.upstreams())
                .extracting(UpstreamPlan::name)
                .containsExactly("a", "a~pool", "b", "c", "c~pool", "solo");
        assertThat(plan.upstreams().get(0).definition()).isInstanceOf(DeclaredUpstream.class);
        assertThat(plan.upstreams().get(1).definition()).isInstanceOf(PoolUpstream.class);
        assertThat(plan.upstreams().subList(0, 5)).allMatch(UpstreamPlan::warm);
    }

    @Test
    void theJobsOfOurOwnComeBeforeThoseOfAllPoolsAndSoloLast() {
        assertThat(plan("a", "b", "c", "solo").goals().getFirst().upstreams())
                .containsExactly("a", "c", "a~pool", "b", "c~pool", "solo");
    }

    @Test
    void whatStandsBehindSoloMiningStaysThere() {
        assertThat(plan("b", "solo", "a").goals().getFirst().upstreams()).containsExactly("b", "solo", "a", "a~pool");
    }

    @Test
    void theSameConfigurationIsTheSamePlan() {
        assertThat(plan("a", "b", "c")).isEqualTo(plan("a", "b", "c"));
    }

    @Test
    void theCoinbaseShowsTheTagOfSoloMiningOrElseOurs() {
        assertThat(((DeclaredUpstream) plan("a").upstreams().getFirst().definition())
                        .tag()
                        .toArray())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("/farm/");
        RoutingPlan without = PoolUpstream.plan(RoutingConfig.single(upstream("a", true)), COMMON);
        assertThat(((DeclaredUpstream) without.upstreams().getFirst().definition())
                        .tag()
                        .toArray())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(SoloConfig.DEFAULT_TAG);
    }
}
