package sluice.proxy.api.sink;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a share among all that were kept.
 *
 * @param run which run of the gateway: another one counts anew
 */
record ShareId(String run, long number) {
    static final int MAX_LENGTH = 40;

    private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,16})-([0-9]{1,18})");

    /** Empty unless {@code text} could be the id of a share. */
    static Optional<ShareId> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new ShareId(form.group(1), Long.parseLong(form.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return run + "-" + number;
    }
}
