package sluice.proxy.api.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.event.AskedApi.json;
import static sluice.proxy.api.event.AskedApi.problem;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.event.AskedApi;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.EventLedger;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.sink.RingedShares;
import sluice.proxy.sink.ShareRing;
import sluice.proxy.sink.ShareSinks;
import tools.jackson.databind.JsonNode;

class ShareSinkEndpointsTest {
    private static final String SINKS = "/api/v1/share-sinks";
    private static final String OCEAN = SINKS + "/ocean";
    private static final String SHARES = OCEAN + "/shares";
    private static final MiningJob JOB = RingedShares.job(7);

    private final ShareRing ring = new ShareRing();
    private final EventFeed feed = new EventFeed(new EventLedger("run"), PoolAddresses.UNKNOWN);
    private final List<Timer> timers = new ArrayList<>();
    private final ShareWaits waits =
            new ShareWaits(feed, Runnable::run, (time, task) -> timers.add(new Timer(time, task)));
    private final AskedApi api = new AskedApi(new ShareSinkEndpoints(new ShareSinks(ring), "run", waits).all());
    private int happened;

    private record Timer(Duration time, Runnable task) {}

    /** So many shares are accepted, and told of. */
    private void happen(int shares) {
        for (int i = 0; i < shares; i++) {
            RingedShares.add(ring, JOB, happened++);
            feed.on(new GatewayEvent.ShareSubmitted(
                    Instant.EPOCH, 1, 1, MinerProtocol.SV1, "a", 7, ShareVerdict.ACCEPTED, 1, Optional.empty()));
        }
        feed.onBatchEnd();
    }

    private void pass(Duration time) {
        List<Timer> due = timers.stream()
                .filter(timer -> timer.time().compareTo(time) <= 0)
                .toList();
        timers.removeAll(due);
        due.forEach(timer -> timer.task().run());
    }

    private JsonNode shares(String query) {
        return json(api.get(SHARES + query));
    }

    private static List<String> ids(JsonNode page) {
        return page.get("shares")
                .valueStream()
                .map(share -> share.get("id").asString())
                .toList();
    }

    private JsonNode sink() {
        return json(api.get(OCEAN));
    }

    @Test
    void aModuleRegistersOnceAndIsListed() {
        ApiAnswer first = api.put(OCEAN);
        assertThat(first.status()).isEqualTo(201);
        assertThat(json(first).get("by").asString()).isEqualTo("module");
        assertThat(api.put(OCEAN).status()).isEqualTo(200);
        assertThat(json(api.get(SINKS)).at("/sinks/0/name").asString()).isEqualTo("ocean");
        assertThat(api.delete(OCEAN).status()).isEqualTo(200);
        assertThat(json(api.get(SINKS)).get("sinks")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a%C3%A4", "123456789012345678901234567890123"})
    void aNameIsRefusedThatIsNone(String name) {
        assertThat(problem(api.put(SINKS + "/" + name)).status()).isEqualTo(422);
    }

    @Test
    void aNameMayBeAsLongAsThatOfAnUpstream() {
        assertThat(api.put(SINKS + "/" + "x".repeat(ShareSinkEndpoints.MAX_NAME_LENGTH))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void oneTooManyIsRefusedAndToldTheCure() {
        IntStream.range(0, ShareSinks.MAX_SINKS).forEach(i -> api.put(SINKS + "/sink" + i));
        assertThat(problem(api.put(OCEAN)).code()).isEqualTo("too-many-sinks");
    }

    @Test
    void whoIsNotRegisteredIsToldToRegister() {
        assertThat(problem(api.get(OCEAN)).status()).isEqualTo(404);
        assertThat(problem(api.get(SHARES)).detail()).contains("PUT");
        assertThat(problem(api.delete(OCEAN)).status()).isEqualTo(404);
    }

    @Test
    void aShareComesWithAllThatItTakesToHashItAgainAndItsJobOnce() {
        api.put(OCEAN);
        happen(2);
        JsonNode page = shares("");
        JsonNode share = page.at("/shares/1");
        assertThat(share.get("id").asString()).isEqualTo("run-2");
        assertThat(share.get("job_id").asString()).isEqualTo("7");
        assertThat(share.get("upstream").asString()).isEqualTo(VectorJobs.UPSTREAM.upstream());
        assertThat(share.get("user").asString()).isEqualTo("miner1");
        assertThat(share.get("extranonce").asString())
                .isEqualTo(VectorJobs.UPSTREAM_PREFIX.hex() + "00000001" + "fffffffe");
        assertThat(share.get("nonce").asLong()).isEqualTo(1);
        assertThat(share.get("block_found").asBoolean()).isTrue();
        assertThat(page.get("jobs")).hasSize(1);
        JsonNode job = page.at("/jobs/0");
        assertThat(job.get("prev_hash").asString())
                .isEqualTo(VectorJobs.SHARE_TIP.prevHash().display());
        assertThat(job.get("nbits").asString()).isEqualTo("1b00d7c0");
        assertThat(job.get("coinbase_prefix").asString()).isEqualTo(VectorJobs.COINBASE_PREFIX.hex());
        assertThat(job.get("coinbase_suffix").asString()).isEqualTo(VectorJobs.COINBASE_SUFFIX.hex());
        assertThat(job.get("merkle_path")).isEmpty();
        assertThat(job.get("version").asLong()).isEqualTo(VectorJobs.VERSION);
    }

    @Test
    void whoAsksForWhatComesBehindAShareHasAcknowledgedIt() {
        api.put(OCEAN);
        happen(5);
        JsonNode first = shares("?limit=2");
        assertThat(ids(first)).containsExactly("run-1", "run-2");
        assertThat(first.get("more").asBoolean()).isTrue();
        assertThat(sink().get("acknowledged").asString()).isEqualTo("run-0");

        JsonNode second = shares("?after=" + first.get("next").asString());
        assertThat(ids(second)).containsExactly("run-3", "run-4", "run-5");
        assertThat(second.get("more").asBoolean()).isFalse();
        assertThat(sink().get("acknowledged").asString()).isEqualTo("run-2");
        assertThat(sink().get("waiting").asLong()).isEqualTo(3);

        assertThat(ids(shares(""))).as("after a crash").containsExactly("run-3", "run-4", "run-5");
        assertThat(ids(shares("?after=run-0"))).as("what is still there").hasSize(5);
        assertThat(sink().get("acknowledged").asString()).isEqualTo("run-2");
    }

    @Test
    void whoIsTooSlowIsToldHowManyItMissed() {
        api.put(OCEAN);
        happen(ShareRing.CAPACITY + 3);
        assertThat(sink().get("lost").asLong()).isEqualTo(3);
        JsonNode page = shares("?limit=1");
        assertThat(page.get("lost").asLong()).isEqualTo(3);
        assertThat(ids(page)).containsExactly("run-4");
        assertThat(shares("?after=run-4&limit=1").get("lost").asLong()).isZero();
        assertThat(sink().get("lost").asLong()).isEqualTo(3);
    }

    @Test
    void whoComesFromAnEarlierRunIsToldAndGetsWhatThereIs() {
        api.put(OCEAN);
        happen(1);
        JsonNode page = shares("?after=before-77&wait=10");
        assertThat(page.get("restarted").asBoolean()).isTrue();
        assertThat(ids(page)).containsExactly("run-1");
    }

    @ParameterizedTest
    @CsvSource({
        "after=run-2, 422",
        "after=run, 400",
        "after=, 400",
        "after=run-1111111111111111111, 400",
        "after=abcdefghijklmnopqrstuvwxyz-1234567890-123, 400",
        "limit=0, 400",
        "limit=1001, 400",
        "wait=11, 400"
    })
    void whatMakesNoSenseIsRefused(String query, int status) {
        api.put(OCEAN);
        happen(1);
        assertThat(problem(api.get(SHARES + "?" + query)).status()).isEqualTo(status);
        assertThat(sink().get("acknowledged").asString()).isEqualTo("run-0");
    }

    @Test
    void aPageHasAsManySharesAsItMayHave() {
        api.put(OCEAN);
        happen(ShareSinkEndpoints.MAX_PAGE + 1);
        assertThat(ids(shares("?limit=" + ShareSinkEndpoints.MAX_PAGE))).hasSize(ShareSinkEndpoints.MAX_PAGE);
    }

    @Test
    void whoWaitsIsAnsweredSoonAfterTheNextShare() {
        api.put(OCEAN);
        CompletableFuture<ApiAnswer> answer = api.getLater(SHARES + "?wait=10");
        pass(ShareWaits.GATHERING);
        happen(1);
        happen(1);
        assertThat(answer).as("gathers").isNotDone();
        pass(ShareWaits.GATHERING);
        assertThat(ids(json(answer.join()))).containsExactly("run-1", "run-2");
        assertThat(waits.waiting()).isZero();
        happen(1);
        assertThat(timers).as("only the end of the wait").hasSize(1);
    }

    @Test
    void whoWaitsInVainIsAnsweredWithNothing() {
        api.put(OCEAN);
        CompletableFuture<ApiAnswer> answer = api.getLater(SHARES + "?wait=10");
        assertThat(timers).extracting(Timer::time).containsExactly(ShareSinkEndpoints.MAX_WAIT);
        pass(ShareSinkEndpoints.MAX_WAIT);
        JsonNode page = json(answer.join());
        assertThat(ids(page)).isEmpty();
        assertThat(page.get("next").asString()).isEqualTo("run-0");
    }

    @Test
    void whoWaitsWithAWholePageThereIsAnsweredAtOnce() {
        api.put(OCEAN);
        happen(2);
        assertThat(ids(json(api.getLater(SHARES + "?wait=10&limit=2").join()))).hasSize(2);
        CompletableFuture<ApiAnswer> fewer = api.getLater(SHARES + "?wait=10&limit=3");
        assertThat(fewer).isNotDone();
        pass(ShareWaits.GATHERING);
        assertThat(ids(json(fewer.join()))).hasSize(2);
    }

    @Test
    void ofTwoWhoWaitForOneSinkTheLaterStays() {
        api.put(OCEAN);
        api.put(SINKS + "/other");
        CompletableFuture<ApiAnswer> broken = api.getLater(SHARES + "?wait=10");
        CompletableFuture<ApiAnswer> other = api.getLater(SINKS + "/other/shares?wait=10");
        CompletableFuture<ApiAnswer> again = api.getLater(SHARES + "?wait=10");
        assertThat(problem(broken.join()).code()).isEqualTo("asked-again");
        assertThat(waits.waiting()).isEqualTo(2);
        happen(1);
        pass(ShareWaits.GATHERING);
        assertThat(ids(json(again.join()))).containsExactly("run-1");
        assertThat(ids(json(other.join()))).containsExactly("run-1");
    }

    @Test
    void whoWaitsForASinkThatIsRemovedIsTold() {
        api.put(OCEAN);
        CompletableFuture<ApiAnswer> answer = api.getLater(SHARES + "?wait=10");
        api.delete(OCEAN);
        pass(ShareSinkEndpoints.MAX_WAIT);
        assertThat(problem(answer.join()).status()).isEqualTo(404);
    }
}
