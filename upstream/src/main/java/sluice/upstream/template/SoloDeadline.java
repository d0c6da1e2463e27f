package sluice.upstream.template;

import java.time.Duration;

/** How long a {@link SoloSession} waits. */
public enum SoloDeadline {
    /** For a template source's answer to a block; a node checks a full block within seconds. */
    BLOCK_VERDICT(Duration.ofSeconds(60));

    private final Duration length;

    SoloDeadline(Duration length) {
        this.length = length;
    }

    public Duration length() {
        return length;
    }
}
