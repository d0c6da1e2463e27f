package sluice.proxy.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import sluice.config.ConfigLoader;
import sluice.config.ConfigResult;
import sluice.config.GatewayConfig;
import sluice.config.PoolsText;
import sluice.config.RoutingConfig;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmSnapshot;

/**
 * A module points the farm to other pools over the API while it mines, and to some that are none: every miner follows, or
 * nothing changes, and no miner notices.
 */
public final class ApiScenario implements Scenario {
    static final int CALLS = 9;

    private static final String UPDATE = "/module/v1/call/update_pool_config";
    private static final String POOLS = "/api/v1/pools";
    private static final String USER = "demo.gateway";
    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(5);
    private static final double SHARES_PER_MINUTE = 30;
    private static final double MINERS_PART_OF_MACHINE = 0.2;
    private static final int LOOPS = 2;
    private static final int TOKEN_BYTES = 32;

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        VardiffConfig difficulty = pace.fixed(stage.sharesPerMinute(SHARES_PER_MINUTE));
        DemoPool.Nature nature = new DemoPool.Nature(difficulty, pace.chain(BLOCK_INTERVAL));
        try (DemoFarm farm = new DemoFarm(stage);
                Sv1OnlyServer sv1Only = new Sv1OnlyServer()) {
            UpstreamConfig first = farm.pool("first", nature).overSv2();
            UpstreamConfig second = farm.pool("second", nature).overSv2();
            UpstreamConfig third = farm.pool("third", nature).overSv1();
            GatewayConfig config = config(stage, first);
            PoolUpstream.Common common =
                    new PoolUpstream.Common(difficulty, config.failover(), stage.softwareVersion(), stage.clock());
            FarmBooks books = new FarmBooks();
            farm.open(PoolUpstream.plan(config.routing(), common), config.failover(), difficulty, LOOPS, books);
            farm.mineAll(pace);
            try (DemoApi api = new DemoApi(
                    farm.gateway(),
                    new DemoSwitch(farm.gateway(), config, common),
                    config,
                    books,
                    stage,
                    freshToken())) {
                stage.say("The API answers at %s.", api.base());
                Module module = new Module(farm, api, stage);
                module.play(first, second, third, sv1Only.address());
                farm.mineToTheEnd();
                FarmSummary summary = farm.finish();
                return new ApiReport(
                        summary,
                        module.calls,
                        Steadiness.of(farm.reports()),
                        ShareBalance.of(farm.reports(), summary.gateway()),
                        module.expectations.troubles());
            }
        }
    }

    private static GatewayConfig config(Stage stage, UpstreamConfig pool) throws IOException {
        Path file = Files.writeString(
                stage.data().resolve("sluice.toml"),
                PoolsText.of(RoutingConfig.single(pool)) + "\n[failover]\nswitch_timeout = \"5s\"\n");
        return switch (ConfigLoader.load(file, Map.of())) {
            case ConfigResult.Loaded(var config, var warnings) -> config;
            case ConfigResult.Invalid(var problems) ->
                throw new IllegalStateException(problems.getFirst().describe(file.toString()));
        };
    }

    private static String freshToken() {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    private static String url(UpstreamConfig pool) {
        return pool.pool().address().url();
    }

    private static String url(String scheme, InetSocketAddress address, String behind) {
        return scheme + "://" + address.getAddress().getHostAddress() + ":" + address.getPort() + behind;
    }

    private static Map<String, Object> update(String url) {
        return DemoReport.ordered(
                "action", "update_pool_config", "pool_url", url, "pool_user", USER, "pool_password", null);
    }

    /** Somewhere nobody listens. */
    private static InetSocketAddress nowhere() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    /** Who calls, and sees what comes of it. */
    private static final class Module {
        private final DemoFarm farm;
        private final DemoApi api;
        private final Stage stage;
        private final Expectations expectations;
        private final List<ApiReport.Call> calls = new ArrayList<>();

        Module(DemoFarm farm, DemoApi api, Stage stage) {
            this.farm = farm;
            this.api = api;
            this.stage = stage;
            this.expectations = new Expectations(farm);
        }

        void play(UpstreamConfig first, UpstreamConfig second, UpstreamConfig third, InetSocketAddress sv1Only)
                throws IOException, InterruptedException {
            expectations.expect(() -> farm.snapshot().channels() >= stage.miners(), "not all miners opened a channel");
            expectations.expect(expectations.minedAt(first.name()), "the first pool accepted no work");
            String key = "/" + keyOf(second).text();
            AuthorityKey another = stage.keys().get().publicKey(Secp256k1.best());
            InetSocketAddress secondAt = new InetSocketAddress(
                    second.pool().address().host(), second.pool().address().port());

            moves("update_pool_config to an SV2 pool", UPDATE, update(url(second)), url(second));
            changesNothing("an unreachable pool", UPDATE, update(url("stratum2+tcp", nowhere(), key)), "connect");
            changesNothing(
                    "a wrong authority key",
                    UPDATE,
                    update(url("stratum2+tcp", secondAt, "/" + another.text())),
                    "handshake");
            changesNothing(
                    "a pool that speaks only SV1", UPDATE, update(url("stratum2+tcp", sv1Only, key)), "handshake");
            changesNothing("a URL that is none", UPDATE, update("pool.example.com"), "validate");
            moves(
                    "MiningOS's list with an SV1 pool",
                    UPDATE,
                    Map.of(
                            "config",
                            DemoReport.ordered("id", "1", "poolUrls", List.of(miningOs(third), miningOs(second)))),
                    url(third));
            race(first, second);
            boolean firstWon = inUse().equals(first.name());
            moves(
                    "PUT of the whole list",
                    POOLS,
                    firstWon ? list(second, first) : list(first, second),
                    firstWon ? second.name() : first.name());
        }

        private static Map<String, Object> miningOs(UpstreamConfig pool) {
            return DemoReport.ordered("url", url(pool), "workerName", USER, "workerPassword", "x");
        }

        private static Map<String, Object> list(UpstreamConfig... pools) {
            List<Map<String, Object>> upstreams = new ArrayList<>();
            for (UpstreamConfig pool : pools) {
                upstreams.add(DemoReport.ordered("name", pool.name(), "url", url(pool), "user", USER));
            }
            return Map.of("upstreams", upstreams);
        }

        private static AuthorityKey keyOf(UpstreamConfig pool) {
            return ((Sv2PoolAddress) pool.pool().address()).authorityKey().orElseThrow();
        }

        private static String method(String path) {
            return path.equals(POOLS) ? "PUT" : "POST";
        }

        private void moves(String name, String path, Object body, String to) throws IOException, InterruptedException {
            if (!expectations.areMet()) {
                return;
            }
            BooleanSupplier switched = expectations.next(SwitchKind.SWITCH);
            BooleanSupplier mined = expectations.minedAt(to);
            long lost = disconnects();
            DemoApi.Reply reply = api.call(method(path), path, body);
            expectations.expect(switched, name + " moved no miner");
            expectations.expect(mined, "the pool accepted no work after " + name);
            Optional<FarmSnapshot.Switch> seen = latest();
            int moved = seen.map(FarmSnapshot.Switch::miners).orElse(0);
            if (moved != stage.miners()) {
                expectations.disappoint(name + " moved " + moved + " miners");
            }
            if (!inUse().equals(to)) {
                expectations.disappoint(name + " led to " + inUse());
            }
            note(name, "applied", reply, moved, lost);
        }

        private void changesNothing(String name, String path, Object body, String step)
                throws IOException, InterruptedException {
            if (!expectations.areMet()) {
                return;
            }
            String before = api.get(POOLS).tag();
            String mined = inUse();
            long lost = disconnects();
            DemoApi.Reply reply = api.call(method(path), path, body);
            DemoApi.Reply after = api.get(POOLS);
            if (!after.tag().equals(before) || !inUse().equals(mined)) {
                expectations.disappoint(name + " changed something");
            }
            expectations.expect(expectations.minedAt(mined), "the pool accepted no more work after " + name);
            note(name, "rejected at " + step, reply, -1, lost);
        }

        /** Two who have seen the same. */
        private void race(UpstreamConfig one, UpstreamConfig other) throws IOException, InterruptedException {
            if (!expectations.areMet()) {
                return;
            }
            String tag = api.get(POOLS).tag();
            long lost = disconnects();
            BooleanSupplier switched = expectations.next(SwitchKind.SWITCH);
            CompletableFuture<DemoApi.Reply> toOne = api.callLater("PUT", POOLS, list(one), tag);
            CompletableFuture<DemoApi.Reply> toOther = api.callLater("PUT", POOLS, list(other), tag);
            DemoApi.Reply first = toOne.join();
            DemoApi.Reply second = toOther.join();
            boolean oneWon = first.http() == 200;
            String winner = oneWon ? one.name() : other.name();
            expectations.expect(switched, "neither of two writers moved a miner");
            expectations.expect(expectations.minedAt(winner), "the winner's pool accepted no work");
            note("the faster of two writers", "applied", oneWon ? first : second, -1, lost);
            note("the slower of two writers", "rejected at if-match", oneWon ? second : first, -1, lost);
        }

        private void note(String name, String wanted, DemoApi.Reply reply, int moved, long lostBefore) {
            ApiReport.Call call = new ApiReport.Call(
                    name,
                    wanted,
                    reply.http(),
                    reply.result(),
                    reply.step(),
                    reply.time(),
                    moved,
                    inUse(),
                    disconnects() - lostBefore);
            stage.say(
                    "%s: HTTP %d, %s, after %.2f ms.",
                    call.name(), call.http(), call.outcome(), call.time().toNanos() / 1e6);
            calls.add(call);
        }

        private Optional<FarmSnapshot.Switch> latest() {
            List<FarmSnapshot.Switch> all = farm.snapshot().switches();
            return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
        }

        private String inUse() {
            return latest().map(FarmSnapshot.Switch::to).orElse("");
        }

        private long disconnects() {
            return Steadiness.of(farm.reports()).disconnects();
        }
    }
}
