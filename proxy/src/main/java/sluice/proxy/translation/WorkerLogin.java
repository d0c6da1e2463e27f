package sluice.proxy.translation;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;

/** What the two strings of {@code mining.authorize} say. */
public final class WorkerLogin {
    /** Longest user identity, in bytes of UTF-8 (STR0_255). */
    public static final int MAX_IDENTITY_BYTES = 255;

    private static final String[] DIFFICULTY_OPTIONS = {"d=", "diff="};
    private static final int MAX_NUMBER_LENGTH = 24;
    private static final int MAX_UTF8_LENGTH = 4;

    private WorkerLogin() {}

    /**
     * The user identity for a worker name: with characters in place of percent codes, which some firmware sends for what
     * its operator typed, without control characters, which could forge log lines, without unpaired surrogates, which are
     * no text, and cut behind the last character that ends within {@link #MAX_IDENTITY_BYTES}.
     */
    public static String identity(String workerName) {
        return readable(workerName.indexOf('%') < 0 ? workerName : decoded(workerName));
    }

    /** The account that a user identity names: what stands in front of its first {@code '.'} or {@code '/'}, else all. */
    public static String account(String userIdentity) {
        return userIdentity.substring(0, endOfAccount(userIdentity));
    }

    /** The worker that a user identity names behind its account; empty where there is none. */
    public static String worker(String userIdentity) {
        return userIdentity.substring(Math.min(userIdentity.length(), endOfAccount(userIdentity) + 1));
    }

    private static int endOfAccount(String userIdentity) {
        int end = 0;
        while (end < userIdentity.length() && userIdentity.charAt(end) != '.' && userIdentity.charAt(end) != '/') {
            end++;
        }
        return end;
    }

    // Once only, and the whole name or nothing: a name with a percent sign of its own stays as it is.
    private static String decoded(String name) {
        ByteBuffer bytes = ByteBuffer.allocate(name.length() * MAX_UTF8_LENGTH);
        for (int at = 0; at < name.length(); ) {
            int character = name.codePointAt(at);
            if (character != '%') {
                bytes.put(new String(Character.toChars(character)).getBytes(StandardCharsets.UTF_8));
                at += Character.charCount(character);
                continue;
            }
            int high = at + 1 < name.length() ? Character.digit(name.charAt(at + 1), 16) : -1;
            int low = at + 2 < name.length() ? Character.digit(name.charAt(at + 2), 16) : -1;
            if (high < 0 || low < 0) {
                return name;
            }
            bytes.put((byte) (high << 4 | low));
            at += 3;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException noText) {
            return name;
        }
    }

    private static String readable(String workerName) {
        int length = workerName.length();
        int bytes = 0;
        int at = 0;
        while (at < length) {
            int character = workerName.codePointAt(at);
            int size = utf8Length(character);
            if (!isText(character) || bytes + size > MAX_IDENTITY_BYTES) {
                return cleaned(workerName);
            }
            bytes += size;
            at += Character.charCount(character);
        }
        return workerName;
    }

    private static String cleaned(String workerName) {
        StringBuilder identity = new StringBuilder();
        int bytes = 0;
        for (int at = 0; at < workerName.length(); ) {
            int character = workerName.codePointAt(at);
            at += Character.charCount(character);
            if (!isText(character)) {
                continue;
            }
            bytes += utf8Length(character);
            if (bytes > MAX_IDENTITY_BYTES) {
                break;
            }
            identity.appendCodePoint(character);
        }
        return identity.toString();
    }

    /**
     * The difficulty asked for by the first {@code d=N} or {@code diff=N} among a password's options, which stand between
     * commas, semicolons or spaces: {@code "x"}, {@code "d=1024"}, {@code "x,diff=0.5"}. Never 0 or below.
     */
    public static OptionalDouble difficultyOption(String password) {
        for (int start = 0, end; start < password.length(); start = end + 1) {
            end = start;
            while (end < password.length() && !isSeparator(password.charAt(end))) {
                end++;
            }
            for (String name : DIFFICULTY_OPTIONS) {
                if (password.regionMatches(true, start, name, 0, name.length())) {
                    OptionalDouble number = decimal(password, start + name.length(), end);
                    if (number.isPresent()) {
                        return number;
                    }
                }
            }
        }
        return OptionalDouble.empty();
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ';' || Character.isWhitespace(c);
    }

    private static OptionalDouble decimal(String text, int start, int end) {
        int digits = 0;
        int points = 0;
        for (int at = start; at < end; at++) {
            char c = text.charAt(at);
            digits += c >= '0' && c <= '9' ? 1 : 0;
            points += c == '.' ? 1 : 0;
        }
        if (digits == 0 || points > 1 || digits + points != end - start || end - start > MAX_NUMBER_LENGTH) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(text.substring(start, end));
        return value > 0 ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /** The beginning of {@code text} up to the last character that ends within so many bytes. */
    static String cut(String text, int maxBytes) {
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            bytes += utf8Length(character);
            if (bytes > maxBytes) {
                return text.substring(0, at);
            }
            at += Character.charCount(character);
        }
        return text;
    }

    static int utf8Length(String text) {
        return text.codePoints().map(WorkerLogin::utf8Length).sum();
    }

    private static boolean isText(int character) {
        return !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE;
    }

    private static int utf8Length(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }
}
