package sluice.proxy.api;

import java.util.Locale;

/** Constants of enums in the API's words. */
final class Words {
    private Words() {}

    /** {@code LOW_DIFFICULTY} is {@code low-difficulty}. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
