package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events of a Sluice, one after the other. */
final class HeardEvents implements AutoCloseable {
    private static final String DATA = "data: ";

    private final BufferedReader lines;

    HeardEvents(InputStream body) {
        lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** Waits for the next one: its {@code data}. */
    JsonNode next() throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith(DATA)) {
            line = lines.readLine();
        }
        assertThat(line).as("an event").isNotNull();
        return JsonMapper.shared().readTree(line.substring(DATA.length())).get("data");
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
