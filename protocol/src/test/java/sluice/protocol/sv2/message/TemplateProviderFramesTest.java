package sluice.protocol.sv2.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireWriter;

/** What the C++ template provider writes: its own test vectors, and a recorded session. */
class TemplateProviderFramesTest {
    private static final Hash256 MERKLE_STEP =
            Hash256.fromHex("1a6240823de4c8d6aaf826851bdf2b0e8d5acf7c31e8578cff4c394b5a32bd4e");

    static List<String> recordedFrames() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                TemplateProviderFramesTest.class.getResourceAsStream("/sv2/template-provider-session.txt"),
                StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recordedFrames")
    void recordedFramesDecodeAndEncodeToThemselves(String line) {
        String[] columns = line.split(" ");
        Frame frame = Frame.parse(Bytes.fromHex(columns[2]).toArray());
        Sv2Message message = Sv2Codec.decode(frame).orElseThrow();
        assertThat(message.getClass().getSimpleName()).isEqualTo(columns[1].replace(".", ""));
        assertThat(message.type().direction().allowsToServer()).isEqualTo(columns[0].equals("c->s"));
        assertThat(message.toFrameBytes().hex()).isEqualTo(columns[2]);
    }

    @Test
    void setupConnection() {
        assertPayload(
                "0202000200" + "01000000" + "07302e302e302e30" + "6121" + "074269746d61696e" + "085339692031332e35"
                        + "1c62726169696e732d6f732d323031382d30392d32322d312d68617368"
                        + "10736f6d652d6465766963652d75756964",
                new SetupConnection(
                        SetupConnection.TEMPLATE_DISTRIBUTION,
                        2,
                        2,
                        1,
                        "0.0.0.0",
                        8545,
                        "Bitmain",
                        "S9i 13.5",
                        "braiins-os-2018-09-22-1-hash",
                        "some-device-uuid"));
    }

    @Test
    void answersToSetupConnection() {
        assertPayload("020003000000", new SetupConnectionSuccess(2, 3));
        assertPayload(
                "000000001970726f746f636f6c2d76657273696f6e2d6d69736d61746368",
                new SetupConnectionError(0, SetupConnectionErrorCode.PROTOCOL_VERSION_MISMATCH));
    }

    @Test
    void newTemplate() {
        assertPayload(
                "01000000000000000000000030020000000403012100ffffffff0040075af0750700010000000c00"
                        + "0100000000000000036a012adbc80d0001" + MERKLE_STEP.hex(),
                template(1, "0100000000000000036a012a"));
    }

    @Test
    void newTemplateCountsItsOutputsOutsideTheByteString() {
        String outputs = "6400000000000000026a51c800000000000000026a522c01000000000000026a53";
        assertPayload(
                "01000000000000000000000030020000000403012100ffffffff0040075af0750700030000002100" + outputs
                        + "dbc80d0001" + MERKLE_STEP.hex(),
                template(3, outputs));
    }

    @Test
    void setNewPrevHash() {
        String prevHash = "e59a2ef8d4826b89fe637f3b5322c0f167fd2d3dc88ec568a7c2c8ffd8eb8873";
        assertPayload(
                "0200000000000000" + prevHash + "973c0e63ffff7f03ffff7f" + "00".repeat(29),
                new SetNewPrevHash(
                        2,
                        Hash256.fromHex(prevHash),
                        1661877399L,
                        58720255L,
                        Target.fromHex("00".repeat(29) + "7fffff")));
    }

    // The vector announces 93 bytes and carries 116; its coinbase has no witness. Neither is the parser's business.
    @Test
    void submitSolutionTakesTheAnnouncedBytesOfAnOpaqueCoinbase() {
        String coinbase = "0200000001" + "00".repeat(32) + "ffffffff" + "2201180000" + "03" + "00".repeat(31) + "ffff"
                + "0100000000000000001600145312";
        String head = "020000000000000002000000973c0e63ffff7f035d00";
        SubmitSolution solution =
                new SubmitSolution(2, 2, 1661877399L, 58720255L, Bytes.fromHex(coinbase.substring(0, 2 * 93)));
        assertPayload(head + coinbase.substring(0, 2 * 93), solution);
        String rest = "60aa2a199e228c537dfa42c82bea2c7c1f4d00000000";
        assertThat(solution.type()
                        .read(new WireReader(
                                Bytes.fromHex(head + coinbase + rest).toArray())))
                .isEqualTo(solution);
    }

    @Test
    void theOldConstraintsWithoutSigopsAreAViolation() {
        assertThatThrownBy(() -> Sv2Codec.decode(
                        Frame.parse(Bytes.fromHex("0000700400002c010000").toArray())))
                .isInstanceOf(ProtocolViolation.class);
    }

    private static NewTemplate template(int outputCount, String outputs) {
        return new NewTemplate(
                1,
                false,
                805306368L,
                2,
                Bytes.fromHex("03012100"),
                4294967295L,
                2_100_000_000_000_000L,
                outputCount,
                Bytes.fromHex(outputs),
                903387,
                List.of(MERKLE_STEP));
    }

    private static void assertPayload(String hex, Sv2Message message) {
        WireWriter writer = new WireWriter();
        message.write(writer);
        assertThat(writer.toBytes().hex()).isEqualTo(hex);
        assertThat(message.type().read(new WireReader(Bytes.fromHex(hex).toArray())))
                .isEqualTo(message);
    }
}
