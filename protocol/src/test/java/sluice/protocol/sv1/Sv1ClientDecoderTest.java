package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ClientMessage.Authorize;
import sluice.protocol.sv1.Sv1ClientMessage.Capabilities;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1ClientMessage.ExtranonceSubscribe;
import sluice.protocol.sv1.Sv1ClientMessage.GetTransactions;
import sluice.protocol.sv1.Sv1ClientMessage.Malformed;
import sluice.protocol.sv1.Sv1ClientMessage.MultiVersion;
import sluice.protocol.sv1.Sv1ClientMessage.Ping;
import sluice.protocol.sv1.Sv1ClientMessage.Submit;
import sluice.protocol.sv1.Sv1ClientMessage.Subscribe;
import sluice.protocol.sv1.Sv1ClientMessage.SuggestDifficulty;
import sluice.protocol.sv1.Sv1ClientMessage.SuggestTarget;
import sluice.protocol.sv1.Sv1ClientMessage.Unknown;
import sluice.protocol.sv2.wire.ProtocolViolation;

class Sv1ClientDecoderTest {
    private static final Sv1Id ONE = Sv1Id.of(1);

    @Test
    void readsConfigureOfCgminerWithoutMinBitCount() {
        assertThat(Lines.client("""
                        {"id": 1, "method": "mining.configure", "params": [["version-rolling"], {"version-rolling.mask": "ffffffff"}]}""")).isEqualTo(Configure.versionRolling(ONE, 0xffffffffL));
    }

    @Test
    void readsConfigureOfVnishWithThreeExtensionsAtOnce() {
        Configure configure = (Configure) Lines.client("""
                        {"id":1,"method":"mining.configure","params":[["version-rolling","minimum-difficulty","subscribe-extranonce"],\
                        {"version-rolling.mask":"1FFFE000","version-rolling.min-bit-count":2,"minimum-difficulty.value":150000}]}""");
        assertThat(configure)
                .isEqualTo(new Configure(
                        ONE,
                        List.of("version-rolling", "minimum-difficulty", "subscribe-extranonce"),
                        0x1fffe000L,
                        OptionalInt.of(2),
                        OptionalDouble.of(150_000),
                        Map.of()));
        assertThat(configure.requests(Configure.SUBSCRIBE_EXTRANONCE)).isTrue();
        assertThat(configure.requests(Configure.INFO)).isFalse();
    }

    @Test
    void keepsUnknownExtensionsInOrderAndInfoForPeople() {
        Configure configure = (Configure) Lines.client("""
                        {"id":1,"method":"mining.configure","params":[["info","x","version-rolling","x"],{"info.hw-version":"s9","info.sw-version":null,"x.y":[1,{"z":2}]}]}""");
        assertThat(configure.extensions()).containsExactly("info", "x", "version-rolling");
        assertThat(configure.versionRollingMask()).isEqualTo(Configure.DEFAULT_MASK);
        assertThat(configure.info()).isEqualTo(Map.of("hw-version", "s9"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"16\"", "16", "16.0"})
    void readsMinBitCountAsNumberOrString(String bits) {
        assertThat(configureWith("\"version-rolling.min-bit-count\":" + bits).versionRollingMinBitCount())
                .hasValue(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"many\"", "[]", "-1", "null", "true"})
    void ignoresAMinBitCountThatIsNone(String bits) {
        assertThat(configureWith("\"version-rolling.min-bit-count\":" + bits).versionRollingMinBitCount())
                .isEmpty();
    }

    @Test
    void takesNoNameOfAParamForAnExtension() {
        assertThat(
                        Lines.client(
                                "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling.mask\",\"version-rolling\"]]}"))
                .isEqualTo(Configure.versionRolling(ONE, Configure.DEFAULT_MASK));
    }

    @Test
    void takesNoExtensionWhoseNameIsLongerThanAnyField() {
        String line = "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"%s\",\"%s\"]]}";
        String longest = "x".repeat(Sv1Limits.CLIENT.nameLength());
        assertThat(((Configure) Lines.client(line.formatted(longest, longest + "x"))).extensions())
                .containsExactly(longest);
    }

    private static Configure configureWith(String value) {
        return (Configure) Lines.client(
                "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{" + value + "}]}");
    }

    @Test
    void readsConfigureWithoutParameters() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"]]}"))
                .isEqualTo(Configure.versionRolling(ONE, Configure.DEFAULT_MASK));
    }

    @Test
    void takesExtensionsUpToTheirLimit() {
        String codes = "\"a0\"";
        for (int i = 1; i < Sv1ClientDecoder.MAX_EXTENSIONS; i++) {
            codes += ",\"a" + i + "\"";
        }
        String line = "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[%s],{}]}";
        assertThat(Lines.client(line.formatted(codes))).isInstanceOf(Configure.class);
        assertThat(Lines.client(line.formatted(codes + ",\"more\""))).isInstanceOf(Malformed.class);
    }

    @Test
    void readsSubscribeInAllItsForms() {
        assertThat(subscribe("[]")).isEqualTo(Subscribe.of(ONE, ""));
        assertThat(subscribe("null")).isEqualTo(Subscribe.of(ONE, ""));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.subscribe\"}")).isEqualTo(Subscribe.of(ONE, ""));
        assertThat(subscribe("[\"cgminer/4.12.1\"]")).isEqualTo(Subscribe.of(ONE, "cgminer/4.12.1"));
        assertThat(subscribe("[\"cgminer/4.12.1\",\"81000001\"]"))
                .isEqualTo(new Subscribe(ONE, "cgminer/4.12.1", Optional.of("81000001"), List.of()));
        assertThat(subscribe("[\"ua\",null]")).isEqualTo(Subscribe.of(ONE, "ua"));
        assertThat(subscribe("[\"ua\",null,\"pool.example\",3333]"))
                .isEqualTo(new Subscribe(ONE, "ua", Optional.empty(), List.of("pool.example", "3333")));
        assertThat(subscribe("[\"ua\",null,\"pool.example\",null]"))
                .isEqualTo(new Subscribe(ONE, "ua", Optional.empty(), List.of("pool.example", "")));
        assertThat(subscribe("[\"NiceHash/1.0.0\",\"1700000000\",\"00ff\"]"))
                .isEqualTo(new Subscribe(ONE, "NiceHash/1.0.0", Optional.of("1700000000"), List.of("00ff")));
    }

    private static Sv1ClientMessage subscribe(String params) {
        return Lines.client("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":" + params + "}");
    }

    @Test
    void readsAuthorizeWithAndWithoutPassword() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"acct.w\",\"d=1000\"]}"))
                .isEqualTo(new Authorize(ONE, "acct.w", "d=1000"));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"acct.w\",null]}"))
                .isEqualTo(new Authorize(ONE, "acct.w", ""));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"acct.w\"]}"))
                .isEqualTo(new Authorize(ONE, "acct.w", ""));
    }

    @Test
    void hidesThePasswordFromLogs() {
        assertThat(new Authorize(ONE, "acct.w", "secret").toString())
                .contains("acct.w")
                .doesNotContain("secret");
    }

    @Test
    void readsTheSubmitOfTheShareVector() {
        assertThat(Lines.client("""
                        {"id":4,"method":"mining.submit","params":["w","1","0100000000000000","680be961","00004107"]}"""))
                .isEqualTo(new Submit(
                        Sv1Id.of(4),
                        "w",
                        "1",
                        Bytes.fromHex("0100000000000000"),
                        0x680be961L,
                        0x4107L,
                        OptionalLong.empty()));
    }

    @Test
    void readsSubmitOfCgminerWhichWritesParamsBeforeMethod() {
        assertThat(Lines.client("""
                        {"params": ["w", "2f", "0a000000", "680be961", "b2957c02", "1fffe000"], "id": 17, "method": "mining.submit"}"""))
                .isEqualTo(new Submit(
                        Sv1Id.of(17),
                        "w",
                        "2f",
                        Bytes.fromHex("0a000000"),
                        0x680be961L,
                        0xb2957c02L,
                        OptionalLong.of(0x1fffe000L)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"680BE961\"", "\"0x680be961\"", "\"0X680BE961\"", "1745611105"})
    void readsNtimeInEveryForm(String ntime) {
        Submit submit = (Submit) submit("[\"w\",\"1\",\"00\"," + ntime + ",\"00004107\"]");
        assertThat(submit.ntime()).isEqualTo(0x680be961L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"4107\"", "\"0x4107\"", "\"00004107\"", "16647"})
    void readsNonceInEveryForm(String nonce) {
        Submit submit = (Submit) submit("[\"w\",\"1\",\"00\",\"680be961\"," + nonce + "]");
        assertThat(submit.nonce()).isEqualTo(0x4107L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "1.5",
                "4294967296",
                "99999999999999999999",
                "\"\"",
                "\"0x\"",
                "\"123456789\"",
                "\"zz\"",
                "\"-1\"",
                "null",
                "[]",
                "{}",
                "true"
            })
    void refusesANonceThatIsNoneWithoutAViolation(String nonce) {
        Malformed malformed = (Malformed) submit("[\"w\",\"1\",\"00\",\"680be961\"," + nonce + "]");
        assertThat(malformed.id()).isEqualTo(ONE);
        assertThat(malformed.method()).isEqualTo(Sv1Method.SUBMIT);
        assertThat(malformed.code()).isEqualTo(Sv1ErrorCode.OTHER);
        assertThat(Lines.encode(malformed.refusal()))
                .startsWith("{\"id\":1,\"result\":null,\"error\":[20,\"nonce ")
                .endsWith("\",null]}");
    }

    @Test
    void leavesTheLengthOfExtranonce2ToTheSession() {
        assertThat(((Submit) submit("[\"w\",\"1\",\"\",\"0\",\"0\"]")).extranonce2())
                .isEqualTo(Bytes.EMPTY);
        assertThat(((Submit) submit("[\"w\",\"1\",\"" + "ab".repeat(40) + "\",\"0\",\"0\"]"))
                        .extranonce2()
                        .length())
                .isEqualTo(40);
        assertThat(((Submit) submit("[\"w\",\"1\",\"0xABCD\",\"0\",\"0\"]")).extranonce2())
                .isEqualTo(Bytes.fromHex("abcd"));
    }

    @Test
    void refusesAnExtranonce2OfHalfABytes() {
        assertThat(submit("[\"w\",\"1\",\"abc\",\"0\",\"0\"]")).isInstanceOf(Malformed.class);
    }

    @Test
    void readsSixthSubmitParamAsAbsentWhereNull() {
        assertThat(((Submit) submit("[\"w\",\"1\",\"00\",\"0\",\"0\",null]")).versionBits())
                .isEmpty();
        assertThat(((Submit) submit("[\"w\",\"1\",\"00\",\"0\",\"0\",\"2000\",\"extra\"]")).versionBits())
                .hasValue(0x2000);
    }

    @Test
    void readsANumericJobIdAsItsText() {
        assertThat(((Submit) submit("[\"w\",12,\"00\",\"0\",\"0\"]")).jobId()).isEqualTo("12");
    }

    private static Sv1ClientMessage submit(String params) {
        return Lines.client("{\"id\":1,\"method\":\"mining.submit\",\"params\":" + params + "}");
    }

    @Test
    void readsSuggestDifficultyInEveryForm() {
        assertThat(suggest("[1000]")).isEqualTo(new SuggestDifficulty(ONE, 1000));
        assertThat(suggest("[0.0001]")).isEqualTo(new SuggestDifficulty(ONE, 0.0001));
        assertThat(suggest("[\"0.5\"]")).isEqualTo(new SuggestDifficulty(ONE, 0.5));
        assertThat(suggest("[-1e3]")).isEqualTo(new SuggestDifficulty(ONE, -1000));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.suggest_difficulty(512)\",\"params\":[]}"))
                .isEqualTo(new SuggestDifficulty(ONE, 512));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.suggest_difficulty(0.25)\"}"))
                .isEqualTo(new SuggestDifficulty(ONE, 0.25));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[null]", "[\"NaN\"]", "[\"Infinity\"]", "[1e999]", "[\"1f\"]", "[\"\"]", "[[1]]"})
    void refusesADifficultyThatIsNoFiniteNumber(String params) {
        assertThat(suggest(params))
                .isInstanceOfSatisfying(
                        Malformed.class, m -> assertThat(m.code()).isEqualTo(Sv1ErrorCode.ILLEGAL_PARAMS));
    }

    @Test
    void refusesWhatIsNoNumberInsideTheMethodName() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.suggest_difficulty(abc)\",\"params\":[]}"))
                .isInstanceOf(Malformed.class);
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.suggest_difficulty(1\",\"params\":[]}"))
                .isInstanceOf(Unknown.class);
    }

    private static Sv1ClientMessage suggest(String params) {
        return Lines.client("{\"id\":1,\"method\":\"mining.suggest_difficulty\",\"params\":" + params + "}");
    }

    @Test
    void readsSuggestTargetOfBfgminerAsANotification() {
        SuggestTarget suggest = (SuggestTarget) Lines.client("""
                        {"id":null,"method":"mining.suggest_target","params":["00000000ffff0000000000000000000000000000000000000000000000000000"]}""");
        assertThat(suggest.target()).isEqualTo(Target.DIFFICULTY_1);
        assertThat(suggest.id().isNotification()).isTrue();
    }

    @Test
    void readsATargetWithoutItsLeadingZeros() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.suggest_target\",\"params\":[\"0xFFFF" + "0".repeat(52)
                        + "\"]}"))
                .isEqualTo(new SuggestTarget(ONE, Target.DIFFICULTY_1));
        assertThat(Lines.client(
                        "{\"id\":1,\"method\":\"mining.suggest_target\",\"params\":[\"" + "0".repeat(65) + "\"]}"))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void readsTheOtherMethods() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}"))
                .isEqualTo(new ExtranonceSubscribe(ONE));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.multi_version\",\"params\":[4]}"))
                .isEqualTo(new MultiVersion(ONE, 4));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.multi_version\",\"params\":[]}"))
                .isEqualTo(new MultiVersion(ONE, 0));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.ping\",\"params\":[]}"))
                .isEqualTo(new Ping(ONE));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.get_transactions\",\"params\":[\"2f\"]}"))
                .isEqualTo(new GetTransactions(ONE, "2f"));
        assertThat(Lines.client("{\"id\":null,\"method\":\"mining.capabilities\",\"params\":[{\"a\": [1]}]}"))
                .isEqualTo(new Capabilities(Sv1Id.NULL, json("[{\"a\": [1]}]")));
    }

    @Test
    void keepsAnUnknownMethodWithItsParamsVerbatim() {
        assertThat(Lines.client(
                        "{\"method\":\"eth_submitWork\", \"params\" : {\"x\": [1, 2.50 , \"\\u0041\"]},\"id\":9}"))
                .isEqualTo(new Unknown(Sv1Id.of(9), "eth_submitWork", json("{\"x\": [1, 2.50 , \"\\u0041\"]}")));
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.notify\",\"params\":[]}"))
                .isEqualTo(new Unknown(ONE, "mining.notify", json("[]")));
        assertThat(Lines.client("{\"id\":1,\"method\":\"x\"}")).isEqualTo(new Unknown(ONE, "x", Bytes.EMPTY));
    }

    @Test
    void readsAnswersToTheServersRequests() {
        assertThat(Lines.client("{\"id\":7,\"result\":\"pong\",\"error\":null}"))
                .isEqualTo(Sv1Response.pong(Sv1Id.of(7)));
        assertThat(Lines.client("{\"id\":8,\"result\":\"cgminer/4.12.1\"}"))
                .isEqualTo(Sv1Response.of(Sv1Id.of(8), new Sv1Result.Text("cgminer/4.12.1")));
        assertThat(Lines.client("{\"id\":8,\"method\":null,\"result\":null,\"error\":[-3,\"no\",null]}"))
                .isEqualTo(Sv1Response.refused(Sv1Id.of(8), new Sv1Error(-3, "no")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "255",
                "256",
                "007e1",
                "18446744073709551616",
                "-1",
                "1.50",
                "1e3",
                "\"a\"",
                "\"\"",
                "\"\\u0041\\n\\\"\"",
                "\"\u00e9\u20ac\"",
                "true",
                "false",
                "null"
            })
    void echoesTheIdByteForByte(String id) {
        if (id.startsWith("00")) {
            assertThatThrownBy(() -> pingWith(id)).isInstanceOf(ProtocolViolation.class);
            return;
        }
        Sv1ClientMessage ping = pingWith(id);
        assertThat(Lines.encode(Sv1Response.ok(ping.id())))
                .isEqualTo("{\"id\":" + id + ",\"result\":true,\"error\":null}");
    }

    private static Sv1ClientMessage pingWith(String id) {
        return Lines.client("{\"method\":\"mining.ping\",\"id\" : " + id + " ,\"params\":[]}");
    }

    @Test
    void tellsANotificationByNullOrAbsentId() {
        assertThat(pingWith("null").id().isNotification()).isTrue();
        assertThat(pingWith("0").id().isNotification()).isFalse();
        assertThat(pingWith("\"null\"").id().isNotification()).isFalse();
        Sv1Id absent = Lines.client("{\"method\":\"mining.ping\"}").id();
        assertThat(absent).isEqualTo(Sv1Id.ABSENT);
        assertThat(absent.isNotification()).isTrue();
    }

    @Test
    void takesAnIdUpToItsLimit() {
        String longest = "\"" + "x".repeat(Sv1Id.MAX_LENGTH - 2) + "\"";
        assertThat(pingWith(longest).id().json()).isEqualTo(longest);
        assertViolation(
                "{\"id\":\"" + "x".repeat(Sv1Id.MAX_LENGTH - 1) + "\",\"method\":\"mining.ping\"}",
                Sv1Violations.BAD_ID);
    }

    @Test
    void refusesAnIdThatIsNoScalar() {
        assertViolation("{\"id\":[1],\"method\":\"mining.ping\"}", Sv1Violations.BAD_ID);
        assertViolation("{\"id\":{},\"method\":\"mining.ping\"}", Sv1Violations.BAD_ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mstshash=Administr",
                "GET / HTTP/1.1",
                "[]",
                "\"x\"",
                "17",
                "{",
                "{\"id\":1,\"method\":\"mining.ping\"",
                "{\"id\":1,\"method\":\"mining.ping\"}}",
                "{\"id\":1,\"method\":\"mining.ping\"}{\"id\":2,\"method\":\"mining.ping\"}",
                "{\"id\":1,\"id\":2,\"method\":\"mining.ping\"}",
                "{\"id\":1,\"method\":\"mining.ping\",\"params\":[}",
                "{'id':1}",
                "{\"id\":NaN,\"method\":\"mining.ping\"}",
                "{\"id\":01,\"method\":\"mining.ping\"}",
                "{\"id\":1,\"method\":\"a\tb\"}",
            })
    void refusesWhatIsNotOneJsonObject(String line) {
        assertViolation(line, Sv1Violations.BAD_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"id\":1}",
                "{\"id\":1,\"params\":[]}",
                "{\"id\":1,\"method\":5}",
                "{\"id\":1,\"method\":null}"
            })
    void refusesAnObjectThatIsNoMessage(String line) {
        assertViolation(line, Sv1Violations.NOT_A_MESSAGE);
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        byte[] line = "{\"id\":1,\"method\":\"mining.ping\",\"params\":[\"\u00e9\"]}".getBytes(ISO_8859_1);
        assertThatThrownBy(() -> new Sv1ClientDecoder().decode(line, 0, line.length))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void takesNestingUpToItsLimit() {
        int inParams = Sv1Limits.CLIENT.depth() - 1;
        String line = "{\"id\":1,\"method\":\"x\",\"params\":%s%s}";
        assertThat(Lines.client(line.formatted("[".repeat(inParams), "]".repeat(inParams))))
                .isInstanceOf(Unknown.class);
        assertViolation(line.formatted("[".repeat(inParams + 1), "]".repeat(inParams + 1)), Sv1Violations.BAD_JSON);
    }

    @Test
    void takesStringsNumbersAndNamesUpToTheirLimits() {
        String string = "{\"id\":1,\"method\":\"x\",\"params\":[\"%s\"]}";
        int strings = Sv1Limits.CLIENT.stringLength();
        assertThat(Lines.client(string.formatted("s".repeat(strings)))).isInstanceOf(Unknown.class);
        assertViolation(string.formatted("s".repeat(strings + 1)), Sv1Violations.BAD_JSON);

        String number = "{\"id\":1,\"method\":\"x\",\"params\":[%s]}";
        int numbers = Sv1Limits.CLIENT.numberLength();
        assertThat(Lines.client(number.formatted("9".repeat(numbers)))).isInstanceOf(Unknown.class);
        assertViolation(number.formatted("9".repeat(numbers + 1)), Sv1Violations.BAD_JSON);

        String name = "{\"id\":1,\"method\":\"x\",\"%s\":1}";
        int names = Sv1Limits.CLIENT.nameLength();
        assertThat(Lines.client(name.formatted("n".repeat(names)))).isInstanceOf(Unknown.class);
        // Names are measured in whole blocks of the reader's buffer, so the bound is sharp only well past it.
        assertViolation(name.formatted("n".repeat(2 * names)), Sv1Violations.BAD_JSON);
    }

    @Test
    void takesTokensUpToTheirLimit() {
        // The object, three names, two scalars and the array leave this many elements.
        int elements = Sv1Limits.CLIENT.tokens() - 9;
        String line = "{\"id\":1,\"method\":\"x\",\"params\":[1%s]}";
        assertThat(Lines.client(line.formatted(",1".repeat(elements - 1)))).isInstanceOf(Unknown.class);
        assertViolation(line.formatted(",1".repeat(elements)), Sv1Violations.TOO_MANY_TOKENS);
    }

    @Test
    void ignoresTheJsonrpcFieldAndOthers() {
        assertThat(Lines.client("{\"jsonrpc\":\"2.0\",\"worker\":{\"a\":[]},\"id\":1,\"method\":\"mining.ping\"}"))
                .isEqualTo(new Ping(ONE));
    }

    @Test
    void refusesParamsThatAreNoArray() {
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.submit\",\"params\":{\"a\":1}}"))
                .isInstanceOf(Malformed.class);
        assertThat(Lines.client("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":\"x\"}"))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void decodesOneLineAfterAnother() {
        Sv1ClientDecoder decoder = new Sv1ClientDecoder();
        String[] lines = {
            "{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"a\",\"b\"]}",
            "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[}",
            "{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"c\"]}"
        };
        assertThat(decode(decoder, lines[0])).isEqualTo(new Authorize(ONE, "a", "b"));
        assertThatThrownBy(() -> decode(decoder, lines[1])).isInstanceOf(ProtocolViolation.class);
        assertThat(decode(decoder, lines[2])).isEqualTo(new Authorize(Sv1Id.of(3), "c", ""));
    }

    @Test
    void decodesALineThatWasKept() {
        assertThat(new Sv1ClientDecoder().decode(json("{\"id\":1,\"method\":\"mining.ping\"}")))
                .isEqualTo(new Ping(ONE));
    }

    private static Sv1ClientMessage decode(Sv1ClientDecoder decoder, String line) {
        byte[] bytes = line.getBytes(UTF_8);
        return decoder.decode(bytes, 0, bytes.length);
    }

    private static void assertViolation(String line, String reason) {
        assertThatThrownBy(() -> Lines.client(line))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static Bytes json(String text) {
        return Bytes.of(text.getBytes(UTF_8));
    }
}
