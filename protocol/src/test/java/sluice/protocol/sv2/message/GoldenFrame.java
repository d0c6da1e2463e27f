package sluice.protocol.sv2.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One row of golden-frames.json: a frame and what its fields are, made by an encoder that is not ours. */
record GoldenFrame(String name, int extensionType, int messageType, boolean channelBit, JsonNode fields, Bytes frame) {
    static List<GoldenFrame> all() {
        try (InputStream file = GoldenFrame.class.getResourceAsStream("/sv2/golden-frames.json")) {
            List<GoldenFrame> frames = new ArrayList<>();
            for (JsonNode row : JsonMapper.shared().readTree(file).get("frames")) {
                frames.add(new GoldenFrame(
                        row.get("name").stringValue(),
                        Integer.decode(row.get("extension_type").stringValue()),
                        Integer.decode(row.get("msg_type").stringValue()),
                        row.get("channel_bit").intValue() == 1,
                        row.get("fields"),
                        Bytes.fromHex(row.get("frame_hex").stringValue())));
            }
            return frames;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The row whose name starts with {@code name}. */
    static GoldenFrame named(String name) {
        return all().stream()
                .filter(golden -> golden.name.startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return name;
    }
}
