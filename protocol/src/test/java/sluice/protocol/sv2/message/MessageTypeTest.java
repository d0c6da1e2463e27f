package sluice.protocol.sv2.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType.Direction;
import sluice.protocol.sv2.wire.Frame;

class MessageTypeTest {
    @ParameterizedTest
    @EnumSource
    void isFoundByItsNumbersWithoutAnAllocation(MessageType type) {
        assertThat(MessageType.of(type.extensionType(), type.code())).hasValue(type);
        assertThat(MessageType.of(type.extensionType(), type.code()))
                .isSameAs(MessageType.of(type.extensionType(), type.code()));
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000, 0x05",
        "0x0000, 0x0f",
        "0x0000, 0x1e",
        "0x0000, 0x26",
        "0x0000, 0x52",
        "0x0000, 0x53",
        "0x0000, 0x54",
        "0x0000, 0x77",
        "0x0000, 0xff",
        "0x0001, 0x03",
        "0x0001, 0x1b",
        "0x0002, 0x01",
        "0x4000, 0x00",
        "0x7fff, 0x1b"
    })
    void anUnknownExtensionOrTypeDecodesToNothing(String extension, String type) {
        Frame frame = new Frame(Integer.decode(extension), false, Integer.decode(type), Bytes.zeros(64));
        assertThat(Sv2Codec.decode(frame)).isEmpty();
        assertThat(Sv2Codec.decode(frame.header(), new byte[64], 0)).isEmpty();
    }

    @Test
    void numbersOutsideTheHeaderAreNoMessage() {
        assertThat(MessageType.of(-1, 0)).isEmpty();
        assertThat(MessageType.of(0, -1)).isEmpty();
        assertThat(MessageType.of(0, 256)).isEmpty();
    }

    @Test
    void theExtensionTellsMessagesOfEqualTypeApart() {
        assertThat(MessageType.of(0, 0)).hasValue(MessageType.SETUP_CONNECTION);
        assertThat(MessageType.of(1, 0)).hasValue(MessageType.REQUEST_EXTENSIONS);
    }

    @Test
    void requestsGoToTheServerAndAnswersToTheClient() {
        for (MessageType type : MessageType.values()) {
            boolean fromTransactionsOwner = type == MessageType.PROVIDE_MISSING_TRANSACTIONS_SUCCESS;
            if ((type.name().endsWith("_SUCCESS") || type.name().endsWith("_ERROR")) && !fromTransactionsOwner) {
                assertThat(type.direction()).as(type.name()).isEqualTo(Direction.TO_CLIENT);
            }
        }
        assertThat(MessageType.PROVIDE_MISSING_TRANSACTIONS_SUCCESS.direction()).isEqualTo(Direction.TO_SERVER);
        assertThat(MessageType.CLOSE_CHANNEL.direction()).isEqualTo(Direction.BOTH);
        assertThat(Direction.BOTH.allowsToClient() && Direction.BOTH.allowsToServer())
                .isTrue();
        assertThat(Direction.TO_CLIENT.allowsToServer()).isFalse();
        assertThat(Direction.TO_SERVER.allowsToClient()).isFalse();
    }
}
