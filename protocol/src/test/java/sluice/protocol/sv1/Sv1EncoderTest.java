package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;

class Sv1EncoderTest {
    private static final Sv1Id ONE = Sv1Id.of(1);

    // Share "B" of the share-and-target vectors.
    private static final String PREFIX =
            "02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff"
                    + "2a5200065376322f2f2f20";
    private static final String SUFFIX = "ffffffff0200f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc"
            + "0000000000000000266a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf900000000";

    private static final Notify NOTIFY = new Notify(
            "1",
            Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000"),
            Bytes.fromHex(PREFIX),
            Bytes.fromHex(SUFFIX),
            List.of(),
            0x20000000L,
            0x1b00d7c0L,
            0x680be961L,
            true);

    @Test
    void writesTheNotifyOfTheShareVector() {
        assertThat(Lines.encode(NOTIFY))
                .isEqualTo("{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"1\","
                        + "\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"" + PREFIX + "\",\""
                        + SUFFIX + "\",[],\"20000000\",\"1b00d7c0\",\"680be961\",true]}");
    }

    @Test
    void writesTheSubmitOfTheShareVector() {
        assertThat(Lines.encode(new Sv1ClientMessage.Submit(
                        Sv1Id.of(4),
                        "w",
                        "1",
                        Bytes.fromHex("0100000000000000"),
                        0x680be961L,
                        0x4107,
                        OptionalLong.empty())))
                .isEqualTo("{\"id\":4,\"method\":\"mining.submit\","
                        + "\"params\":[\"w\",\"1\",\"0100000000000000\",\"680be961\",\"00004107\"]}");
    }

    @Test
    void writesResultAndErrorInEveryAnswer() {
        assertThat(Lines.encode(Sv1Response.ok(ONE))).isEqualTo("{\"id\":1,\"result\":true,\"error\":null}");
        assertThat(Lines.encode(Sv1Response.refused(ONE, Sv1ErrorCode.JOB_NOT_FOUND)))
                .isEqualTo("{\"id\":1,\"result\":null,\"error\":[21,\"Job not found (stale)\",null]}");
        assertThat(Lines.encode(Sv1Response.pong(Sv1Id.ABSENT)))
                .isEqualTo("{\"id\":null,\"result\":\"pong\",\"error\":null}");
        assertThat(Lines.encode(new Sv1Response(ONE, Sv1Result.FALSE, Optional.empty(), Optional.of("Stale"))))
                .isEqualTo("{\"id\":1,\"result\":false,\"error\":null,\"reject-reason\":\"Stale\"}");
    }

    @Test
    void numbersTheErrorsAsPoolsDo() {
        assertThat(Stream.of(Sv1ErrorCode.values()).map(Sv1ErrorCode::number))
                .containsExactly(20, 21, 22, 23, 24, 25, 26, 27);
        assertThat(Sv1ErrorCode.values())
                .allSatisfy(code -> assertThat(code.text()).isNotBlank());
    }

    @Test
    void writesTheAnswerToSubscribe() {
        assertThat(Lines.encode(Sv1Response.of(
                        ONE,
                        new Sv1Result.Subscribed(
                                List.of(
                                        new Sv1Result.Subscription("mining.set_difficulty", "1"),
                                        new Sv1Result.Subscription("mining.notify", "1")),
                                Bytes.fromHex("0001"),
                                4))))
                .isEqualTo("{\"id\":1,\"result\":[[[\"mining.set_difficulty\",\"1\"],[\"mining.notify\",\"1\"]],"
                        + "\"0001\",4],\"error\":null}");
    }

    @Test
    void refusesASubscribeAnswerThatNoMinerCouldUse() {
        assertThatThrownBy(() -> new Sv1Result.Subscribed(List.of(), Bytes.zeros(33), 4))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Sv1Result.Subscribed(List.of(), Bytes.EMPTY, 33))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesTheMaskOnlyWithGrantedVersionRolling() {
        Map<String, Boolean> granted = new LinkedHashMap<>();
        granted.put("version-rolling", true);
        granted.put("minimum-difficulty", true);
        granted.put("frobnicate", false);
        assertThat(Lines.encode(Sv1Response.of(ONE, new Sv1Result.Configured(granted, 0x1fffe000L))))
                .isEqualTo("{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\","
                        + "\"minimum-difficulty\":true,\"frobnicate\":false},\"error\":null}");
        assertThat(Lines.encode(Sv1Response.of(ONE, new Sv1Result.Configured(Map.of("version-rolling", false), 0))))
                .isEqualTo("{\"id\":1,\"result\":{\"version-rolling\":false},\"error\":null}");
    }

    @Test
    void neverGrantsVersionRollingWithoutBits() {
        assertThatThrownBy(() -> new Sv1Result.Configured(Map.of("version-rolling", true), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Sv1Result.Configured(Map.of("version-rolling", false), 0x1fffe000L))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "512, 512",
        "1e15, 1000000000000000",
        "1e20, 100000000000000000000",
        "0.5, 0.5",
        "1e-9, 0.000000001",
        "1234.5678, 1234.5678",
        "232827.09094019106, 232827.09094019106"
    })
    void writesDifficultyAsAPlainDecimal(double difficulty, String text) {
        assertThat(Lines.encode(new Sv1ServerMessage.SetDifficulty(difficulty)))
                .isEqualTo("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[" + text + "]}");
    }

    @Test
    void refusesADifficultyThatIsNone() {
        for (double difficulty : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Sv1ServerMessage.SetDifficulty(difficulty))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void escapesWhatJsonCannotHold() {
        String text = "a\"\\\n\u0000\u007f\u00e9\u20ac\ud83d\ude00\udc80\ud800";
        String line = Lines.encode(new Sv1ServerMessage.ShowMessage(text));
        assertThat(line).contains("a\\\"\\\\\\u000a\\u0000\\u007f\u00e9\u20ac\ud83d\ude00\\udc80\\ud800");
        assertThat(Lines.server(line)).isEqualTo(new Sv1ServerMessage.ShowMessage(text));
    }

    @Test
    void refusesAU32OutOfRange() {
        assertThatThrownBy(() -> Sv1Encoder.encode(new Sv1ServerMessage.SetVersionMask(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sv1Encoder.encode(new Sv1ServerMessage.SetVersionMask(1L << 32)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<Sv1ClientMessage> clientMessages() {
        return Stream.of(
                Configure.versionRolling(ONE, 0x1fffe000L),
                new Configure(
                        ONE,
                        List.of("version-rolling", "minimum-difficulty", "subscribe-extranonce", "info", "x"),
                        0xffffffffL,
                        OptionalInt.of(2),
                        OptionalDouble.of(0.5),
                        Map.of("hw-version", "s9\"")),
                new Configure(
                        ONE,
                        List.of("minimum-difficulty"),
                        Configure.DEFAULT_MASK,
                        OptionalInt.empty(),
                        OptionalDouble.of(150_000),
                        Map.of()),
                Sv1ClientMessage.Subscribe.of(ONE, ""),
                Sv1ClientMessage.Subscribe.of(ONE, "sluice/1"),
                new Sv1ClientMessage.Subscribe(ONE, "ua", Optional.of("81000001"), List.of()),
                new Sv1ClientMessage.Subscribe(ONE, "", Optional.empty(), List.of("pool.example", "3333")),
                new Sv1ClientMessage.Authorize(ONE, "acct.worker \u00e9", "x"),
                new Sv1ClientMessage.Submit(
                        ONE, "w", "j", Bytes.fromHex("00ff"), 0xffffffffL, 0, OptionalLong.of(0x1fffe000L)),
                new Sv1ClientMessage.SuggestDifficulty(ONE, 0.0001),
                new Sv1ClientMessage.SuggestTarget(Sv1Id.NULL, Target.DIFFICULTY_1),
                new Sv1ClientMessage.ExtranonceSubscribe(ONE),
                new Sv1ClientMessage.MultiVersion(ONE, 4),
                new Sv1ClientMessage.GetTransactions(ONE, "j"),
                new Sv1ClientMessage.Capabilities(Sv1Id.ABSENT, ascii("[\"notify\"]")),
                new Sv1ClientMessage.Ping(new Sv1Id("\"a\\u0041\"")),
                new Sv1ClientMessage.Unknown(ONE, "mining.frobnicate", ascii("{\"a\":[1.50]}")),
                Sv1Response.of(ONE, new Sv1Result.Text("sluice/1")));
    }

    @ParameterizedTest
    @MethodSource("clientMessages")
    void clientMessagesComeBackAsTheyWere(Sv1ClientMessage message) {
        assertThat(Lines.client(Lines.encode(message))).isEqualTo(message);
    }

    static Stream<Sv1ServerMessage> serverMessages() {
        Hash256 hash = Hash256.fromHex("59369c6536f35475fc32b5d9857eff5198e3a96574dd859211fbb0c265adf2fd");
        return Stream.of(
                NOTIFY,
                new Notify(
                        "ab#2",
                        hash,
                        Bytes.EMPTY,
                        Bytes.EMPTY,
                        List.of(hash, Hash256.ZERO, hash),
                        0,
                        0xffffffffL,
                        1,
                        false),
                new Sv1ServerMessage.SetDifficulty(1e-9),
                new Sv1ServerMessage.SetExtranonce(Bytes.fromHex("0a0b"), 8),
                new Sv1ServerMessage.SetVersionMask(0),
                new Sv1ServerMessage.Reconnect("", 0, 0),
                new Sv1ServerMessage.Reconnect("pool.example", 3333, 5),
                new Sv1ServerMessage.ShowMessage("hello"),
                new Sv1ServerMessage.GetVersion(ONE),
                new Sv1ServerMessage.Ping(ONE),
                new Sv1ServerMessage.Unknown(ONE, "mining.set_goal", ascii("[1]")),
                Sv1Response.ok(ONE),
                Sv1Response.refused(Sv1Id.of(123_456_789_012L), Sv1Error.of(Sv1ErrorCode.LOW_DIFFICULTY, "why not")),
                Sv1Response.of(ONE, new Sv1Result.Subscribed(List.of(), Bytes.fromHex("00"), 4)),
                Sv1Response.of(ONE, new Sv1Result.Configured(Map.of("version-rolling", true), 0x1fffe000L)),
                Sv1Response.of(ONE, new Sv1Result.Other(ascii("[\"a\",{\"b\":null}]"))));
    }

    @ParameterizedTest
    @MethodSource("serverMessages")
    void serverMessagesComeBackAsTheyWere(Sv1ServerMessage message) {
        assertThat(Lines.server(Lines.encode(message))).isEqualTo(message);
    }

    @Test
    void theRoundTripsCoverEveryMethod() {
        String all = Stream.concat(clientMessages(), serverMessages())
                .map(Lines::encode)
                .reduce("", String::concat);
        assertThat(Sv1Method.values()).allSatisfy(method -> assertThat(all).contains("\"" + method.wireName() + "\""));
    }

    @Test
    void sendsNothingThatAPeerGotWrong() {
        assertThatThrownBy(() ->
                        Sv1Encoder.encode(new Sv1ServerMessage.Malformed(ONE, Sv1Method.NOTIFY, "nbits is missing")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Bytes ascii(String text) {
        return Bytes.of(text.getBytes(US_ASCII));
    }
}
