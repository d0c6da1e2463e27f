package sluice.protocol.sv2.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.CommonMessage;
import sluice.protocol.sv2.message.extension.ExtensionMessage;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.jobdeclaration.JobDeclarationMessage;
import sluice.protocol.sv2.message.mining.MiningMessage;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.template.TemplateDistributionMessage;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.WireReader;
import tools.jackson.databind.JsonNode;

class GoldenFramesTest {
    private static final String WITH_TLV = "SubmitSharesExtended + TLV";

    static List<GoldenFrame> frames() {
        return GoldenFrame.all();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void decodesToTheFieldsOfTheVector(GoldenFrame golden) throws ReflectiveOperationException {
        Sv2Message message = decode(golden);
        assertThat(message.type().extensionType()).isEqualTo(golden.extensionType());
        assertThat(message.type().code()).isEqualTo(golden.messageType());
        if (golden.name().startsWith(WITH_TLV)) {
            SubmitSharesExtended share = (SubmitSharesExtended) message;
            assertThat(WorkerIdentity.in(share.tlvs(extension -> extension == WorkerIdentity.EXTENSION_TYPE)))
                    .hasValue(golden.fields().get("tlv_user_identity").stringValue());
            assertThat(share.withTlvs(List.of())).isEqualTo(decode(GoldenFrame.named("SubmitSharesExtended")));
            return;
        }
        Map<String, JsonNode> expected = new HashMap<>();
        golden.fields().properties().forEach(field -> expected.put(comparable(field.getKey()), field.getValue()));
        for (RecordComponent component : message.getClass().getRecordComponents()) {
            Object actual = component.getAccessor().invoke(message);
            if (component.getName().equals("tlvTail")) {
                assertThat(actual).isEqualTo(Bytes.EMPTY);
                continue;
            }
            JsonNode value = expected.remove(comparable(component.getName()));
            assertThat(value).as(component.getName()).isNotNull();
            assertThat(actual).as(component.getName()).isEqualTo(typed(value, actual));
        }
        assertThat(expected).as("fields without a record component").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void encodesToTheBytesOfTheVector(GoldenFrame golden) {
        Sv2Message message = decode(golden);
        assertThat(message.toFrameBytes()).isEqualTo(golden.frame());
        assertThat(Bytes.wrap(message.toFrame())).isEqualTo(golden.frame());
        assertThat(Frame.parse(golden.frame().toArray()).toBytes()).isEqualTo(golden.frame());
    }

    @ParameterizedTest
    @MethodSource("frames")
    void decodesInPlaceAsFromAFrame(GoldenFrame golden) {
        byte[] received = Bytes.concat(Bytes.fromHex("ffff"), golden.frame(), Bytes.fromHex("ffffffff"))
                .toArray();
        FrameHeader header = FrameHeader.parse(received, 2);
        assertThat(Sv2Codec.decode(header, received, 2 + FrameHeader.LENGTH)).hasValue(decode(golden));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void sendsTheChannelBitOfTheTableAndIgnoresTheReceivedOne(GoldenFrame golden) {
        Frame frame = Frame.parse(golden.frame().toArray());
        assertThat(frame.channelMessage()).isEqualTo(golden.channelBit());
        Frame flipped = new Frame(frame.extensionType(), !frame.channelMessage(), frame.messageType(), frame.payload());
        Sv2Message message = Sv2Codec.decode(flipped).orElseThrow();
        assertThat(message).isEqualTo(decode(golden));
        assertThat(message.toFrameBytes()).isEqualTo(golden.frame());
        assertThat(message instanceof ChannelMessage).isEqualTo(golden.channelBit());
        if (message instanceof ChannelMessage scoped) {
            assertThat(frame.channelId()).isEqualTo(scoped.channelId());
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void everyShorterPayloadIsAViolation(GoldenFrame golden) {
        byte[] payload = Frame.parse(golden.frame().toArray()).payload().toArray();
        MessageType type =
                MessageType.of(golden.extensionType(), golden.messageType()).orElseThrow();
        int fixed = golden.name().startsWith(WITH_TLV)
                ? GoldenFrame.named("SubmitSharesExtended").frame().length() - Frame.HEADER_LENGTH
                : payload.length;
        for (int length = 0; length < fixed; length++) {
            WireReader reader = new WireReader(payload, 0, length);
            ProtocolViolation violation = catchThrowableOfType(ProtocolViolation.class, () -> type.read(reader));
            assertThat(violation).as("%s bytes of %s", length, fixed).isNotNull();
            assertThat(violation.reason()).isEqualTo(ProtocolViolation.TRUNCATED);
        }
        for (int length = fixed; length <= payload.length; length++) {
            WireReader reader = new WireReader(payload, 0, length);
            assertThat(type.read(reader).type()).isEqualTo(type);
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void bytesBehindTheLastFieldAreNoViolation(GoldenFrame golden) {
        Frame frame = Frame.parse(golden.frame().toArray());
        Frame longer = new Frame(
                frame.extensionType(),
                frame.channelMessage(),
                frame.messageType(),
                Bytes.concat(frame.payload(), Bytes.fromHex("02000102")));
        Sv2Message message = Sv2Codec.decode(longer).orElseThrow();
        if (message instanceof SubmitSharesExtended share) {
            assertThat(share.toFrameBytes()).isEqualTo(longer.toBytes());
        } else {
            assertThat(message).isEqualTo(decode(golden));
        }
    }

    @Test
    void everyRowOfTheRegistryHasAVector() {
        Set<MessageType> seen = EnumSet.noneOf(MessageType.class);
        frames().forEach(golden -> seen.add(decode(golden).type()));
        assertThat(seen).containsExactlyInAnyOrder(MessageType.values());
    }

    @Test
    void everyMessageRecordHasOneRowOfItsOwn() {
        Map<Class<?>, MessageType> rows = new HashMap<>();
        frames().forEach(golden -> {
            Sv2Message message = decode(golden);
            MessageType before = rows.put(message.getClass(), message.type());
            assertThat(before).isIn(null, message.type());
        });
        List<Class<?>> records = new ArrayList<>();
        for (Class<?> sealed : List.of(
                CommonMessage.class,
                MiningMessage.class,
                JobDeclarationMessage.class,
                TemplateDistributionMessage.class,
                ExtensionMessage.class)) {
            records.addAll(Arrays.asList(sealed.getPermittedSubclasses()));
        }
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(records);
        assertThat(rows.values()).doesNotHaveDuplicates().hasSameSizeAs(MessageType.values());
    }

    @Test
    void messagesLieInThePackageOfTheirSubProtocol() {
        Map<MessageType.SubProtocol, Set<Class<?>>> families = frames().stream()
                .map(GoldenFramesTest::decode)
                .collect(Collectors.groupingBy(
                        message -> message.type().subProtocol(),
                        Collectors.mapping(message -> message.getClass().getInterfaces()[0], Collectors.toSet())));
        assertThat(families)
                .isEqualTo(Map.of(
                        MessageType.SubProtocol.COMMON, Set.of(CommonMessage.class),
                        MessageType.SubProtocol.MINING, Set.of(MiningMessage.class),
                        MessageType.SubProtocol.JOB_DECLARATION, Set.of(JobDeclarationMessage.class),
                        MessageType.SubProtocol.TEMPLATE_DISTRIBUTION, Set.of(TemplateDistributionMessage.class),
                        MessageType.SubProtocol.EXTENSIONS_NEGOTIATION, Set.of(ExtensionMessage.class)));
    }

    private static Sv2Message decode(GoldenFrame golden) {
        return Sv2Codec.decode(Frame.parse(golden.frame().toArray())).orElseThrow();
    }

    // The specification writes coinbase_tx_input_nSequence and nBits; we write coinbaseTxInputNSequence and nbits.
    private static String comparable(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static Object typed(JsonNode value, Object like) {
        return switch (like) {
            case Integer i -> (int) number(value);
            case Long l -> number(value);
            case Float f -> (float) value.doubleValue();
            case Boolean b -> value.booleanValue();
            case String s -> value.stringValue();
            case Bytes b -> Bytes.fromHex(hex(value));
            case Hash256 h -> Hash256.fromHex(hex(value));
            case Target t -> Target.ofWire(Bytes.fromHex(hex(value)).toArray(), 0);
            case OptionalLong o -> value.isNull() ? OptionalLong.empty() : OptionalLong.of(number(value));
            case List<?> list -> {
                List<Object> values = new ArrayList<>();
                assertThat(list).hasSameSizeAs(value);
                for (int i = 0; i < value.size(); i++) {
                    values.add(typed(value.get(i), list.get(i)));
                }
                yield values;
            }
            default -> throw new AssertionError("no wire type: " + like.getClass());
        };
    }

    private static long number(JsonNode value) {
        return value.isString() ? Long.decode(value.stringValue()) : value.longValue();
    }

    // "ff*32" stands for 32 bytes of ff.
    private static String hex(JsonNode value) {
        String text = value.stringValue();
        int star = text.indexOf('*');
        return star < 0 ? text : text.substring(0, star).repeat(Integer.parseInt(text.substring(star + 1)));
    }
}
