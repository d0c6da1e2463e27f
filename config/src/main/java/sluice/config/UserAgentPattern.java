package sluice.config;

import java.util.Locale;

/**
 * A glob over the whole of what a machine calls itself, in which upper and lower case are the same.
 *
 * @param text as it was written
 * @param folded over lower case
 */
public record UserAgentPattern(String text, UserPattern folded) {

    /** Throws InvalidValueException for a text that no user agent could match. */
    public static UserAgentPattern parse(String text) {
        return new UserAgentPattern(text, UserPattern.parse(text.toLowerCase(Locale.ROOT)));
    }

    public boolean matches(String userAgent) {
        return folded.matches(userAgent.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return text;
    }
}
