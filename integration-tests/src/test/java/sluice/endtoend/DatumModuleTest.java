package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.template.SimulatedChain;
import tools.jackson.databind.JsonNode;

/**
 * A module that plays OCEAN's side of DATUM: it says whom blocks pay, gets every share, is killed, and comes back. The gateway
 * is a process as an operator runs it; its templates come over the network.
 */
@Timeout(180)
class DatumModuleTest {
    private static final InstantSource CLOCK = InstantSource.system();
    // Two whole batches, so that SV2 miners have their answers at once.
    private static final int EACH = 20;
    private static final int PAGE = 50;
    private static final String ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    private static final String SCRIPT_OF_ADDRESS = "0014751e76e8199196d454941c45d1b3a323f1433bd6";
    private static final String TAG_IN_HEX =
            HexFormat.of().formatHex(OceanModule.TAG.getBytes(StandardCharsets.US_ASCII));
    // A block in some 120 shares.
    private static final Target NETWORK = Target.ofCompact(0x1f200000L);

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private final ShareModule.Books books = new ShareModule.Books();
    private final OceanModule.Promises promises = new OceanModule.Promises();
    private InetSocketAddress port;
    private InetSocketAddress api;
    private TemplateServer templates;
    private SluiceProcess sluice;
    private OceanModule ocean;

    @BeforeEach
    void start() throws Exception {
        templates = TemplateServer.start(
                new TemplateServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Farm.freshKey(), 4),
                (loop, handshakes) -> new LocalTemplateSource(
                        loop,
                        new SimulatedChain(
                                SimulatedChain.Settings.constant(NETWORK, Duration.ofMillis(500)),
                                new SplittableRandom(11),
                                CLOCK.instant()),
                        CLOCK),
                CLOCK);
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        api = ports.getLast();
        Path file = directory.resolve("sluice.toml");
        Files.writeString(file, """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [solo]
                payout = "%s"
                [[template_source]]
                name = "node"
                url = "stratum2+tcp://127.0.0.1:%d/%s"
                [api]
                listen_addr = "127.0.0.1:%d"
                %s
                """.formatted(
                        port.getPort(),
                        ADDRESS,
                        templates.address().getPort(),
                        templates.authorityKey().text(),
                        api.getPort(),
                        ApiCaller.table("ocean", "operate")));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitListening(api);
    }

    @AfterEach
    void end() {
        miners.forEach(WatchedMiner::close);
        if (ocean != null) {
            ocean.close();
        }
        sluice.close();
        templates.close();
    }

    private void moduleBegins() throws Exception {
        ocean = new OceanModule(new ApiCaller(api, "ocean"), books, promises);
        ocean.begin();
        await("jobs that pay whom the module says").until(() -> ocean.state().equals("paying"));
    }

    private void oneMinerOfEach() throws IOException {
        AuthorityKey key = AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                .publicKey(Secp256k1.best());
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(port, key, "bob"));
        miners.add(WatchedSv2Miner.loginStandard(port, key, "carol"));
        miners.forEach(WatchedMiner::awaitJob);
    }

    private Map<String, Integer> accepted() {
        Map<String, Integer> all = new TreeMap<>();
        miners.forEach(miner -> all.put(miner.user(), miner.accepted()));
        return all;
    }

    private void takeAll() {
        await("every share").until(() -> {
            ocean.shares().take(PAGE);
            return books.byUser().equals(accepted());
        });
    }

    /** The found blocks as they were written down. */
    private List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Path found = directory.resolve("data/blocks");
        if (!Files.exists(found)) {
            return blocks;
        }
        try (Stream<Path> files = Files.list(found)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".json")).toList()) {
                blocks.add(Files.readString(file));
            }
        }
        return blocks;
    }

    private long blocksThatPay(int outputs) throws IOException {
        return blocks().stream()
                .filter(block -> promises.keptBy(block) == outputs)
                .count();
    }

    private void mineABlock(Callable<Long> kind) throws Exception {
        long before = kind.call();
        await("a block").until(() -> {
            WatchedMiner.mineAll(miners, EACH);
            return kind.call() > before;
        });
    }

    /** Shares of jobs that pay whom the module said, so many of them at least. */
    private long paidBy(List<JsonNode> shares, int outputs) {
        return shares.stream()
                .filter(share -> promises.keptBy(suffix(share)) >= outputs)
                .count();
    }

    private String suffix(JsonNode share) {
        return books.jobOf(share).get("coinbase_suffix").asString();
    }

    @Test
    void itPaysByWorkGetsEveryShareIsKilledAndComesBack() throws Exception {
        moduleBegins();
        oneMinerOfEach();
        WatchedMiner.mineAll(miners, EACH);
        takeAll();
        assertThat(books.shares())
                .as("its least difficulty holds for all miners")
                .allMatch(share -> share.get("difficulty").asDouble() > OceanModule.LEAST_DIFFICULTY * 0.999);
        int all = miners.size() + 1;
        mineABlock(() -> blocksThatPay(all));
        takeAll();

        ocean.close();
        int before = books.shares().size();
        // On a new tip nobody says any more whom to pay, and miners mine on.
        mineABlock(() -> blocksThatPay(0));
        WatchedMiner.mineAll(miners, EACH);

        moduleBegins();
        takeAll();
        List<JsonNode> missed = books.shares().subList(before, books.shares().size());
        assertThat(missed).hasSizeGreaterThanOrEqualTo(miners.size() * EACH);
        assertThat(paidBy(missed, 1)).isLessThan(missed.size());
        assertThat(missed)
                .as("what pays nobody of the module's pays the operator")
                .allMatch(share ->
                        promises.keptBy(suffix(share)) > 0 || suffix(share).contains(SCRIPT_OF_ADDRESS));
        mineABlock(() -> blocksThatPay(all));
        takeAll();

        assertThat(books.lost()).isZero();
        assertThat(books.byUser()).isEqualTo(accepted());
        assertThat(promises.refusals()).isEmpty();
        assertThat(blocks())
                .as("the module's name stands in the blocks that pay as it says")
                .allMatch(block -> promises.keptBy(block) == 0 || block.contains(TAG_IN_HEX));
        miners.forEach(miner -> assertThat(miner.isOver()).isFalse());
    }
}
