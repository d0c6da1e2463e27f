package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv1.Sv1Result.Configured;
import sluice.protocol.sv1.Sv1Result.Other;
import sluice.protocol.sv1.Sv1Result.Subscribed;
import sluice.protocol.sv1.Sv1Result.Subscription;
import sluice.protocol.sv1.Sv1ServerMessage.GetVersion;
import sluice.protocol.sv1.Sv1ServerMessage.Malformed;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.protocol.sv1.Sv1ServerMessage.Ping;
import sluice.protocol.sv1.Sv1ServerMessage.Reconnect;
import sluice.protocol.sv1.Sv1ServerMessage.SetDifficulty;
import sluice.protocol.sv1.Sv1ServerMessage.SetExtranonce;
import sluice.protocol.sv1.Sv1ServerMessage.SetVersionMask;
import sluice.protocol.sv1.Sv1ServerMessage.ShowMessage;
import sluice.protocol.sv1.Sv1ServerMessage.Unknown;
import sluice.protocol.sv2.wire.ProtocolViolation;

class Sv1ServerDecoderTest {
    private static final Sv1Id ONE = Sv1Id.of(1);
    private static final String BRANCH = "59369c6536f35475fc32b5d9857eff5198e3a96574dd859211fbb0c265adf2fd";

    private static Sv1ServerMessage call(String method, String params) {
        return Lines.server("{\"id\":null,\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    private static Sv1Result result(String json) {
        return ((Sv1Response) Lines.server("{\"id\":1,\"result\":" + json + ",\"error\":null}")).result();
    }

    @Test
    void readsNotifyWithThePrevHashBackInHeaderOrder() {
        assertThat(call("mining.notify", """
                        ["1","8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000","0200","ffFF",["%s"],"20000000","1b00d7c0","680be961",true]""".formatted(BRANCH)))
                .isEqualTo(new Notify(
                        "1",
                        Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000"),
                        Bytes.fromHex("0200"),
                        Bytes.fromHex("ffff"),
                        List.of(Hash256.fromHex(BRANCH)),
                        0x20000000L,
                        0x1b00d7c0L,
                        0x680be961L,
                        true));
    }

    @Test
    void takesMerkleBranchesUpToTheirLimit() {
        assertThat(notifyWithBranches(Notify.MAX_MERKLE_BRANCH)).isInstanceOf(Notify.class);
        assertThat(notifyWithBranches(Notify.MAX_MERKLE_BRANCH + 1)).isInstanceOf(Malformed.class);
    }

    private static Sv1ServerMessage notifyWithBranches(int count) {
        String branches = String.join(",", Collections.nCopies(count, "\"" + BRANCH + "\""));
        return call(
                "mining.notify",
                "[\"1\",\"" + "00".repeat(32) + "\",\"\",\"\",[" + branches + "],\"0\",\"0\",\"0\",false]");
    }

    @Test
    void takesTheLargestCoinbaseThatSv2Carries() {
        String half = "ab".repeat(65_535);
        Notify notify = (Notify) call(
                "mining.notify",
                "[\"1\",\"" + "00".repeat(32) + "\",\"" + half + "\",\"" + half + "\",[],\"0\",\"0\",\"0\",false]");
        assertThat(notify.coinbase1().length()).isEqualTo(65_535);
        assertThat(Sv1Encoder.encode(notify).length).isLessThan(Sv1Limits.SERVER.lineLength());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[\"1\"]",
                "[\"1\",\"00\",\"\",\"\",[],\"0\",\"0\",\"0\",true]",
                "[\"1\",\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"0\",\"\",[],\"0\",\"0\",\"0\",true]",
                "[\"1\",\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"\",\"\",[\"00\"],\"0\",\"0\",\"0\",true]",
                "[\"1\",\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"\",\"\",null,\"0\",\"0\",\"0\",true]",
                "[\"1\",\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"\",\"\",[],\"0\",\"0\",-1,true]",
                "[\"1\",\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\"\",\"\",[],\"0\",\"0\",\"0\",\"yes\"]",
            })
    void refusesANotifyThatMakesNoSense(String params) {
        assertThat(call("mining.notify", params))
                .isInstanceOfSatisfying(
                        Malformed.class, m -> assertThat(m.method()).isEqualTo(Sv1Method.NOTIFY));
    }

    @Test
    void readsDifficultyAsNumberOrString() {
        assertThat(call("mining.set_difficulty", "[1024]")).isEqualTo(new SetDifficulty(1024));
        assertThat(call("mining.set_difficulty", "[0.001]")).isEqualTo(new SetDifficulty(0.001));
        assertThat(call("mining.set_difficulty", "[\"2\"]")).isEqualTo(new SetDifficulty(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0]", "[-1]", "[]", "[1e999]", "[null]"})
    void refusesADifficultyThatIsNone(String params) {
        assertThat(call("mining.set_difficulty", params)).isInstanceOf(Malformed.class);
    }

    @Test
    void readsSetExtranonceWithinItsLimits() {
        assertThat(call("mining.set_extranonce", "[\"08000002\",4]"))
                .isEqualTo(new SetExtranonce(Bytes.fromHex("08000002"), 4));
        assertThat(call("mining.set_extranonce", "[\"" + "00".repeat(32) + "\",32]"))
                .isInstanceOf(SetExtranonce.class);
        assertThat(call("mining.set_extranonce", "[\"" + "00".repeat(33) + "\",4]"))
                .isInstanceOf(Malformed.class);
        assertThat(call("mining.set_extranonce", "[\"00\",33]")).isInstanceOf(Malformed.class);
        assertThat(call("mining.set_extranonce", "[\"00\",-1]")).isInstanceOf(Malformed.class);
    }

    @Test
    void readsTheVersionMaskUnderBothItsNames() {
        assertThat(call("mining.set_version_mask", "[\"1fffe000\"]")).isEqualTo(new SetVersionMask(0x1fffe000L));
        assertThat(call("mining.set_version", "[\"1fffe000\"]")).isEqualTo(new SetVersionMask(0x1fffe000L));
    }

    @Test
    void readsReconnectInEveryForm() {
        assertThat(call("client.reconnect", "[]")).isEqualTo(new Reconnect("", 0, 0));
        assertThat(call("client.reconnect", "[\"pool.example\",3333,10]"))
                .isEqualTo(new Reconnect("pool.example", 3333, 10));
        assertThat(call("client.reconnect", "[\"pool.example\",\"3333\"]"))
                .isEqualTo(new Reconnect("pool.example", 3333, 0));
        assertThat(call("client.reconnect", "[\"pool.example\",65536]")).isInstanceOf(Malformed.class);
    }

    @Test
    void readsRequestsThatTheMinerAnswers() {
        assertThat(Lines.server("{\"id\":1,\"method\":\"client.get_version\",\"params\":[]}"))
                .isEqualTo(new GetVersion(ONE));
        assertThat(Lines.server("{\"method\":\"mining.ping\",\"id\":1,\"params\":[]}"))
                .isEqualTo(new Ping(ONE));
        assertThat(call("client.show_message", "[\"hello\"]")).isEqualTo(new ShowMessage("hello"));
        assertThat(call("mining.set_goal", "[\"x\"]"))
                .isEqualTo(new Unknown(Sv1Id.NULL, "mining.set_goal", Bytes.of("[\"x\"]".getBytes(UTF_8))));
        assertThat(call("mining.submit", "[]")).isInstanceOf(Unknown.class);
    }

    @Test
    void readsTheAnswerToSubscribe() {
        assertThat(result("[[[\"mining.set_difficulty\",\"d1\"],[\"mining.notify\",\"n1\"]],\"08000002\",4]"))
                .isEqualTo(new Subscribed(
                        List.of(
                                new Subscription("mining.set_difficulty", "d1"),
                                new Subscription("mining.notify", "n1")),
                        Bytes.fromHex("08000002"),
                        4));
        assertThat(result("[[\"mining.notify\",\"n1\"],\"\",8]"))
                .isEqualTo(new Subscribed(List.of(new Subscription("mining.notify", "n1")), Bytes.EMPTY, 8));
        assertThat(result("[[],\"0x08\",\"4\"]")).isEqualTo(new Subscribed(List.of(), Bytes.fromHex("08"), 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{},\"08\",4]",
                "[[],{\"a\":1},4]",
                "[[],\"08\",{}]",
                "[[],\"080\",4]",
                "[[],\"08\",33]",
                "[[],\"08\",-1]",
                "[[],\"000000000000000000000000000000000000000000000000000000000000000000\",4]",
                "[[],\"08\"]",
                "[]",
                "17",
            })
    void keepsASubscribeAnswerThatMakesNoSenseVerbatim(String json) {
        assertThat(result(json)).isEqualTo(new Other(Bytes.of(json.getBytes(UTF_8))));
    }

    @Test
    void readsTheAnswerToConfigure() {
        Configured configured = (Configured) result(
                "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\",\"minimum-difficulty\":\"too low\"}");
        assertThat(configured.versionRollingMask()).isEqualTo(0x1fffe000L);
        assertThat(configured.isGranted("version-rolling")).isTrue();
        assertThat(configured.isGranted("minimum-difficulty")).isFalse();
        assertThat(configured.isGranted("never asked")).isFalse();
    }

    @Test
    void takesAGrantWithoutAnyBitForARefusal() {
        assertThat(result("{\"version-rolling\":true,\"version-rolling.mask\":\"00000000\"}"))
                .isEqualTo(new Configured(Map.of("version-rolling", false), 0));
        assertThat(result("{\"version-rolling\":false,\"version-rolling.mask\":\"1fffe000\"}"))
                .isEqualTo(new Configured(Map.of("version-rolling", false), 0));
        assertThat(result("{\"version-rolling\":true,\"version-rolling.mask\":[]}"))
                .isInstanceOf(Other.class);
    }

    @Test
    void readsVerdictsInEveryForm() {
        assertThat(response("{\"id\":1,\"result\":true,\"error\":null}").isOk()).isTrue();
        assertThat(response("{\"id\":1,\"result\":true}").isOk()).isTrue();
        assertThat(response("{\"id\":1,\"result\":null,\"error\":[21,\"Job not found\",null]}")
                        .error())
                .contains(new Sv1Error(21, "Job not found"));
        assertThat(response("{\"id\":1,\"result\":false,\"error\":{\"code\":-32601,\"message\":\"no\"}}")
                        .error())
                .contains(new Sv1Error(-32601, "no"));
        assertThat(response("{\"id\":1,\"result\":null,\"error\":\"stale\"}").error())
                .contains(new Sv1Error(20, "stale"));
        assertThat(response("{\"id\":1,\"result\":null,\"error\":[]}").error()).contains(new Sv1Error(20, ""));
        assertThat(response("{\"id\":1,\"result\":null,\"error\":[\"23\"]}").error())
                .contains(new Sv1Error(23, ""));
        assertThat(response("{\"id\":1,\"result\":null,\"error\":[[1],\"x\"]}").error())
                .contains(new Sv1Error(20, "x"));
        assertThat(response("{\"id\":1,\"result\":null,\"error\":7}").error()).isPresent();
    }

    @Test
    void readsTheRejectReasonOfCkpool() {
        Sv1Response response =
                response("{\"reject-reason\":\"Above target\",\"result\":false,\"error\":null,\"id\":1}");
        assertThat(response)
                .isEqualTo(new Sv1Response(ONE, Sv1Result.FALSE, Optional.empty(), Optional.of("Above target")));
        assertThat(response.isOk()).isFalse();
    }

    private static Sv1Response response(String line) {
        return (Sv1Response) Lines.server(line);
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertThatThrownBy(() -> Lines.server("{\"id\":1}")).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> Lines.server("HTTP/1.1 400 Bad Request")).isInstanceOf(ProtocolViolation.class);
    }
}
