package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.declaration.CustomJobVerdict;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateTransactions;
import tools.jackson.databind.json.JsonMapper;

/** A pool on a simulated chain, and a client that makes its jobs itself. */
@Timeout(120)
class CustomWorkTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));
    private static final Bytes TOKEN = Bytes.fromHex("c0ffee");
    /** A block is some tens of thousands of hashes. */
    private static final Target NETWORK = Target.ofCompact(0x1f00ffffL);
    /** A share is four. */
    private static final VardiffConfig EASY = new VardiffConfig(false, 6, 1e-9, 1e-9);

    @TempDir
    private Path directory;

    private final WatchedChain chain =
            new WatchedChain(SimulatedChain.Settings.constant(NETWORK, Duration.ofMillis(200)), CLOCK);
    private Gateway pool;

    /**
     * Takes jobs that carry the token and are made of a template of the chain's present tip.
     *
     * @param toldTransactions whether the client has told its transactions
     */
    private record TemplateJudge(WatchedChain chain, boolean toldTransactions) implements CustomJobJudge {
        @Override
        public CustomJobVerdict judge(SetCustomMiningJob request, int fullExtranonceSize, Instant now) {
            if (!request.miningJobToken().equals(TOKEN)) {
                return new CustomJobVerdict.Refused("invalid-mining-job-token");
            }
            if (!isTip(request.prevHash())) {
                return new CustomJobVerdict.Refused("stale-chain-tip");
            }
            Optional<Template> template = chain.of(request.merklePath());
            return template.isEmpty()
                    ? new CustomJobVerdict.Refused("invalid-merkle-path")
                    : new CustomJobVerdict.Taken(
                            template.get().height(),
                            template.get().rules(now.getEpochSecond()),
                            toldTransactions
                                    ? template.get().transactions().map(TemplateTransactions::raw)
                                    : Optional.empty(),
                            toldTransactions ? template.get().coinbase().witnessReservedValue() : Bytes.EMPTY);
        }

        @Override
        public boolean isTip(Hash256 prevHash) {
            return chain.latest()
                    .filter(latest -> latest.tip().prevHash().equals(prevHash))
                    .isPresent();
        }
    }

    @AfterEach
    void stop() {
        if (pool != null) {
            pool.close();
        }
        BufferLeaks.assertNone();
    }

    private Gateway start(Optional<CustomJobJudge> judge) throws IOException {
        BufferLeaks.watch();
        GatewaySettings settings = new GatewaySettings(
                "pool",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Farm.freshKey(),
                EASY,
                LimitsConfig.DEFAULT,
                Sv1Config.DEFAULT,
                directory,
                2);
        pool = Gateway.start(
                judge.map(settings::withCustomJobs).orElse(settings),
                RoutingPlan.single(new SoloUpstream("solo", PAYOUT, Bytes.EMPTY, CLOCK)),
                FailoverConfig.DEFAULT,
                List.of(chain),
                CLOCK,
                List.of());
        return pool;
    }

    private Template templateWithTransactions() {
        Patience.await("a template with transactions")
                .until(() -> chain.latest()
                        .filter(template -> template.merklePath().depth() > 0)
                        .isPresent());
        return chain.latest().orElseThrow();
    }

    @Test
    @Tag("JDC-15")
    void aBlockOnACustomJobIsTheNextOfTheChain() throws Exception {
        start(Optional.of(new TemplateJudge(chain, true)));
        try (CustomJobClient client = new CustomJobClient(pool, PAYOUT)) {
            CustomJobClient.Mined job = client.mine(templateWithTransactions(), TOKEN);
            client.sendShare(job);
            assertThat(client.receive(SubmitSharesSuccess.class).lastSequenceNumber())
                    .isEqualTo(1);
            client.sendBlock(job);
            assertThat(client.receive(SubmitSharesSuccess.class).lastSequenceNumber())
                    .isEqualTo(2);
            Path file = onlyBlock();

            Patience.await("the chain goes on with it")
                    .until(() -> pool.snapshot().blocksAccepted() == 1);
            Patience.await("the next tip")
                    .until(() -> !chain.latest()
                            .orElseThrow()
                            .tip()
                            .prevHash()
                            .equals(job.request().prevHash()));
            Block block = block(file);
            assertThat(block.hash())
                    .isEqualTo(chain.latest().orElseThrow().tip().prevHash());
            assertThat(block.transactions()).hasSizeGreaterThan(1);

            long late = client.sendShare(job);
            SubmitSharesError stale = client.receive(SubmitSharesError.class);
            assertThat(stale.sequenceNumber()).isEqualTo(late);
            assertThat(stale.errorCode()).isEqualTo("stale-share");
            CustomJobClient.Mined next = client.mine(chain.latest().orElseThrow(), TOKEN);
            client.sendShare(next);
            client.receive(SubmitSharesSuccess.class);
            assertThat(client.heard())
                    .noneMatch(NewExtendedMiningJob.class::isInstance)
                    .noneMatch(SetNewPrevHash.class::isInstance);
        }
        FarmSnapshot seen = pool.settledSnapshot();
        assertThat(seen.customJobs()).isEqualTo(2);
        assertThat(seen.blocksFound()).isEqualTo(1);
        assertThat(seen.allDownstream().accepted()).isEqualTo(3);
        assertThat(seen.allDownstream().stale()).isEqualTo(1);
        assertThat(seen.upstream().forwarded()).isZero();
        assertThat(seen.upstream().unforwardable()).isZero();
    }

    @Test
    void aBlockWhoseTransactionsAreTheClientsIsOnTheDiskWhenItHearsOfIt() throws Exception {
        start(Optional.of(new TemplateJudge(chain, false)));
        try (CustomJobClient client = new CustomJobClient(pool, PAYOUT)) {
            CustomJobClient.Mined job = client.mine(templateWithTransactions(), TOKEN);
            client.sendBlock(job);
            client.receive(SubmitSharesSuccess.class);
            assertThat(JsonMapper.shared().readTree(onlyBlock().toFile()).has("block"))
                    .isFalse();
        }
        FarmSnapshot seen = pool.settledSnapshot();
        assertThat(seen.blocksFound()).isEqualTo(1);
        assertThat(seen.blocksAccepted()).isZero();
        assertThat(seen.allDownstream().accepted()).isEqualTo(1);
    }

    @Test
    void othersMineThePoolsJobsBesideIt() throws Exception {
        start(Optional.of(new TemplateJudge(chain, true)));
        try (CustomJobClient client = new CustomJobClient(pool, PAYOUT);
                RawSv2Miner other = RawSv2Miner.setUp(pool)) {
            CustomJobClient.Mined job = client.mine(templateWithTransactions(), TOKEN);
            other.openExtended();
            NewExtendedMiningJob theirs = other.receive(NewExtendedMiningJob.class);
            other.receive(SetNewPrevHash.class);
            assertThat(theirs.jobId()).isNotEqualTo(job.jobId());
            client.sendBlock(job);
            assertThat(other.receive(SetNewPrevHash.class).prevHash())
                    .isEqualTo(block(onlyBlock()).hash());
        }
    }

    @Test
    void withoutAJudgeNobodySelectsWork() throws Exception {
        start(Optional.empty());
        try (RawSv2Miner client = RawSv2Miner.handshake(pool)) {
            client.send(RawSv2Miner.setupConnection(6));
            assertThat(client.receive(SetupConnectionError.class))
                    .isEqualTo(new SetupConnectionError(2, "unsupported-feature-flags"));
        }
    }

    private Path onlyBlock() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> blocks =
                    files.filter(file -> file.toString().endsWith(".json")).toList();
            assertThat(blocks).hasSize(1);
            return blocks.getFirst();
        }
    }

    private static Block block(Path file) {
        return Block.parse(Bytes.fromHex(
                JsonMapper.shared().readTree(file.toFile()).get("block").asString()));
    }
}
