package sluice.upstream.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.wire.Frame;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A session recorded between a client and sv2-tp: every frame in both directions, and the secrets of its handshake. */
public record RecordedSession(String name, JsonNode handshake, String authority, List<Said> frames) {
    /** All there are. Each was recorded with a provider that fits its node ({@code submit10}) and one that does not. */
    public static final List<String> NAMES = List.of(
            "tdp_session_submit10",
            "tdp_session_v1-jun2026",
            "tdp_session_1000tx_multichunk_and_bad_solutions",
            "constraints_before_setup_submit10",
            "constraints_before_setup_v1-jun2026",
            "constraints_old_4byte_submit10",
            "constraints_old_4byte_v1-jun2026",
            "constraints_too_large_submit10",
            "constraints_too_large_v1-jun2026",
            "setup_wrong_protocol_submit10",
            "setup_wrong_protocol_v1-jun2026",
            "setup_wrong_version_submit10",
            "setup_wrong_version_v1-jun2026",
            "unknown_message_submit10",
            "unknown_message_v1-jun2026");

    /** One frame. */
    public record Said(boolean byProvider, byte[] plain, byte[] wire) {
        public Frame frame() {
            return Frame.parse(plain);
        }

        Sv2Message message() {
            return Sv2Codec.decode(frame()).orElseThrow();
        }
    }

    public static RecordedSession of(String name) {
        try (InputStream file = RecordedSession.class.getResourceAsStream("/sv2-tp/" + name + ".json")) {
            JsonNode json = JsonMapper.shared().readTree(file);
            List<Said> frames = new ArrayList<>();
            for (JsonNode frame : json.get("frames")) {
                frames.add(new Said(
                        frame.get("dir").asString().equals("s->c"), bytes(frame, "plain"), bytes(frame, "wire")));
            }
            return new RecordedSession(
                    name, json.get("handshake"), json.get("authority_base58").asString(), List.copyOf(frames));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] secret(String step) {
        return bytes(handshake, step);
    }

    /** What the provider said, in order. */
    Stream<Frame> fromProvider() {
        return frames.stream().filter(Said::byProvider).map(Said::frame);
    }

    /** What the provider said of this type. */
    <T extends Sv2Message> List<T> fromProvider(Class<T> type) {
        return messages(true, type);
    }

    /** What the recording client said of this type. */
    <T extends Sv2Message> List<T> fromClient(Class<T> type) {
        return messages(false, type);
    }

    private <T extends Sv2Message> List<T> messages(boolean byProvider, Class<T> type) {
        return frames.stream()
                .filter(said -> said.byProvider() == byProvider)
                .flatMap(said -> Sv2Codec.decode(said.frame()).stream())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static byte[] bytes(JsonNode parent, String field) {
        return Bytes.fromHex(parent.get(field).asString()).toArray();
    }
}
