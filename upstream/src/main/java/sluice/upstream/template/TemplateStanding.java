package sluice.upstream.template;

import java.time.Instant;
import java.util.Optional;

/**
 * How the gateway's own templates stand.
 *
 * @param current what blocks are made of now
 * @param unavailable why there is none
 * @param since when that began
 */
public record TemplateStanding(Optional<Template> current, Optional<String> unavailable, Instant since) {}
