package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.LimitsConfig;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1Limits;
import sluice.proxy.session.Sv1MinerSession;
import sluice.proxy.view.FarmSnapshot;
import tools.jackson.databind.JsonNode;

/** SV1 miners that break the rules: the right error, or the end with a counted reason, and nobody else notices. */
class HostileSv1MinerTest extends HostileFarm {
    private static final String LINE = "{\"id\":7,\"method\":\"mining.ping\",\"params\":[]}";
    private static final int MANY = 3_000;

    private static RawSv1Miner connect() throws IOException {
        return new RawSv1Miner(farm().gateway().address());
    }

    private static String padded(int length) {
        return LINE + " ".repeat(length - LINE.length());
    }

    @Test
    void theLongestLineIsAnsweredAndOneByteMoreEndsTheConnection() throws Exception {
        int longest = Sv1Limits.CLIENT.lineLength();
        try (RawSv1Miner miner = connect()) {
            miner.say(padded(longest));
            assertThat(miner.answer(7).path("error").isNull()).isTrue();
            assertClosedFor("line-too-long", () -> miner.say(padded(longest + 1)));
            assertThat(miner.hearToTheEnd()).isEmpty();
        }
    }

    @Test
    void aLineWithoutEndEndsTheConnectionAtTheSameLength() throws Exception {
        try (RawSv1Miner miner = connect()) {
            miner.say(LINE);
            miner.answer(7);
            byte[] piece = "x".repeat(100).getBytes(StandardCharsets.UTF_8);
            assertClosedFor("line-too-long", () -> {
                for (int sent = 0; sent <= Sv1Limits.CLIENT.lineLength(); sent += piece.length) {
                    miner.connection().write(piece);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bad-json        | {"id":1,"method":"mining.subscribe","params":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}
            bad-json        | {"id":1,"id":2,"method":"mining.ping","params":[]}
            bad-json        | {"id":1,"method":"mining.ping","method":"mining.subscribe","params":[]}
            bad-json        | {"id":1,"method":"mining.ping","params":[]
            bad-json        | {"id":1,"method":"mining.ping","params":[]} {}
            bad-json        | {"id":1,"method":"mining.suggest_difficulty","params":[NaN]}
            bad-json        | [{"id":1,"method":"mining.ping","params":[]}]
            bad-json        | mining.ping
            bad-id          | {"id":[1],"method":"mining.ping","params":[]}
            bad-id          | {"id":{},"method":"mining.ping","params":[]}
            not-a-message   | {"id":1,"method":["mining.ping"],"params":[]}
            not-a-message   | {"id":1,"params":[]}
            not-a-message   | {}
            """)
    void aLineThatIsNoMessageEndsTheConnection(String reason, String line) throws Exception {
        try (RawSv1Miner miner = connect()) {
            miner.say(LINE);
            miner.answer(7);
            assertClosedFor(reason, () -> miner.say(line));
            assertThat(miner.hearToTheEnd()).isEmpty();
        }
    }

    @Test
    void tooManyTokensEndTheConnection() throws Exception {
        try (RawSv1Miner miner = connect()) {
            miner.say(LINE);
            miner.answer(7);
            String many = "1,".repeat(Sv1Limits.CLIENT.tokens()) + "1";
            assertClosedFor(
                    "too-many-tokens",
                    () -> miner.say("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[" + many + "]}"));
        }
    }

    @Test
    void binaryJunkBehindAGoodLineEndsTheConnection() throws Exception {
        byte[] junk = new byte[300];
        new SplittableRandom(2).nextBytes(junk);
        junk[junk.length - 1] = '\n';
        try (RawSv1Miner miner = connect()) {
            miner.say(LINE);
            miner.answer(7);
            assertClosedFor("bad-json", () -> miner.connection().write(junk));
        }
    }

    @Test
    void whatComesBehindABadLineIsNotLookedAt() throws Exception {
        try (RawSv1Miner miner = connect()) {
            assertClosedFor("bad-json", () -> miner.say(LINE + "\n{\n" + LINE));
            assertThat(miner.hearToTheEnd()).singleElement().asString().contains("\"id\":7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1", "0", "1e-999999999", "\"\"", "null", "[]", "1e300", "\"1e400\""})
    void aSenselessSuggestionIsAnsweredAndHarmsNobody(String difficulty) throws Exception {
        try (RawSv1Miner miner = connect()) {
            miner.login("suggests");
            assertThat(miner.ask("mining.suggest_difficulty", "[" + difficulty + "]")
                            .has("result"))
                    .isTrue();
            assertThat(miner.ask("mining.ping", "[]").path("error").isNull()).isTrue();
        }
    }

    @Test
    void whatIsOutOfTurnIsRefused() throws Exception {
        try (RawSv1Miner miner = connect()) {
            String share = "[\"w\",\"1\",\"00000000\",\"00000000\",\"00000000\"]";
            assertThat(errorCode(miner.ask("mining.submit", share))).isEqualTo(25);
            miner.login("w");
            assertThat(errorCode(miner.ask("mining.submit", share.replace("\"1\"", "\"7fffffff\""))))
                    .isEqualTo(21);
            assertThat(errorCode(miner.ask("mining.submit", "[\"stranger\",\"1\",\"00000000\",\"0\",\"0\"]")))
                    .isEqualTo(24);
            assertThat(errorCode(miner.ask("mining.submit", "[\"w\"]"))).isEqualTo(20);
            assertThat(errorCode(miner.ask("mining.steal", "[]"))).isEqualTo(20);
        }
    }

    @Test
    void namesBeyondTheLimitAreRefused() throws Exception {
        try (RawSv1Miner miner = connect()) {
            miner.ask("mining.subscribe", "[]");
            for (int i = 0; i < Sv1MinerSession.MAX_WORKERS; i++) {
                assertThat(miner.ask("mining.authorize", "[\"w" + i + "\",\"x\"]")
                                .path("result")
                                .asBoolean())
                        .isTrue();
            }
            assertThat(errorCode(miner.ask("mining.authorize", "[\"one.more\",\"x\"]")))
                    .isEqualTo(24);
        }
    }

    @Test
    void thousandsOfBadSharesAreAnsweredOneByOneAndInOrderAndMostOfThemUnjudged() throws Exception {
        FarmSnapshot before = farm().seen();
        int most = 10 * LimitsConfig.DEFAULT.invalidSharesPerSecond();
        try (RawSv1Miner miner = connect()) {
            miner.work("w");
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                ids.add(miner.request("mining.submit", "[\"w\",\"7fffffff\",\"00000000\",\"00000000\",\"00000000\"]"));
            }
            for (int i = 0; i < most; i++) {
                assertThat(errorCode(miner.answer(ids.get(i)))).isEqualTo(21);
            }
            for (int i = most; i < MANY; i++) {
                assertThat(errorCode(miner.answer(ids.get(i)))).isIn(20, 21);
            }
        }
        await().untilAsserted(() -> assertThat(
                        rejections(farm().seen(), "unjudged") + rejections(farm().seen(), "unknown-job"))
                .as("all are counted")
                .isEqualTo(rejections(before, "unjudged") + rejections(before, "unknown-job") + MANY));
        assertThat(rejections(farm().seen(), "unjudged")).isGreaterThan(rejections(before, "unjudged"));
    }

    private static long rejections(FarmSnapshot seen, String reason) {
        return seen.rejections().getOrDefault(reason, 0L);
    }

    @Test
    void aMinerThatNeverReadsIsCutOff() throws Exception {
        try (RawConnection connection = new RawConnection(farm().gateway().address());
                RawSv1Miner miner = new RawSv1Miner(connection)) {
            // A stranger would be read too slowly to be cut off for this in the time of a test.
            miner.work("w");
            String extensions = IntStream.range(0, Sv1ClientDecoder.MAX_EXTENSIONS)
                    .mapToObj(i -> "\"" + i + "x".repeat(120) + "\"")
                    .collect(Collectors.joining(","));
            byte[] many = RawSv1Miner.bytes(
                    "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[" + extensions + "],{}]}\n");
            assertClosedFor("slow-reader", () -> connection.writeToTheEnd(() -> many));
        }
    }

    private static int errorCode(JsonNode answer) {
        return answer.path("error").path(0).asInt();
    }
}
