package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;
import static sluice.endtoend.Patience.stays;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.noise.Secp256k1;

/** An operator who edits the configuration of a Sluice that runs: the farm follows, or the log says why it does not. */
class ReloadEndToEndTest extends ScriptedPoolScenario {
    private static final int ENOUGH = 10;

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private InetSocketAddress port;
    private Path file;
    private SluiceProcess sluice;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("sluice.toml");
    }

    @AfterEach
    void end() {
        miners.forEach(WatchedMiner::close);
        sluice.close();
    }

    private void configure(ScriptedSv2Pool... pools) throws IOException {
        replace(Stream.of(pools)
                .map(pool -> """
                        [[upstream]]
                        name = "%s"
                        url = "%s"
                        """.formatted(pool.name(), pool.address().url()))
                .collect(Collectors.joining()));
    }

    /** As orchestrators and careful editors do it: never half a file. */
    private void replace(String upstreams) throws IOException {
        Path fresh = directory.resolve("sluice.toml.new");
        Files.writeString(fresh, """
                [stratum_v2]
                enabled = true
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                """.formatted(port.getPort()) + upstreams);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void start(ScriptedSv2Pool pool) throws IOException {
        // Behind all pools: a port that is free is the next best for whoever asks for any.
        port = SluiceProcess.freePort();
        configure(pool);
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(
                port,
                AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best()),
                "bob"));
        miners.forEach(WatchedMiner::awaitJob);
    }

    private void awaitJobsOf(ScriptedSv2Pool pool) {
        await("jobs of " + pool).until(() -> miners.stream().allMatch(miner -> miner.isOnTip(pool.tipHash())));
        WatchedMiner.mineAll(miners, ENOUGH);
        pool.awaitGoodShares(miners.size() * ENOUGH);
    }

    @Test
    void aFileThatChangesAndASignalTakeTheFarmToAnotherPoolWhileItMines() throws Exception {
        ScriptedSv2Pool first = pool("first");
        ScriptedSv2Pool second = pool("second");
        ScriptedSv2Pool third = pool("third");
        start(first);
        awaitJobsOf(first);
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();

        configure(second);
        awaitJobsOf(second);
        sluice.awaitLogged("configuration applied");

        configure(third);
        sluice.signal("HUP");
        awaitJobsOf(third);

        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        miners.forEach(WatchedMiner::assertUndisturbed);
        assertThat(sluice.terminate()).isZero();
        assertThat(sluice.log()).doesNotContain(" ERROR ", "Exception");
    }

    @Test
    void aBrokenFileAndAPoolThatIsNotThereChangeNothingAndTheLogSaysWhy() throws Exception {
        ScriptedSv2Pool first = pool("first");
        ScriptedSv2Pool closed = pool("closed");
        closed.die();
        ScriptedSv2Pool refusing = pool("refusing", PoolScript.GOOD.refusingSetup("not-today"));
        start(first);

        replace("[[upstream]]\nname = \"second\"\nurl = \"stratum2+tcp://127.0.0.1:1/not-a-key\"\n");
        sluice.awaitLogged("configuration not applied", "sluice.toml", "url");
        configure(closed);
        sluice.signal("HUP");
        sluice.awaitLogged("configuration not applied", "upstream=closed", "step=CONNECT", "connection refused");
        configure(refusing);
        sluice.signal("HUP");
        sluice.awaitLogged("configuration not applied", "upstream=refusing", "step=SETUP", "not-today");
        Files.delete(file);
        stays("running", Duration.ofMillis(100), () -> miners.stream().noneMatch(WatchedMiner::isOver));
        configure(first);
        sluice.signal("HUP");
        sluice.awaitLogged("nothing to apply");

        WatchedMiner.mineAll(miners, ENOUGH);
        first.awaitGoodShares(miners.size() * ENOUGH);
        assertThat(miners).allSatisfy(miner -> assertThat(miner.tips()).isEqualTo(1));
        miners.forEach(WatchedMiner::assertUndisturbed);
        assertThat(sluice.terminate()).isZero();
    }
}
