package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.ClientPorts;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateTransactions;

/** A pool with ports for templates and for declared jobs, and clients at both, over loopback. */
@Timeout(120)
class DeclaredJobsEndToEndTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));
    /** A block is some tens of thousands of hashes. */
    private static final Target NETWORK = Target.ofCompact(0x1f00ffffL);
    /** A share is four. */
    private static final VardiffConfig EASY = new VardiffConfig(false, 6, 1e-9, 1e-9);

    @TempDir
    private Path directory;

    private final WatchedChain chain =
            new WatchedChain(SimulatedChain.Settings.constant(NETWORK, Duration.ofMillis(200)), CLOCK);
    private final List<Gateway> gateways = new ArrayList<>();
    private Gateway pool;

    @BeforeEach
    void startPool() throws Exception {
        BufferLeaks.watch();
        pool = start(
                "pool",
                EASY,
                new ClientPorts(Optional.of(loopback()), Optional.of(new ClientPorts.Declarations(loopback(), PAYOUT))),
                chain);
    }

    @AfterEach
    void stop() {
        gateways.reversed().forEach(Gateway::close);
        BufferLeaks.assertNone();
    }

    private Gateway start(String name, VardiffConfig vardiff, ClientPorts ports, TemplateSourceFactory templates)
            throws Exception {
        Gateway gateway = Gateway.start(
                new GatewaySettings(
                                name,
                                loopback(),
                                Farm.freshKey(),
                                vardiff,
                                LimitsConfig.DEFAULT,
                                Sv1Config.DEFAULT,
                                directory.resolve(name),
                                2)
                        .withClientPorts(ports),
                RoutingPlan.single(new SoloUpstream("solo", PAYOUT, Bytes.EMPTY, CLOCK)),
                FailoverConfig.DEFAULT,
                List.of(templates),
                CLOCK,
                List.of());
        gateways.add(gateway);
        return gateway;
    }

    @Test
    @Tag("JDP-1")
    @Tag("JDP-7")
    @Tag("JDP-8")
    void aDeclaredJobIsMinedAndItsPushedSolutionIsTheNextBlock() throws Exception {
        try (DeclaringClient declarer = new DeclaringClient(pool, true);
                CustomJobClient miner = new CustomJobClient(pool, PAYOUT)) {
            AllocateMiningJobTokenSuccess allocated = declarer.allocate();
            assertThat(DeclaringClient.outputs(allocated)).containsExactly(new TxOut(0, PAYOUT));
            Template template = templateWithTransactions();
            Coinbase coinbase = template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, miner.extranonceSize());

            declarer.declare(template, coinbase, allocated.miningJobToken());
            Bytes token = declarer.receive(DeclareMiningJobSuccess.class).newMiningJobToken();
            CustomJobClient.Mined job = miner.mine(template, token);
            miner.sendShare(job);
            assertThat(miner.receive(SubmitSharesSuccess.class).lastSequenceNumber())
                    .isEqualTo(1);
            BlockHeader block = declarer.push(template, coinbase);

            Patience.await("the chain goes on with it")
                    .until(() -> latest().tip().prevHash().equals(block.hash()));
            Patience.await("its verdict is counted").until(() -> pool.snapshot().blocksAccepted() == 1);
        }
        FarmSnapshot seen = pool.settledSnapshot();
        assertThat(seen.customJobs()).isEqualTo(1);
        assertThat(seen.blocksFound()).isEqualTo(1);
        assertThat(seen.allDownstream().accepted()).isEqualTo(1);
    }

    @Test
    void aShareThatIsABlockIsMadeWholeOfWhatWasDeclared() throws Exception {
        try (DeclaringClient declarer = new DeclaringClient(pool, true);
                CustomJobClient miner = new CustomJobClient(pool, PAYOUT)) {
            Template template = templateWithTransactions();
            declarer.declare(
                    template,
                    template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, miner.extranonceSize()),
                    declarer.allocate().miningJobToken());
            CustomJobClient.Mined job = miner.mine(
                    template, declarer.receive(DeclareMiningJobSuccess.class).newMiningJobToken());

            miner.sendBlock(job);
            miner.receive(SubmitSharesSuccess.class);

            Patience.await("the chain goes on with it")
                    .until(() -> pool.snapshot().blocksAccepted() == 1);
        }
    }

    @Test
    void aClientThatKeepsItsTransactionsMinesWithTheTokenItself() throws Exception {
        try (DeclaringClient declarer = new DeclaringClient(pool, false);
                CustomJobClient miner = new CustomJobClient(pool, PAYOUT)) {
            CustomJobClient.Mined job =
                    miner.mine(templateWithTransactions(), declarer.allocate().miningJobToken());

            miner.sendShare(job);

            assertThat(miner.receive(SubmitSharesSuccess.class).lastSequenceNumber())
                    .isEqualTo(1);
        }
    }

    @Test
    @Tag("JDP-5")
    void asksForTheOneTransactionThatOnlyTheClientHas() throws Exception {
        try (DeclaringClient declarer = new DeclaringClient(pool, true)) {
            Template template = withOneMore(templateWithTransactions());
            int last = template.transactions().orElseThrow().raw().size() - 1;

            long request = declarer.declare(
                    template,
                    template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 20),
                    declarer.allocate().miningJobToken());

            ProvideMissingTransactions question = declarer.receive(ProvideMissingTransactions.class);
            assertThat(question).isEqualTo(new ProvideMissingTransactions(request, List.of(last)));
            declarer.provide(request, question.unknownTxPositionList(), template);
            declarer.receive(DeclareMiningJobSuccess.class);
        }
    }

    @Test
    @Tag("JDP-2")
    void saysWhatIsWrongWithAJobThatPaysOthers() throws Exception {
        try (DeclaringClient declarer = new DeclaringClient(pool, true)) {
            Template template = templateWithTransactions();

            declarer.declare(
                    template,
                    template.coinbase().payingTo(Script.p2wpkh(Bytes.fromHex("11".repeat(20))), Bytes.EMPTY, 20),
                    declarer.allocate().miningJobToken());

            DeclareMiningJobError refusal = declarer.receive(DeclareMiningJobError.class);
            assertThat(refusal.errorCode()).isEqualTo("invalid-coinbase-tx");
            assertThat(new String(refusal.errorDetails().toArray(), StandardCharsets.UTF_8))
                    .contains("satoshis go to others")
                    .contains(PAYOUT.hex());
        }
    }

    @Test
    @Tag("TPS-7")
    void theBlockOfAClientOfTheTemplatePortIsTakenAndRemembered() throws Exception {
        InetSocketAddress templates = pool.templateAddress().orElseThrow();
        Gateway edge = start(
                "edge",
                Farm.Plan.ONE_DIFFICULTY,
                ClientPorts.NONE,
                new ProviderTemplates(
                        new TemplateProviderSettings(
                                "provider",
                                new Sv2PoolAddress(
                                        templates.getAddress().getHostAddress(),
                                        templates.getPort(),
                                        Optional.of(pool.authorityKey())),
                                CoinbaseReserve.of(List.of(new TxOut(0, PAYOUT))),
                                "test"),
                        CLOCK));

        try (HonestMiners miners = new HonestMiners(edge, 1e6)) {
            Patience.await("a block of the edge").until(() -> edge.snapshot().blocksAccepted() >= 1);
            miners.drain();
        }

        assertThat(directory.resolve("pool")).isDirectoryContaining("glob:**.json");
    }

    @Test
    void aConfiguredGatewayTakesDeclaredJobsAndGivesTemplates() throws Exception {
        List<InetSocketAddress> ports = SluiceProcess.freePorts(3);
        InetSocketAddress miners = ports.get(0);
        InetSocketAddress templates = ports.get(1);
        InetSocketAddress declarations = ports.get(2);
        Path home = Files.createDirectory(directory.resolve("configured"));
        Path file = home.resolve("sluice.toml");
        InetSocketAddress source = pool.templateAddress().orElseThrow();
        Files.writeString(file, """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"

                [solo]
                payout = "raw(%s)"
                network = "regtest"

                [[template_source]]
                name = "pool"
                url = "stratum2+tcp://127.0.0.1:%d/%s"

                [template_provider]
                listen_addr = "127.0.0.1:%d"

                [job_declaration_server]
                listen_addr = "127.0.0.1:%d"
                """.formatted(
                        miners.getPort(),
                        PAYOUT.hex(),
                        source.getPort(),
                        pool.authorityKey().text(),
                        templates.getPort(),
                        declarations.getPort()));
        try (SluiceProcess run = SluiceProcess.start(home, "run", "--config", file.toString())) {
            run.awaitListening(templates);
            run.awaitListening(declarations);
            AuthorityKey key = AuthorityKeyFile.read(home.resolve("data").resolve("authority.key"))
                    .publicKey(Secp256k1.best());
            NoiseSocket.dial(templates, key).close();
            try (DeclaringClient declarer = new DeclaringClient(declarations, key, true)) {
                Patience.await("a declared job that is taken").until(() -> isTaken(declarer));
            }
            assertThat(run.terminate()).as(run.log()).isZero();
        }
    }

    /** Until the gateway has templates itself, it judges none. */
    private boolean isTaken(DeclaringClient declarer) throws IOException {
        Template template = templateWithTransactions();
        Bytes token = declarer.allocate().miningJobToken();
        long request = declarer.declare(template, template.coinbase().payingTo(PAYOUT, Bytes.EMPTY, 20), token);
        Sv2Message answer = declarer.receive(Sv2Message.class);
        if (answer instanceof ProvideMissingTransactions question) {
            declarer.provide(request, question.unknownTxPositionList(), template);
            answer = declarer.receive(Sv2Message.class);
        }
        return answer instanceof DeclareMiningJobSuccess;
    }

    private Template templateWithTransactions() {
        Patience.await("a template with transactions")
                .until(() -> chain.latest()
                        .filter(template -> template.merklePath().depth() > 0)
                        .isPresent());
        return latest();
    }

    private Template latest() {
        return chain.latest().orElseThrow();
    }

    /** The template with a transaction that nobody else has. */
    private static Template withOneMore(Template template) {
        List<Bytes> raw = new ArrayList<>(template.transactions().orElseThrow().raw());
        raw.add(new Transaction(
                        2,
                        List.of(new TxIn(Hash256.fromDisplay("ab".repeat(32)), 0, Bytes.EMPTY, 0, List.of())),
                        List.of(new TxOut(1, PAYOUT)),
                        0)
                .serialise());
        List<Hash256> wtxids = raw.stream().map(Sha256d::of).toList();
        List<Hash256> txids =
                raw.stream().map(Transaction::parse).map(Transaction::txid).toList();
        TemplateCoinbase coinbase = template.coinbase();
        return new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                new TemplateCoinbase(
                        coinbase.version(),
                        coinbase.sequence(),
                        coinbase.lockTime(),
                        coinbase.scriptSigPrefix(),
                        coinbase.value(),
                        List.of(WitnessCommitment.output(WitnessCommitment.of(wtxids, Coinbase.ZERO_RESERVED_VALUE))),
                        coinbase.witnessReservedValue()),
                MerklePath.ofTxids(txids),
                Optional.of(new TemplateTransactions(raw, 0, OptionalLong.empty(), OptionalLong.empty())),
                Optional.empty());
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
