package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import tools.jackson.databind.JsonNode;

/** A module that accounts for shares itself: it gets every one that a miner was told is good, whatever befalls the module. */
class ShareSinkTest extends ScriptedPoolScenario {
    private static final int EACH = 20;
    private static final int PAGE = 7;

    @TempDir
    private Path directory;

    private final List<WatchedMiner> miners = new ArrayList<>();
    private final ShareModule.Books books = new ShareModule.Books();
    private InetSocketAddress port;
    private ApiCaller api;
    private SluiceProcess sluice;

    private void run(ScriptedSv2Pool pool) throws IOException {
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        Path file = directory.resolve("sluice.toml");
        Files.writeString(file, """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                pool_url = "%s"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [api]
                listen_addr = "127.0.0.1:%d"
                %s
                """.formatted(
                port.getPort(), pool.address().url(), ports.getLast().getPort(), ApiCaller.table("ocean", "operate")));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitListening(ports.getLast());
        api = new ApiCaller(ports.getLast(), "ocean");
    }

    @AfterEach
    void end() {
        miners.forEach(WatchedMiner::close);
        api.close();
        sluice.close();
    }

    private void oneMinerOfEach() throws IOException {
        AuthorityKey key = AuthorityKeyFile.read(directory.resolve("data").resolve("authority.key"))
                .publicKey(Secp256k1.best());
        miners.add(WatchedSv1Miner.login(port, "alice"));
        miners.add(WatchedSv2Miner.login(port, key, "bob"));
        miners.add(WatchedSv2Miner.loginStandard(port, key, "carol"));
        miners.forEach(WatchedMiner::awaitJob);
    }

    private void mine() {
        WatchedMiner.mineAll(miners, EACH);
    }

    /** What the pool took, told apart by all that a miner chooses. */
    private static List<String> taken(ScriptedSv2Pool pool) {
        return pool.shares().stream()
                .map(ScriptedSv2Pool.JudgedShare::share)
                .map(share -> text(share))
                .toList();
    }

    private static String text(SubmitSharesExtended share) {
        return share.nonce() + " " + share.ntime() + " " + share.version() + " "
                + share.extranonce().hex();
    }

    private List<String> written(int granted) {
        return books.shares().stream().map(share -> text(share, granted)).toList();
    }

    private static String text(JsonNode share, int granted) {
        String extranonce = share.get("extranonce").asString();
        return share.get("nonce").asLong() + " " + share.get("ntime").asLong() + " "
                + share.get("version").asLong() + " " + extranonce.substring(extranonce.length() - 2 * granted);
    }

    @Test
    void aModuleThatIsKilledGoesOnAndHasEveryShareInTheEnd() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        run(pool);
        oneMinerOfEach();
        mine();
        ShareModule first = new ShareModule(api, books);
        assertThat(first.register().get("waiting").asLong()).isZero();
        mine();
        // What is on its way to the pool would be stale there.
        pool.awaitGoodShares(2 * 3 * EACH);
        pool.newTip();
        await("the new tip").until(() -> miners.stream().allMatch(miner -> miner.isOnTip(pool.tipHash())));
        mine();

        assertThat(first.take(PAGE)).isEqualTo(PAGE);
        assertThat(first.take(PAGE)).isEqualTo(PAGE);
        assertThat(first.standing().get("waiting").asInt())
                .as("what was written down and not acknowledged yet waits, too")
                .isEqualTo(2 * 3 * EACH - PAGE);

        // It is killed. The one that is started in its place knows nothing of what it had.
        ShareModule second = new ShareModule(api, books);
        second.register();
        mine();
        await("every share").until(() -> {
            second.take(PAGE);
            return second.standing().get("waiting").asInt() == 0;
        });
        assertThat(books.byUser()).isEqualTo(Map.of("alice", 3 * EACH, "bob", 3 * EACH, "carol", 3 * EACH));
        assertThat(books.lost()).isZero();
        assertThat(second.standing().get("lost").asLong()).isZero();

        int granted = pool.shares().getFirst().share().extranonce().length();
        pool.awaitGoodShares(4 * 3 * EACH);
        assertThat(taken(pool).subList(3 * EACH, 4 * 3 * EACH))
                .as("shares at the pool since the module was registered")
                .containsExactlyInAnyOrderElementsOf(written(granted));
        miners.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void aGatewayThatIsStartedAnewKnowsNoModuleAndTellsIt() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        run(pool);
        ShareModule module = new ShareModule(api, books);
        module.register();
        oneMinerOfEach();
        mine();
        await("every share").until(() -> {
            module.take(PAGE);
            return books.shares().size() == 3 * EACH;
        });
        miners.forEach(WatchedMiner::close);
        miners.clear();
        assertThat(sluice.terminate()).isZero();
        api.close();

        run(pool);
        assertThat(api.call("GET", ShareModule.SINK + "/shares", "", Optional.empty())
                        .get()
                        .status())
                .isEqualTo(404);
        ShareModule.Books fresh = new ShareModule.Books();
        ShareModule again = new ShareModule(api, fresh);
        again.register();
        oneMinerOfEach();
        mine();
        await("every share").until(() -> {
            again.take(PAGE);
            return fresh.shares().size() == 3 * EACH;
        });
        assertThat(fresh.shares().getFirst().get("id").asString())
                .as("no id of the run before")
                .isNotIn(books.shares().stream()
                        .map(share -> share.get("id").asString())
                        .toList());
    }
}
