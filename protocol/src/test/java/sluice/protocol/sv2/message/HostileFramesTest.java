package sluice.protocol.sv2.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireReader;

class HostileFramesTest {
    private static final int MUTATIONS_PER_FRAME = 2_000;

    static List<GoldenFrame> frames() {
        return GoldenFrame.all();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aMutatedFrameIsAViolationOrAMessageThatEncodesToItself(GoldenFrame golden) {
        Random random = new Random(golden.name().hashCode());
        Bytes payload = Frame.parse(golden.frame().toArray()).payload();
        MessageType type =
                MessageType.of(golden.extensionType(), golden.messageType()).orElseThrow();
        int decoded = 0;
        for (int round = 0; round < MUTATIONS_PER_FRAME; round++) {
            byte[] mutated = mutate(payload, random);
            Sv2Message message;
            try {
                message = type.read(new WireReader(mutated));
            } catch (ProtocolViolation violation) {
                continue;
            }
            decoded++;
            Frame again = Frame.parse(message.toFrame());
            assertThat(Sv2Codec.decode(again)).as("%s", Bytes.of(mutated)).hasValue(message);
        }
        assertThat(decoded).as("mutated frames that were still messages").isPositive();
    }

    private static byte[] mutate(Bytes payload, Random random) {
        byte[] mutated = payload.toArray();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            mutated[random.nextInt(mutated.length)] = switch (random.nextInt(4)) {
                case 0 -> (byte) 0xff;
                case 1 -> 0;
                default -> (byte) random.nextInt();
            };
        }
        return random.nextInt(4) == 0
                ? Bytes.of(mutated, 0, random.nextInt(mutated.length + 1)).toArray()
                : mutated;
    }

    @ParameterizedTest
    @CsvSource({
        "SetupConnection.Success, usedVersion",
        "SubmitSharesStandard, ''",
        "SubmitShares.Success, ''",
        "SetNewPrevHash (Mining), ''",
        "SetNewPrevHash (TDP), ''",
        "SetCustomMiningJob.Success, ''",
        "CoinbaseOutputConstraints, coinbaseOutputMaxAdditionalSigops",
        "RequestTransactionData, ''",
        "ChannelEndpointChanged, ''"
    })
    void fieldsOfAllOnesAreTheGreatestUnsignedNumbers(String name, String u16Field)
            throws ReflectiveOperationException {
        GoldenFrame golden = GoldenFrame.named(name);
        byte[] ones = Bytes.fromHex("ff".repeat(golden.frame().length() - Frame.HEADER_LENGTH))
                .toArray();
        MessageType type =
                MessageType.of(golden.extensionType(), golden.messageType()).orElseThrow();
        Sv2Message message = type.read(new WireReader(ones));
        List<String> u16Fields = new ArrayList<>();
        for (RecordComponent component : message.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(message);
            boolean u64 = component.getName().equals("templateId")
                    || component.getName().equals("newSharesSum");
            if (value instanceof Long number) {
                assertThat(number).as(component.getName()).isEqualTo(u64 ? -1L : 4_294_967_295L);
            } else if (value instanceof Integer number) {
                assertThat(number).as(component.getName()).isEqualTo(65535);
                u16Fields.add(component.getName());
            } else {
                assertThat(value.toString()).isEqualTo("ff".repeat(32));
            }
        }
        assertThat(String.join(" ", u16Fields)).isEqualTo(u16Field);
        assertThat(Frame.parse(message.toFrame()).payload()).isEqualTo(Bytes.of(ones));
    }

    @ParameterizedTest
    @CsvSource({
        // NewMiningJob with two min_ntime values
        "0x15, 02000000 01000000 02 01000000 01000000, option-too-long",
        // SubmitSharesExtended with an extranonce of 33 bytes
        "0x1b, 030000000100000001000000010000000100000001000000 21"
                + " 000000000000000000000000000000000000000000000000000000000000000000, field-too-long",
        // SetExtranoncePrefix of 255 bytes
        "0x19, 03000000 ff, field-too-long",
        // AllocateMiningJobToken.Success with a token that runs past the payload
        "0x51, 04000000 08 01020304050607, payload-truncated",
        // SetGroupChannel with more channels than bytes
        "0x25, 01000000 ffff 0200000003000000, payload-truncated",
        // ProvideMissingTransactions.Success with a transaction of 16 MB that is not there
        "0x56, 05000000 0100 ffffff aabb, payload-truncated",
        // NewExtendedMiningJob with a merkle path of 255 that is not there
        "0x1f, 01000000 01000000 00 00000020 01 ff 0303, payload-truncated",
        // Reconnect whose host is longer than the payload
        "0x04, ff 6161, payload-truncated",
    })
    void aFieldBeyondItsBoundsIsAViolation(String type, String payload, String reason) {
        MessageType messageType = MessageType.of(0, Integer.decode(type)).orElseThrow();
        WireReader reader =
                new WireReader(Bytes.fromHex(payload.replace(" ", "")).toArray());
        assertThat(catchThrowableOfType(ProtocolViolation.class, () -> messageType.read(reader))
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void anIdentityThatIsNotUtf8ReturnsByteForByte() {
        Bytes frame = Bytes.fromHex("0000102f0000" + "01000000" + "06" + "61ff80c3a9e2" + "00000000" + "ff".repeat(32));
        OpenStandardMiningChannel message = (OpenStandardMiningChannel)
                Sv2Codec.decode(Frame.parse(frame.toArray())).orElseThrow();
        assertThat(message.userIdentity()).isEqualTo("a\udcff\udc80é\udce2");
        assertThat(message.toFrameBytes()).isEqualTo(frame);
    }

    @Test
    void aMessageThatItsFieldsCannotHoldIsNotSent() {
        assertThatThrownBy(() -> new CloseChannel(1L << 32, "").toFrame()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CloseChannel(-1, "").toFrame()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CloseChannel(1, "x".repeat(256)).toFrame())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new SubmitSharesSuccess(1, 2, 3, -1).toFrameBytes().hex()).endsWith("ffffffffffffffff");
    }

    @Test
    void aMessageDoesNotFollowTheListItWasMadeFrom() {
        List<Long> channels = new ArrayList<>(List.of(2L));
        SetGroupChannel message = new SetGroupChannel(1, channels);
        channels.add(3L);
        assertThat(message.channelIds()).containsExactly(2L);
    }
}
