package sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is known of machines by their user agent, in the operator's own words. */
public final class FirmwareProfiles {
    private static final String RESOURCE = "firmware.toml";

    private static final List<ProfileConfig> ALL = read();

    private FirmwareProfiles() {}

    /** The most particular first. */
    public static List<ProfileConfig> all() {
        return ALL;
    }

    private static List<ProfileConfig> read() {
        ConfigDocument document = new ConfigDocument(text());
        List<ProfileConfig> profiles = new ProfileReader(new Names("listener")).read(document);
        if (!document.problems().isEmpty()) {
            throw new IllegalStateException(RESOURCE + ": " + document.problems());
        }
        return List.copyOf(profiles);
    }

    private static String text() {
        try (InputStream in = FirmwareProfiles.class.getResourceAsStream(RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
