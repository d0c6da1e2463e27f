package sluice.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv1.Sv1Message;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.wire.ProtocolViolation;

/** SV1 lines of either side: the same however they are cut, and a message that is written as it was read, or a violation. */
final class Sv1LineTargets {
    private static final Sv1ClientDecoder CLIENT = new Sv1ClientDecoder();
    private static final Sv1ServerDecoder SERVER = new Sv1ServerDecoder();

    private Sv1LineTargets() {}

    static void client(byte[] input) {
        run(input, Sv1Limits.CLIENT, CLIENT::decode, message -> message instanceof Sv1ClientMessage.Malformed);
    }

    static void server(byte[] input) {
        run(input, Sv1Limits.SERVER, SERVER::decode, message -> message instanceof Sv1ServerMessage.Malformed);
    }

    private static void run(
            byte[] input,
            Sv1Limits limits,
            Function<Bytes, Sv1Message> decoder,
            Function<Sv1Message, Boolean> isMalformed) {
        FuzzInput bytes = new FuzzInput(input);
        int segment = 1 + bytes.u8();
        byte[] stream = bytes.rest();
        List<Bytes> lines = lines(stream, stream.length, limits);
        assertThat(lines(stream, segment, limits))
                .as("lines of segments of %d bytes", segment)
                .isEqualTo(lines);
        for (Bytes line : lines) {
            Optional<Sv1Message> message = decoded(line, decoder);
            if (message.isPresent() && !isMalformed.apply(message.get()) && !isBeyondNumbers(message.get())) {
                writesWhatItReads(message.get(), decoder);
            }
        }
    }

    /** The lines in front of a violation, where there is one. */
    private static List<Bytes> lines(byte[] stream, int segment, Sv1Limits limits) {
        Sv1LineCodec codec = new Sv1LineCodec(limits);
        List<Bytes> lines = new ArrayList<>();
        try {
            for (int at = 0; at < stream.length; at += segment) {
                codec.feed(
                        stream,
                        at,
                        Math.min(segment, stream.length - at),
                        (source, from, length) -> lines.add(Bytes.of(source, from, length)));
                assertThat(codec.pendingLength()).isLessThanOrEqualTo(limits.lineLength() + 1);
            }
        } catch (ProtocolViolation tooLong) {
            lines.add(Bytes.EMPTY);
        }
        return lines;
    }

    private static Optional<Sv1Message> decoded(Bytes line, Function<Bytes, Sv1Message> decoder) {
        try {
            return Optional.of(decoder.apply(line));
        } catch (ProtocolViolation notAMessage) {
            return Optional.empty();
        }
    }

    private static void writesWhatItReads(Sv1Message message, Function<Bytes, Sv1Message> decoder) {
        byte[] line = Sv1Encoder.encode(message);
        String text = new String(line, UTF_8);
        assertThat(text.indexOf('\n')).as("a line ends at its end").isEqualTo(text.length() - 1);
        Sv1Message again = decoder.apply(Bytes.of(line, 0, line.length - 1));
        byte[] secondLine = Sv1Encoder.encode(again);
        // Not the same line: some fields have no order. Not the first message: what a configure has beside its
        // extensions
        // is not written.
        assertThat(decoder.apply(Bytes.of(secondLine, 0, secondLine.length - 1)))
                .as("%s, written and read twice", message)
                .isEqualTo(again);
    }

    /** Beyond all difficulties that exist, and without an exponent longer than any number that is read. */
    private static boolean isBeyondNumbers(Sv1Message message) {
        OptionalDouble difficulty = switch (message) {
            case Sv1ServerMessage.SetDifficulty set -> OptionalDouble.of(set.difficulty());
            case Sv1ClientMessage.SuggestDifficulty suggest -> OptionalDouble.of(suggest.difficulty());
            case Sv1ClientMessage.Configure configure -> configure.minimumDifficulty();
            default -> OptionalDouble.empty();
        };
        double size = Math.abs(difficulty.orElse(0));
        return size != 0 && (size > 1e60 || size < 1e-40);
    }
}
