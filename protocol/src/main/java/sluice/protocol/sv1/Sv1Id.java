package sluice.protocol.sv1;

/**
 * The id of a JSON request, kept as the bytes the peer wrote so that the answer echoes it exactly: miners match on
 * number and string alike, and one of them uses the same id for every submit.
 *
 * @param json the JSON scalar as it stood on the line; empty where the line had no id
 */
public record Sv1Id(String json) {
    /** Longest id kept, in bytes of JSON; a longer one is a violation. */
    public static final int MAX_LENGTH = 128;

    /** The line has no id. */
    public static final Sv1Id ABSENT = new Sv1Id("");
    /** The id is JSON null. */
    public static final Sv1Id NULL = new Sv1Id("null");

    private static final Sv1Id[] SMALL = new Sv1Id[256];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new Sv1Id(Integer.toString(i));
        }
    }

    public static Sv1Id of(long number) {
        return number >= 0 && number < SMALL.length ? SMALL[(int) number] : new Sv1Id(Long.toString(number));
    }

    /** The id for a JSON number as written; shares the object of small integers. */
    static Sv1Id ofNumber(String json) {
        int length = json.length();
        if (length <= 3) {
            int value = 0;
            for (int i = 0; i < length; i++) {
                int digit = json.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return new Sv1Id(json);
                }
                value = 10 * value + digit;
            }
            if (value < SMALL.length) {
                return SMALL[value];
            }
        }
        return new Sv1Id(json);
    }

    /** Whether the sender expects no answer: the id is null or absent. */
    public boolean isNotification() {
        return json.isEmpty() || json.equals("null");
    }

    @Override
    public String toString() {
        return json.isEmpty() ? "(no id)" : json;
    }
}
